// All scenarios, in their order. Each has:
//
//   id, title, about   in words
//   rounds             how often each subject is measured, if not five times
//   isOutside          measured outside the benchmark's network
//   columns            what the table shows: a case and a metric each; `secondTable`, where it has another
//   expected           how its calls end, where that is not "connected"
//   plots              what is drawn
//   measure(setup)     the figures, as in-turn.mjs returns them
//   targets(figures)   what to reach, what was measured, and whether that reaches it

import s01 from './s01-one-healthy.mjs';
import s02 from './s02-blackholes-first.mjs';
import s03 from './s03-refused-first.mjs';
import s04 from './s04-slow.mjs';
import s05 from './s05-cpu.mjs';
import s06 from './s06-deadlines.mjs';
import s07 from './s07-refused-and-dead.mjs';
import s08 from './s08-unreachable-first.mjs';
import s09 from './s09-long-list.mjs';
import s10 from './s10-pending.mjs';
import s11 from './s11-hung-calls.mjs';
import s12 from './s12-bytes.mjs';
import s13 from './s13-register.mjs';

export const scenarios = [s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11, s12, s13];
