// Package managers: each installs the tarball without a warning and without running a script, and the application connects.
// And without a binary, the one command of the message builds one.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { at, runWell } from './command.mjs';

/** What says that something is not as it should be. */
const COMPLAINT = /warn|ignored|blocked|not allowed|approve|YN0004|YN0005|ERR/i;
/** What this machine's own settings make npm say, and pnpm of any update of its own. */
const NOT_OURS = /Unknown (user|env|project) config|update available|YN0028/i;

export function managerCases(context) {
  const { newApp, tarball, bin, node, registry, scratch } = context;
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    npm_config_registry: registry,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_GLOBAL_CACHE: 'false',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: path.join(scratch, 'bun-cache'),
  };
  const store = ['--store-dir', path.join(scratch, 'pnpm-store')];
  const npm = (name) => [node, [at(`${name}/bin/npm-cli.js`)]];
  const pnpm = (name) =>
    name === 'pnpm-12' ? [at('@pnpm/exe.linux-x64/pnpm'), []] : [node, [pnpmFile(name)]];
  const yarn = [node, [at('yarn-4/bin/yarn.js')]];
  const bun = [at('@oven/bun-linux-x64/bin/bun'), []];
  const ofPnpm = (name) => ({
    manager: pnpm(name),
    add: ['add', ...store, tarball],
    exec: ['exec', 'connect-by-list'],
  });
  const npmOf = (name) => ({
    manager: npm(name),
    add: ['install', tarball],
    exec: ['exec', '--offline', '--', 'connect-by-list'],
  });
  const ofYarn = (linker) => ({
    manager: yarn,
    files: { '.yarnrc.yml': `nodeLinker: ${linker}\n`, 'yarn.lock': '' },
    add: ['add', `connect-by-list@file:${tarball}`],
    exec: ['connect-by-list'],
    node: ['node'],
    // Yarn's hook for ES modules is an experiment that has to be switched on.
    programs: linker === 'pnp' ? ['app.cjs'] : undefined,
  });
  const hoisted = { 'pnpm-workspace.yaml': 'nodeLinker: hoisted\n' };
  const all = {
    'npm 11': npmOf('npm-11'),
    'npm 12': npmOf('npm-12'),
    'npm 11 --ignore-scripts': {
      ...npmOf('npm-11'),
      add: ['install', '--ignore-scripts', tarball],
    },
    'pnpm 10, isolated': ofPnpm('pnpm-10'),
    'pnpm 11, isolated': ofPnpm('pnpm-11'),
    'pnpm 12, isolated': ofPnpm('pnpm-12'),
    'pnpm 10, hoisted': { ...ofPnpm('pnpm-10'), files: hoisted },
    'pnpm 11, hoisted': { ...ofPnpm('pnpm-11'), files: hoisted },
    'pnpm 12, hoisted': { ...ofPnpm('pnpm-12'), files: hoisted },
    'Yarn 4, node_modules': ofYarn('node-modules'),
    "Yarn 4, Plug'n'Play": ofYarn('pnp'),
    Bun: { manager: bun, add: ['add', tarball], exec: ['x', 'connect-by-list'] },
  };

  const installs = Object.entries(all).map(([name, recipe]) => ({
    name: `install by ${name}`,
    check() {
      const cwd = install(name, recipe);
      const { manager, node: runner } = recipe;
      const [command, given] = runner ? [manager[0], [...manager[1], ...runner]] : [node, []];
      for (const file of recipe.programs ?? ['app.mjs', 'app.cjs']) {
        assert.match(runWell(command, [...given, file], { cwd, env }), /^connected$/m);
      }
    },
  }));
  // One of each kind; the others differ in how they put the package where it is.
  const builders = context.isShort
    ? ["Yarn 4, Plug'n'Play"]
    : ['npm 12', 'pnpm 12, isolated', "Yarn 4, Plug'n'Play", 'Bun'];
  const builds = builders.map((name) => ({
    name: `connect-by-list build, installed by ${name}`,
    check() {
      const recipe = all[name];
      const { manager, exec, node: runner } = recipe;
      const cwd = install(`build ${name}`, { ...recipe, ...withoutBinary(recipe) });
      const [command, given] = manager;
      const [program, before] = runner ? [command, [...given, ...runner]] : [node, []];
      const lacking = context.run(program, [...before, 'app.cjs'], { cwd, env });
      assert.match(lacking.output, /npx connect-by-list build/);
      const built = runWell(command, [...given, ...exec, 'build'], { cwd, env });
      assert.match(built, /connect-by-list: built /);
      assert.match(runWell(program, [...before, 'app.cjs'], { cwd, env }), /^connected$/m);
    },
  }));
  return [...installs, ...builds, folderCase(), deployCase()];

  function install(name, { manager: [command, given], files = {}, add }) {
    const cwd = newApp(name);
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(cwd, file), text);
    const output = runWell(command, [...given, ...add], { cwd, env });
    const lines = output.split('\n').filter((line) => COMPLAINT.test(line));
    assert.deepEqual(
      lines.filter((line) => !NOT_OURS.test(line)),
      [],
      output,
    );
    return cwd;
  }

  /** The same package for a platform that it has no binary for. */
  function withoutBinary({ add }) {
    const folder = path.join(scratch, 'without-binary');
    const packed = path.join(folder, 'connect-by-list.tgz');
    if (!fs.existsSync(packed)) {
      fs.mkdirSync(folder);
      runWell('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
      fs.rmSync(path.join(folder, 'package/prebuilds/linux-x64'), { recursive: true });
      runWell('tar', ['-czf', packed, 'package'], { cwd: folder });
    }
    return { add: add.map((word) => word.replace(tarball, packed)) };
  }

  function folderCase() {
    return {
      name: 'install of a folder by npm 12, as a copy',
      check() {
        const folder = path.join(scratch, 'folder');
        fs.mkdirSync(folder);
        runWell('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
        const add = ['install', '--install-links', path.join(folder, 'package')];
        const cwd = install('folder app', { manager: npm('npm-12'), add });
        assert.match(runWell(node, ['app.mjs'], { cwd, env }), /^connected$/m);
      },
    };
  }

  function deployCase() {
    return {
      name: 'pnpm 12 deploy',
      check() {
        const [command, given] = pnpm('pnpm-12');
        const dependencies = { 'connect-by-list': `file:${tarball}` };
        const workspace = path.join(scratch, 'workspace');
        const service = newApp('workspace/service', { name: 'service', dependencies });
        fs.mkdirSync(path.join(workspace, 'packages'), { recursive: true });
        fs.renameSync(service, path.join(workspace, 'packages/service'));
        fs.writeFileSync(path.join(workspace, 'package.json'), '{"name":"root","private":true}');
        fs.writeFileSync(
          path.join(workspace, 'pnpm-workspace.yaml'),
          'packages: ["packages/*"]\ninjectWorkspacePackages: true\n',
        );
        const options = { cwd: workspace, env };
        runWell(command, [...given, 'install', '--no-frozen-lockfile', ...store], options);
        const out = path.join(scratch, 'deployed');
        const deploy = ['--filter', 'service', 'deploy', '--prod', ...store, out];
        runWell(command, [...given, ...deploy], options);
        assert.match(runWell(node, ['app.mjs'], { cwd: out, env }), /^connected$/m);
      },
    };
  }
}

/** The name of the file differs from one version to the next. */
function pnpmFile(name) {
  return ['cjs', 'mjs']
    .map((extension) => at(`${name}/bin/pnpm.${extension}`))
    .find((file) => fs.existsSync(file));
}
