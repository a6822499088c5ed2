// What another thread, or the other end, does takes a moment.

/** Waits until it is so, for as long as a minute. */
export async function eventually(isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo() && i < 3_000; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isSo()).toBe(true);
}
