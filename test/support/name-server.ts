// A DNS server of the tests' own, on loopback, which knows SRV records only (RFC 1035 section 4, RFC 2782).

import * as dgram from 'node:dgram';
import { once } from 'node:events';

import { ownPort } from './ports';

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** NXDOMAIN, or nothing at all. */
type Answer = readonly SrvRecord[] | 'no such name' | 'silence';

export interface NameServer {
  /** As Resolver.setServers() takes it. */
  readonly address: string;
  close(): Promise<void>;
}

const NO_SUCH_NAME = 3;
const RESPONSE = 0x8180;
const TYPE_SRV = 33;

export async function nameServer(answers: Readonly<Record<string, Answer>>): Promise<NameServer> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const answer = answers[readName(question)] ?? 'no such name';
    if (answer !== 'silence') socket.send(respond(question, answer), port, address);
  });
  socket.bind(await ownPort(), '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** The name of the one question, which begins behind the header of 12 bytes. */
function readName(message: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; message[at] !== 0; at += (message[at] as number) + 1) {
    labels.push(message.toString('latin1', at + 1, at + 1 + (message[at] as number)));
  }
  return labels.join('.').toLowerCase();
}

function respond(question: Buffer, answer: Exclude<Answer, 'silence'>): Buffer {
  const records = answer === 'no such name' ? [] : answer;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2); // Its id.
  header.writeUInt16BE(RESPONSE | (answer === 'no such name' ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  // Without the additional records of the question (EDNS).
  const end = question.indexOf(0, 12) + 5;
  return Buffer.concat([header, question.subarray(12, end), ...records.map(writeRecord)]);
}

function writeRecord({ priority, weight, port, target }: SrvRecord): Buffer {
  const labels = target === '.' ? [] : target.split('.');
  const name = Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc00c, 0); // The name of the question.
  fixed.writeUInt16BE(TYPE_SRV, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(0, 6);
  fixed.writeUInt16BE(6 + name.length, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, name]);
}
