// The winsock engine keeps every promise of the suite: on real Windows with the system's own function, on
// Wine with the stand-in.

import { describeEngine } from '../behaviour/suite';
import { hasRealFunction, INSTALL_STAND_IN, installStandIn } from './system';

if (!hasRealFunction) installStandIn();

describe('winsock', () => {
  describeEngine({
    engine: 'winsock',
    options: { engine: 'winsock' },
    races: false,
    preamble: INSTALL_STAND_IN,
  });
});
