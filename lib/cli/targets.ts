// What the words of the command line lead to: endpoints as connectByList() takes them.

import * as fs from 'node:fs';
import { text as readAll } from 'node:stream/consumers';

import { readService } from '../endpoints/service-port';
import { resolveSrv, type EndpointLike } from '../index';
import { UsageError, type Run } from './args';

/**
 * The endpoints of the words, and of the file, in that order. Throws a UsageError where one cannot be an endpoint; a
 * ConnectError where a lookup of SRV records fails.
 */
export async function readTargets({ words, file }: Run): Promise<EndpointLike[]> {
  const all = [...(await expand(words)), ...(file === undefined ? [] : await readFile(file))];
  if (all.length === 0) throw new UsageError('No endpoint is given: the list is empty.');
  adviseOnPort(words);
  return (await Promise.all(all.map(readTarget))).flat();
}

/** `a:1,b:2` is two, and `-` is what the standard input has. */
async function expand(words: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const word of words) {
    if (word === '-') all.push(...(await readFile('-')));
    else all.push(...word.split(',').filter((part) => part !== ''));
  }
  return all;
}

async function readFile(file: string): Promise<string[]> {
  let content: string;
  try {
    content = file === '-' ? await readAll(process.stdin) : fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The list cannot be read: ${(error as Error).message}`);
  }
  return content
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split(',').map((part) => part.trim()))
    .filter((part) => part !== '');
}

/** `host port` is what nc and telnet take. */
function adviseOnPort(words: readonly string[]): void {
  const [host, port, ...others] = words;
  if (host === undefined || port === undefined || others.length > 0) return;
  if (!/^\d+$/.test(port) || /^[^:]+:\d+$|\]:\d+$/.test(host)) return;
  const written = host.includes(':') ? `[${host}]` : host;
  throw new UsageError(`A host and its port are one word: ${written}:${port}.`);
}

async function readTarget(word: string): Promise<EndpointLike[]> {
  if (word.startsWith('srv:')) return resolveSrv(word.slice('srv:'.length));
  const [, scheme, authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(word) ?? [];
  if (scheme !== undefined) {
    const place = authority.slice(authority.lastIndexOf('@') + 1);
    const isWhole = /:\d+$/.test(place);
    const written = isWhole ? place : `${place}:${scheme.toLowerCase()}`;
    throw new UsageError(`A URL is not an endpoint: write ${written}.`);
  }
  const [, host, service] = /^(\[[^\]]*\]|[^:[\]]+):([a-z][a-z0-9-]*)$/i.exec(word) ?? [];
  if (host === undefined || service === undefined) return [word];
  return [`${host}:${await portOf(service)}`];
}

async function portOf(service: string): Promise<number> {
  try {
    return await readService(service);
  } catch {
    throw new UsageError(`The system knows no TCP service "${service}": write its port.`);
  }
}
