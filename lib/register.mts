// The same module for `import`: importing it registers.

export type { RegisterOptions } from './register.js';
export { register, unregister } from './register.js';
