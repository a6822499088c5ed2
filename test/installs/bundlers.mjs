// The recipes of docs/bundlers.md: what is bundled connects in a folder without node_modules, or the bundler fails and
// names the file that it cannot read.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { tools } from '../../packaging/tools.mjs';
import { at, run, runWell } from './command.mjs';

const require = createRequire(import.meta.url);

export function bundlerCases({ newApp, tarball, bin, node, registry, scratch, isShort }) {
  const env = { PATH: `${bin}:${process.env.PATH}`, npm_config_registry: registry };
  let app;
  /** The application with the package installed, once for all. */
  const appFolder = () => {
    if (app) return app;
    const folder = newApp('bundled');
    runWell(node, [at('npm-12/bin/npm-cli.js'), 'install', tarball], { cwd: folder, env });
    return (app = folder);
  };
  const esbuild = (...options) => [
    at('@esbuild/linux-x64/bin/esbuild'),
    ['app.mjs', '--bundle', '--platform=node', '--outfile=OUT/app.cjs', ...options],
  ];
  const script = (name, ...given) => [node, [writeScript(name), ...given]];

  const recipes = {
    'esbuild --loader:.node=copy': esbuild('--loader:.node=copy'),
    'esbuild --loader:.node=file': esbuild('--loader:.node=file'),
    ncc: [node, [at('@vercel/ncc/dist/ncc/cli.js'), 'build', 'app.cjs', '-o', 'OUT'], 'index.cjs'],
    '@vercel/nft': script('nft', 'OUT'),
    'webpack with node-loader': script('webpack', 'OUT', 'node-loader'),
    "webpack with Forge's rules": script('webpack', 'OUT', 'forge'),
    'rollup with a plugin for addons': script('rollup', 'OUT', 'native'),
    'Vite, external': script('vite', 'OUT', 'external'),
  };
  const failing = {
    'esbuild without a loader': esbuild(),
    'webpack without a loader': script('webpack', 'OUT', 'none'),
    'rollup without a plugin': script('rollup', 'OUT', 'plain'),
    'Vite, noExternal': script('vite', 'OUT', 'inlined'),
  };
  return [
    ...Object.entries(recipes).map(([name, recipe]) => ({
      name: `bundle by ${name}`,
      check() {
        const [command, given, file = 'app.cjs'] = recipe;
        const out = path.join(scratch, `out ${name}`.replaceAll(/[^a-z0-9]+/gi, '-'));
        runWell(command, withOut(given, out), { cwd: appFolder(), env });
        if (name === 'Vite, external') linkModules(out);
        assert.match(runWell(node, [file], { cwd: out, env }), /^connected$/m);
      },
    })),
    ...Object.entries(failing).map(([name, [command, given]]) => ({
      name: `bundle by ${name} fails, and names the file`,
      check() {
        const out = path.join(scratch, 'failing');
        const { output, code } = run(command, withOut(given, out), { cwd: appFolder(), env });
        assert.notEqual(code, 0, output);
        assert.match(output, /node\.napi(\.musl|\.armv8)?\.node/);
      },
    })),
    {
      name: 'a bundle without its addon says what to do',
      check() {
        const out = path.join(scratch, 'lacking');
        const [command, given] = esbuild('--loader:.node=empty');
        runWell(command, withOut(given, out), { cwd: appFolder(), env });
        // What an application has built for itself is none of ours.
        fs.mkdirSync(path.join(scratch, 'build/Release'), { recursive: true });
        fs.writeFileSync(path.join(scratch, 'build/Release/other.node'), 'no addon');
        const { output } = run(node, ['app.cjs'], { cwd: out, env });
        assert.match(output, /was bundled without its addon/);
        assert.match(output, /No native build was found/);
      },
    },
    ...(isShort ? ['24'] : ['22', '24', '26']).map((major) => ({
      name: `a single executable of Node ${major}`,
      check: () => singleExecutable(major),
    })),
  ];

  function withOut(given, out) {
    return given.map((word) => word.replace('OUT', out));
  }

  function linkModules(out) {
    fs.symlinkSync(path.join(appFolder(), 'node_modules'), path.join(out, 'node_modules'));
  }

  /** https://nodejs.org/api/single-executable-applications.html; the addon lies beside it. */
  function singleExecutable(major) {
    const out = path.join(scratch, `executable-${major}`);
    const banner = `require = require('node:module').createRequire(__filename);`;
    const [command, given] = esbuild('--loader:.node=empty', `--banner:js=${banner}`);
    runWell(command, withOut(given, out), { cwd: appFolder(), env });
    const ofVersion = path.join(tools(), `node-${major}-x64/bin/node`);
    const program = path.join(out, 'app');
    const options = { cwd: out, env };
    const isBuilt = major === '26';
    fs.writeFileSync(
      path.join(out, 'sea.json'),
      JSON.stringify({
        main: 'app.cjs',
        output: isBuilt ? 'app' : 'blob',
        disableExperimentalSEAWarning: true,
      }),
    );
    if (isBuilt) {
      runWell(ofVersion, ['--build-sea', 'sea.json'], options);
    } else {
      runWell(ofVersion, ['--experimental-sea-config', 'sea.json'], options);
      fs.copyFileSync(ofVersion, program);
      fs.chmodSync(program, 0o755);
      const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
      runWell(node, [at('postject/dist/cli.js'), 'app', 'NODE_SEA_BLOB', 'blob', ...fuse], options);
    }
    const shipped = path.join(appFolder(), 'node_modules/connect-by-list/prebuilds');
    fs.cpSync(shipped, path.join(out, 'prebuilds'), { recursive: true });
    assert.match(runWell(program, [], options), /^connected$/m);
  }

  /** A program of its own for each bundler that has no command, or needs a configuration. */
  function writeScript(name) {
    const file = path.join(scratch, `${name}.cjs`);
    fs.writeFileSync(file, `${PRELUDE}\n${SCRIPTS[name]}`);
    return file;
  }
}

const PRELUDE = `
  const fs = require('node:fs');
  const path = require('node:path');
  const { createRequire } = require('node:module');
  const { pathToFileURL } = require('node:url');
  const load = createRequire(${JSON.stringify(require.resolve('./package.json'))});
  const [out, kind] = process.argv.slice(2);
  const entry = path.resolve('app.mjs');
  const failed = (error) => { console.error(error); process.exit(1); };
`;

const SCRIPTS = {
  nft: `
    const { nodeFileTrace } = load('@vercel/nft');
    nodeFileTrace(['app.cjs'], { base: process.cwd() }).then(({ fileList }) => {
      for (const file of fileList) {
        fs.cpSync(file, path.join(out, file), { recursive: true, dereference: true });
      }
    }).catch(failed);
  `,
  webpack: `
    const relocator = {
      test: /node_modules[/\\\\].+\\.(m?js|node)$/,
      parser: { amd: false },
      use: {
        loader: load.resolve('@vercel/webpack-asset-relocator-loader'),
        options: { outputAssetBase: 'native_modules' },
      },
    };
    const native = { test: /native_modules[/\\\\].+\\.node$/, use: load.resolve('node-loader') };
    const rules = {
      none: [],
      'node-loader': [{ test: /\\.node$/, use: load.resolve('node-loader') }],
      forge: [native, relocator],
    }[kind];
    const options = {
      mode: 'production', target: 'node', entry, module: { rules },
      output: { path: out, filename: 'app.cjs' },
      // As Node has it; webpack would make it '/'.
      node: { __dirname: false },
    };
    load('webpack')(options, (error, stats) => {
      if (error) return failed(error);
      console.log(stats.toString({ all: false, errors: true }));
      process.exitCode = stats.hasErrors() ? 1 : 0;
    });
  `,
  rollup: `
    // docs/bundlers.md has this plugin.
    const native = {
      name: 'native',
      load(id) {
        if (!id.endsWith('.node')) return null;
        const name = path.basename(path.dirname(id)) + '-' + path.basename(id);
        this.emitFile({ type: 'asset', fileName: name, source: fs.readFileSync(id) });
        return 'module.exports = require("node:module").createRequire(__filename)("./' + name + '");';
      },
    };
    const plugin = (name) => load(name).default ?? load(name);
    load('rollup').rollup({
      input: entry,
      plugins: [
        kind === 'native' && native,
        plugin('@rollup/plugin-node-resolve')({ preferBuiltins: true }),
        plugin('@rollup/plugin-commonjs')({ extensions: ['.js', '.node'] }),
      ],
      external: [/^node:/],
      onwarn() {},
    }).then((bundle) => bundle.write({ dir: out, format: 'cjs', entryFileNames: 'app.cjs' }))
      .catch(failed);
  `,
  vite: `
    import(pathToFileURL(load.resolve('vite/package.json').replace('package.json', 'dist/node/index.js'))).then(({ build }) => build({
      root: process.cwd(),
      logLevel: 'warn',
      build: {
        ssr: entry, outDir: out,
        rollupOptions: { output: { format: 'cjs', entryFileNames: 'app.cjs' } },
      },
      ssr: kind === 'external' ? {} : { noExternal: true },
    })).catch(failed);
  `,
};
