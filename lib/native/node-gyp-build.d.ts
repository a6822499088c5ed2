// node-gyp-build ships no types: it loads the .node file that fits this machine from a package's folder.
declare module 'node-gyp-build' {
  function load(packageFolder: string): unknown;
  export = load;
}
