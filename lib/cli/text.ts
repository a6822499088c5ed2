// Text that takes as many columns of a terminal as it has characters, and that fits.

import { domainToASCII } from 'node:url';

/**
 * Printable ASCII only: what a certificate or a name brings with it shall neither move the cursor nor take
 * two columns.
 */
export function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?');
}

/** A host as the resolver gets it: an international name in its ASCII form (RFC 5891). */
export function plainHost(host: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(host);
  return isPlain ? host : plain(domainToASCII(host) || host);
}

/** The beginning and the end of a text; an endpoint keeps its port. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  if (width < 1) return '';
  const tail = Math.max(0, Math.min(width - 2, Math.max(6, Math.floor(width / 3))));
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** Lines of at most `width`, broken between words where that is possible; later ones are indented. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    // No blank, or none but the indent's: the word is longer than a line.
    const end = blank > indent ? blank : Math.max(width, indent + 1);
    lines.push(rest.slice(0, end));
    rest = ' '.repeat(indent) + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

export function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
