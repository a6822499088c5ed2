// Medians and spreads.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b), Infinity);
export const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);

/** Run by run, so that what disturbs one run disturbs both sides of it. */
export function ratios(values, reference) {
  return values.map((value, i) => value / reference[i]);
}

/** Three figures that count, with separators: 1,234 and 12.3 and 0.123. */
export function round(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

export function spread(values) {
  return `${round(least(values))}–${round(most(values))}`;
}
