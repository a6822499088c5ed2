// A bounded map that drops its oldest entry, so that it does not grow for as long as the process runs.

/** Sets an entry, and drops the one that was set longest ago when there are more than `max`. */
export function keepLatest<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  // Deleted first, so that the map's order is that of age.
  map.delete(key);
  map.set(key, value);
  if (map.size <= max) return;
  const [oldest] = map.keys();
  map.delete(oldest as string);
}
