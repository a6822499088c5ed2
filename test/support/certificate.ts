// The certificate of the tests' servers, for localhost and the addresses of loopback; signed by itself.

import * as fs from 'node:fs';
import * as path from 'node:path';

const FIXTURES = path.join(__dirname, '../../test/fixtures');

export const CERTIFICATE_FILE = path.join(FIXTURES, 'cert.pem');
export const KEY_FILE = path.join(FIXTURES, 'key.pem');
export const CA = fs.readFileSync(CERTIFICATE_FILE, 'utf8');
export const KEY = fs.readFileSync(KEY_FILE, 'utf8');
