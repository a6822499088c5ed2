import fc from 'fast-check';

import { drawSvg, ticksOf } from '#dist/cli/svg';
import { attempt, connection, report } from '../../support/made-up';
import { readXml } from '../../support/xml';

test('it is well-formed whatever the names and messages hold', () => {
  const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(texts, texts, texts, (host, code, message) => {
      const cause = new Error(message);
      const svg = drawSvg(report([attempt({ host, code, cause }), attempt({ outcome: 'lost' })]));
      expect(readXml(svg).get('svg')).toHaveLength(1);
    }),
  );
});

test('what is in it is text, not markup', () => {
  const host = '<script>&"\'</script>';
  const texts = readXml(drawSvg(report([attempt({ host })])));
  expect(texts.get('script')).toBeUndefined();
  expect(texts.get('text')).toContain(`${host}:443`);
});

test('its title and description say what it shows', () => {
  const attempts = [
    attempt({ host: 'a.example' }),
    attempt({ host: '192.0.2.2', outcome: 'connected', start: 5, end: 7.5 }),
  ];
  const endpoints = ['a.example:443', '192.0.2.2:443', '192.0.2.3:443'];
  const texts = readXml(drawSvg(report(attempts, { endpoints, connection, ms: 7.5 })));
  expect(texts.get('title')).toEqual([
    'Connected to 192.0.2.1:443 from 192.0.2.100:50000 after 7.5 ms, engine race.',
  ]);
  expect(texts.get('desc')).toEqual([
    'a.example:443 at 192.0.2.1: ECONNREFUSED, from 0.0 ms, took 5.0 ms. ' +
      '192.0.2.2:443: connected, from 5.0 ms, took 2.5 ms. 192.0.2.3:443: not tried. ' +
      '3 endpoints, 2 attempts, 1 not tried.',
  ]);
});

test('nothing in it is fetched from elsewhere', () => {
  const svg = drawSvg(report([attempt()]));
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /https?:|href|url\(|@import/,
  );
});

test('everything that is drawn lies within the picture', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.domain(), fc.nat(65535), fc.nat(5000), fc.nat(5000)), { maxLength: 8 }),
      (some) => {
        const attempts = some.map(([host, port, start, took]) =>
          attempt({ host, port, start, end: start + took }),
        );
        const svg = drawSvg(report(attempts));
        const [, width = 0, height = 0] = (/width="(\d+)" height="(\d+)"/.exec(svg) ?? []).map(
          Number,
        );
        for (const [, x, y, w] of svg.matchAll(
          /<rect class="bar" x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g,
        )) {
          // 2 px: the shortest bar at the very end.
          expect(Number(x) + Number(w)).toBeLessThanOrEqual(width - 2);
          expect(Number(y)).toBeLessThan(height);
        }
        for (const [, y] of svg.matchAll(/<text x="[\d.]+" y="(\d+)"/g)) {
          expect(Number(y)).toBeLessThan(height);
        }
      },
    ),
  );
});

test('the ticks of the time axis are round numbers, few, and within it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (duration) => {
      const ticks = ticksOf(duration);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(6);
      for (const tick of ticks) {
        expect(tick).toBeLessThanOrEqual(duration);
        expect(String(tick)).toMatch(/^[\d.]{1,7}$/);
      }
    }),
  );
});
