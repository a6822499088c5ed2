'use strict';

// Electron Forge: the plugin adds every .node file to what stays outside of the archive.
module.exports = {
  packagerConfig: { asar: true },
  makers: [{ name: '@electron-forge/maker-zip' }],
  plugins: [{ name: '@electron-forge/plugin-auto-unpack-natives', config: {} }],
};
