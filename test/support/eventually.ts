// What another thread, or the other end, does takes a moment.

/** Waits until it is so, for as long as a minute. */
export async function eventually(isSo: () => boolean): Promise<void> {
  // Once it was seen it is not asked for again: what is true for a moment only may be false by then.
  for (let i = 0; i < 3_000; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(isSo()).toBe(true);
}
