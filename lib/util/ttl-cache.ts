// What the system has answered a moment ago, so that a thousand calls at once do not ask it a thousand times.

/** ms for which an answer is good. */
const TTL_MS = 1_000;

export class TtlCache<T> {
  private latest: { readonly value: T; readonly at: number } | undefined;

  constructor(private readonly make: () => T) {}

  /** The one that was made last, or a new one where that is too old. */
  get(): T {
    const now = performance.now();
    if (this.latest === undefined || now - this.latest.at > TTL_MS) {
      this.latest = { value: this.make(), at: now };
    }
    return this.latest.value;
  }
}
