/** The package managers of the tests: how each installs a project, and how a project names the alias for it. */
import path from 'node:path';

/** A table of package names and what to install for them. */
export type Versions = Record<string, string>;

export interface Manager {
  name: string;
  /** The words that start it, given the folder of the pinned tools. */
  command: (tools: string) => string[];
  install: string[];
  /** The option of `install` that runs no script. */
  withoutScripts: string[];
  /** What the project's `package.json` says so that `versions` hold for the dependencies of its dependencies, too. */
  overrides: (versions: Versions) => object;
  /** Its configuration files, by name: the registry, and caches of its own in the project. */
  files: (registry: string) => Record<string, string>;
}

const npmrc = (registry: string) => ({ '.npmrc': `registry=${registry}\n` });

const pnpm = (name: string): Manager => ({
  name,
  command: (tools) => [process.execPath, path.join(tools, name, 'bin/pnpm.cjs')],
  install: ['install', '--no-frozen-lockfile'],
  withoutScripts: ['--ignore-scripts'],
  overrides: (versions) => ({ pnpm: { overrides: versions } }),
  files: (registry) => ({ '.npmrc': `registry=${registry}\nstore-dir=.store\ncache-dir=.cache\n` }),
});

export const npm: Manager = {
  name: 'npm',
  command: () => ['npm'],
  install: ['install', '--no-audit', '--no-fund'],
  withoutScripts: ['--ignore-scripts'],
  overrides: (versions) => ({
    overrides: Object.fromEntries(Object.keys(versions).map((name) => [name, `$${name}`])),
  }),
  files: npmrc,
};

export const managers: Manager[] = [
  npm,
  pnpm('pnpm-9'),
  pnpm('pnpm-10'),
  {
    name: 'yarn-1',
    command: (tools) => [process.execPath, path.join(tools, 'yarn-1/bin/yarn.js')],
    install: ['install', '--non-interactive', '--cache-folder', '.cache'],
    withoutScripts: ['--ignore-scripts'],
    overrides: (versions) => ({ resolutions: versions }),
    files: npmrc,
  },
  {
    name: 'yarn-4',
    command: (tools) => [process.execPath, path.join(tools, 'yarn-4/bin/yarn.js')],
    install: ['install', '--no-immutable'],
    withoutScripts: ['--mode', 'skip-build'],
    overrides: (versions) => ({ resolutions: versions }),
    files: (registry) => ({
      // Without a lock file of its own, a project may belong to one in a folder above.
      'yarn.lock': '',
      '.yarnrc.yml': [
        'nodeLinker: node-modules',
        `npmRegistryServer: "${registry}"`,
        'unsafeHttpWhitelist: ["127.0.0.1"]',
        'enableTelemetry: false',
        'globalFolder: .yarn-global',
      ].join('\n'),
    }),
  },
];
