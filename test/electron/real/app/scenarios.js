// The main process of the tests: runs the scenario that it is asked for, and prints what comes of it.
'use strict';

require('./shim.cjs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const { app, utilityProcess } = require('electron');

const [alive, silent] = process.env.PORTS.split(',').map(Number);
const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

const scenarios = {
  /** Past a silent endpoint; the next one is started after 250 ms. */
  async list() {
    const { connectByList } = require('connect-by-list');
    const list = [`127.0.0.1:${silent}`, `127.0.0.1:${alive}`];
    const { socket, attempts } = await connectByList(list);
    socket.destroy();
    return attempts.map(({ outcome }) => outcome).join(' ');
  },

  /** One line: http and fetch, by a name whose first address is silent. */
  async register() {
    require('connect-by-list/register');
    const dns = require('node:dns');
    dns.lookup = (_, options, found) => setImmediate(found, null, ADDRESSES);
    const answers = [];
    answers.push(
      await new Promise((resolve, reject) => {
        http
          .get(`http://a.test:${alive}/`, (response) => {
            response.setEncoding('utf8').on('data', resolve);
          })
          .on('error', reject);
      }),
    );
    answers.push(await (await fetch(`http://a.test:${alive}/`)).text());
    return answers.join(' ');
  },

  /** The loop of Chromium is not held while a race runs. */
  async timers() {
    const { connectByList } = require('connect-by-list');
    const startedAt = Date.now();
    const race = connectByList([`127.0.0.1:${silent}`], { timeout: 500 }).catch(({ code }) => code);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const code = await race;
    clearInterval(timer);
    const isPunctual = Date.now() - startedAt < 5_000;
    return `${code} ${ticks > 5 && isPunctual ? 'ticking' : `${ticks} ticks`}`;
  },

  async utility() {
    const child = utilityProcess.fork(path.join(__dirname, 'utility.js'));
    const answer = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the utility process ended with ${code}`)));
      child.postMessage([`127.0.0.1:${silent}`, `127.0.0.1:${alive}`]);
    });
    child.kill();
    return answer.error ?? answer.result;
  },

  /** Ends in the midst of races. */
  async exit() {
    const { connect, connectByList } = require('connect-by-list');
    for (let i = 0; i < 50; i++) connectByList([`127.0.0.1:${silent}`]).catch(() => undefined);
    connect([`127.0.0.1:${silent}`]).on('error', () => undefined);
    new net.Socket().destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'gone';
  },
};

app
  .whenReady()
  .then(scenarios[process.env.SCENARIO])
  .then(
    (result) => console.log(`result: ${result}`),
    (error) => console.log(`failed: ${error.stack}`),
  )
  .finally(() => app.exit(0));
