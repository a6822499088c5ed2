// Some of the properties of an object, where they are there.

export function pick<T extends object, K extends keyof T>(
  from: T,
  names: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  const picked: { [P in K]?: Exclude<T[P], undefined> } = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) picked[name] = value as Exclude<T[K], undefined>;
  }
  return picked;
}
