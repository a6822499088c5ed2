// The examples of RFC 6724.

import { careOf, deprecated, expectFirst, home, to } from '../support/candidates';

describe('the examples of RFC 6724', () => {
  // The candidate source that the RFC's result names is given; the rule is the one the RFC names.
  test.each([
    [
      '10.2 first',
      'prefer matching scope',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('198.51.100.121', '169.254.13.78'),
    ],
    [
      '10.2 second',
      'prefer matching scope',
      to('198.51.100.121', '198.51.100.117'),
      to('2001:db8:1::1', 'fe80::1'),
    ],
    [
      '10.2 third',
      'prefer higher precedence',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('10.1.2.3', '10.1.2.4'),
    ],
    [
      '10.2 fourth',
      'prefer smaller scope',
      to('fe80::1', 'fe80::2'),
      to('2001:db8:1::1', '2001:db8:1::2'),
    ],
    [
      '10.2 fifth',
      'prefer home address',
      to('2001:db8:1::1', '2001:db8:3::1', home),
      to('fe80::1', 'fe80::2', careOf),
    ],
    [
      '10.2 sixth',
      'avoid deprecated addresses',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('fe80::1', 'fe80::2', deprecated),
    ],
    [
      '10.2 seventh',
      'longest matching prefix',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('2001:db8:3ffe::1', '2001:db8:3f44::2'),
    ],
    [
      '10.2 eighth',
      'prefer matching label',
      to('2002:c633:6401::1', '2002:c633:6401::2'),
      to('2001:db8:1::1', '2002:c633:6401::2'),
    ],
    [
      '10.2 ninth',
      'prefer higher precedence',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('2002:c633:6401::1', '2002:c633:6401::2'),
    ],
    // Sections 10.3 to 10.7 are about tables of the administrator's own. These are their examples that
    // the RFC says the default table decides in the same way, and 10.7's about the default itself.
    [
      '10.3 first, unchanged',
      'prefer matching scope',
      to('2001:db8::1', '2001:db8::2'),
      to('198.51.100.121', '169.254.13.78'),
    ],
    [
      '10.3 second, unchanged',
      'prefer matching scope',
      to('198.51.100.121', '198.51.100.117'),
      to('2001:db8::1', 'fe80::1'),
    ],
    [
      '10.4 second, unchanged',
      'avoid deprecated addresses',
      to('fe80::1', 'fe80::2'),
      to('2001:db8::1', '2001:db8::2', deprecated),
    ],
    [
      '10.7 first, by default',
      'prefer matching label',
      to('203.0.113.1', '10.1.2.3'),
      to('2001:db8:1::1', '2002:c633:6401::2'),
    ],
  ])('section %s (%s)', (_number, _rule, best, other) => {
    expectFirst(best, other);
  });
});
