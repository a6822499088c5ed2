// The race engine keeps every promise of the suite, and those that only a race can make.

import { describeEngine } from '../behaviour/suite';
import type { EngineUnderTest } from '../support/engine';

const race: EngineUnderTest = { engine: 'race', options: { engine: 'race' }, races: true };

describe('race', () => describeEngine(race));
