// A request that has no socket yet: http.ClientRequest acts on destroy(), abort() and its timeout only once it has
// one. Node's own agents give it a socket at once; one whose race TLS decides has none before that.

import type * as http from 'node:http';

import { startDeadline, type Deadline } from '../util/deadline';
import { nextTick } from '../util/timers';

export class PendingRequest {
  /** What it was destroyed with. */
  error: Error | undefined;
  /** Node emits no error for a request that is aborted before its agent has assigned a socket. */
  endsSilently = false;
  private deadline: Deadline | undefined;
  private isWaiting = true;
  private readonly destroy: http.ClientRequest['destroy'];
  private readonly setTimeout: http.ClientRequest['setTimeout'];
  private readonly onSocket = (): void => void this.end();

  /**
   * Until end() is called, or the request gets a socket that has become free.
   *
   * @param timeout in ms, as http.request() has it: the request emits 'timeout', and goes on.
   * @param destroyed is called when the request is destroyed; once.
   */
  constructor(
    private readonly request: http.ClientRequest,
    timeout: number | undefined,
    destroyed: () => void,
  ) {
    // The request's own methods, which destroy(), abort() and a signal all go through, with ours in front.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- they are called with call()
    const { destroy, setTimeout } = request;
    let wouldHaveSocket = false;
    nextTick(() => (wouldHaveSocket = true));
    this.destroy = (error) => {
      const isFirst = !request.destroyed;
      destroy.call(request, error);
      if (!isFirst) return request;
      this.error = error;
      // Deprecated, and what abort() still sets.
      const isAborted: boolean = Reflect.get(request, 'aborted');
      this.endsSilently = isAborted && error === undefined && !wouldHaveSocket;
      destroyed();
      return request;
    };
    this.setTimeout = (ms, callback) => {
      this.limit(ms);
      return setTimeout.call(request, ms, callback);
    };
    request.destroy = this.destroy;
    request.setTimeout = this.setTimeout;
    request.once('socket', this.onSocket);
    this.limit(timeout);
  }

  /** The request gets its socket, or its error. False where it has got one from elsewhere since. */
  end(): boolean {
    const { request, isWaiting } = this;
    this.isWaiting = false;
    this.deadline?.clear();
    request.off('socket', this.onSocket);
    // Deletes our overrides, unless other code has replaced them.
    if (request.destroy === this.destroy) Reflect.deleteProperty(request, 'destroy');
    if (request.setTimeout === this.setTimeout) Reflect.deleteProperty(request, 'setTimeout');
    return isWaiting;
  }

  private limit(ms: number | undefined): void {
    this.deadline?.clear();
    if (ms && this.isWaiting)
      this.deadline = startDeadline(ms, () => void this.request.emit('timeout'));
  }
}
