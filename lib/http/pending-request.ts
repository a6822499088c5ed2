// A request whose connection is being made, and which has no socket yet: http.ClientRequest then hears of destroy(),
// abort() and its timeout only when it gets one. Node's own agents give it a socket at once; one whose race TLS
// decides has none before that.

import type * as http from 'node:http';

import { startDeadline, type Deadline } from '../util/deadline';

export class PendingRequest {
  private deadline: Deadline | undefined;

  /**
   * Until end() is called.
   *
   * @param timeout in ms, as http.request() has it: the request emits 'timeout', and goes on.
   * @param destroyed is called when the request is destroyed, with the error that was given for it.
   */
  constructor(
    private readonly request: http.ClientRequest,
    timeout: number | undefined,
    destroyed: (error: Error | undefined) => void,
  ) {
    // The request's own methods, which destroy(), abort() and a signal all go through, with ours in front.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- they are called with call()
    const { destroy, setTimeout } = request;
    request.destroy = (error) => {
      destroy.call(request, error);
      destroyed(error);
      return request;
    };
    request.setTimeout = (ms, callback) => {
      this.limit(ms);
      return setTimeout.call(request, ms, callback);
    };
    this.limit(timeout);
  }

  /** The request gets its socket, or its error. */
  end(): void {
    this.deadline?.clear();
    // What it has of its own gives way to what its class has.
    const own = this.request as Partial<http.ClientRequest>;
    delete own.destroy;
    delete own.setTimeout;
  }

  private limit(ms: number | undefined): void {
    this.deadline?.clear();
    if (ms) this.deadline = startDeadline(ms, () => void this.request.emit('timeout'));
  }
}
