// What Node 20 has and the Node 18 in Electron 25 has not, as far as the package uses it. Not a part of what is tested.
'use strict';

const diagnostics = require('node:diagnostics_channel');
const net = require('node:net');

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
diagnostics.tracingChannel ??= (name) => {
  const channels = EVENTS.map((event) => [event, diagnostics.channel(`tracing:${name}:${event}`)]);
  return Object.fromEntries(channels);
};
net.getDefaultAutoSelectFamily ??= () => true;
