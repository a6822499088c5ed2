// Us.

import { connectByList } from '../../../dist/index.mjs';

import { serve } from './protocol.mjs';

await serve(async (endpoints, timeout) => {
  const { socket } = await connectByList(endpoints, timeout > 0 ? { timeout } : {});
  return socket;
});
