// The connects that faults are made to happen in. Endpoints are those of run.mjs, in its own process, whose
// calls nobody disturbs: `healthy` and `other` send back what they read, nobody listens at `refused`, and
// `dead` never answers.

/**
 * `ends`: how the scenario ends where nothing fails. `hasSpare`: one fault leaves an endpoint to connect to, so
 * that it must end in a connection. `options` are those of connectByList().
 */
export const SCENARIOS = {
  'two that answer': {
    list: ({ healthy, other }) => [healthy, other],
    ends: 'connected',
    hasSpare: true,
  },
  'a refusal, then one that answers': {
    list: ({ refused, healthy }) => [refused, healthy],
    ends: 'connected',
  },
  'a silence, then two that answer': {
    list: ({ dead, healthy, other }) => [dead, healthy, other],
    // Where the other two fail, it ends the attempt that would go on for minutes.
    options: { attemptDelay: 10, timeout: 300 },
    ends: 'connected',
    hasSpare: true,
  },
  'from an address of our own': {
    list: ({ refused, healthy, other }) => [refused, healthy, other],
    options: { localAddress: '127.0.0.1' },
    ends: 'connected',
    hasSpare: true,
  },
  'with options for the socket': {
    list: ({ healthy, other }) => [healthy, other],
    options: { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 },
    ends: 'connected',
    hasSpare: true,
  },
  'a name with two addresses': {
    list: ({ healthy }) => [healthy.replace('127.0.0.1', 'name.example')],
    options: {
      lookup: (_name, _options, callback) =>
        callback(null, [
          { address: '127.0.0.2', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    },
    ends: 'connected',
  },
  'nobody answers': {
    list: ({ refused }) => [refused],
    ends: 'ECONNREFUSED',
  },
  'the deadline expires': {
    list: ({ dead, refused }) => [dead, refused],
    options: { attemptDelay: 10, timeout: 30 },
    ends: 'ETIMEDOUT',
  },
  'the caller gives up': {
    list: ({ dead, refused }) => [dead, refused],
    abortAfter: 15,
    ends: 'aborted',
  },
};
