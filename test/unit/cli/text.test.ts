import fc from 'fast-check';

import { plain, plainHost, shorten, wrap } from '#dist/cli/text';

test('a text that is shortened has exactly the width asked for, its beginning and its end', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(100), (text, width) => {
      const short = shorten(text, width);
      if (text.length <= width) return short === text;
      return short.length === width;
    }),
  );
  expect(shorten('node-1.eu-west.example.com:5432', 20)).toBe('node-1.eu-wes…m:5432');
});

test('an endpoint keeps its port, and something of its host, from 9 columns on', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 9, max: 60 }),
      fc.integer({ min: 1, max: 65535 }),
      (width, port) => {
        const short = shorten(`a${'x'.repeat(80)}:${port}`, width);
        return short.startsWith('a') && short.endsWith(`:${port}`);
      },
    ),
  );
});

test('wrapped lines fit, and hold every word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[!-~]{1,30}$/), { minLength: 1 }),
      fc.integer({ min: 3, max: 80 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width, 2);
        const isWhole = lines.join('').replaceAll(' ', '') === words.join('');
        return isWhole && lines.every((line) => line.length <= width);
      },
    ),
  );
});

test('nothing that moves a cursor or takes two columns is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => /^[\x20-\x7e]*$/.test(plain(text))),
  );
  expect(plain('a\x1b[2Jb\n')).toBe('a?[2Jb?');
});

test('an international name is shown as the resolver gets it, and others as they were written', () => {
  expect(plainHost('bücher.example')).toBe('xn--bcher-kva.example');
  expect(plainHost('Node_1.Example')).toBe('Node_1.Example');
  expect(plainHost('fe80::1%eth0')).toBe('fe80::1%eth0');
  expect(plainHost('\u202etxt.example')).toMatch(/^[\x20-\x7e]+$/);
});
