// Groups of subjects that several scenarios use.

export const OURS = ['ours-node', 'ours-node26'];
export const FLOORS = ['floor-node', 'floor-node26'];
export const AUTO = ['auto-node', 'auto-node26', 'auto250-node26'];
export const EYEBALLS = ['he-node', 'balena-node'];
/** They wait for a while after an endpoint has failed at once, too. */
export const WAITING = [...EYEBALLS, 'curl'];
export const IN_NODE = [...OURS, ...AUTO, ...EYEBALLS];
export const ELSEWHERE = ['asyncio', 'trio', 'go'];
export const ALL = [...IN_NODE, ...ELSEWHERE, 'curl', 'one-by-one'];

/** What subjects that run on the same Node are compared with. */
export const nodeOf = (id) => id.split('-').at(-1);
