/** Builds what docs/Dockerfile describes, in slim Debians in the place of images, and runs its command. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { writeFiles } from '../support/folders.js';
import type { Instruction } from './dockerfile.js';
import { environment, succeed } from './project.js';
import { type Suite, System, type User } from './system.js';

/** The Debian of each image that has Node; `System` brings a Node of its own. */
const suites: Record<string, Suite> = { 'node:22-slim': 'bookworm' };

/** A stage of the build: a system, and what the next instruction finds there. */
interface Stage {
  name: string | undefined;
  system: System;
  env: Record<string, string>;
  user: User;
  folder: string;
}

export interface BuildRequest {
  instructions: Instruction[];
  /** The folder of the build, whose files COPY takes. */
  context: string;
  /** The folder in which systems are made, and the `node_modules` with their Node. */
  parent: string;
  tools: string;
  /** Variables of the machine that an image does not keep, such as the address of a registry. */
  machine: NodeJS.ProcessEnv;
  /** Called before each instruction that takes time. */
  onStep: (step: string, work: () => Promise<string>) => Promise<string>;
}

/**
 * Makes the folder of the build, as docs/install.md says: a project with the tarballs of Bobbin and its addon among `tarballs`, and
 * `program` as main.mjs.
 */
export async function makeContext(
  folder: string,
  { tarballs, registry, program }: { tarballs: string[]; registry: string; program: string },
): Promise<string> {
  await writeFiles(folder, {
    'package.json': '{ "private": true }',
    'main.mjs': program,
    ...Object.fromEntries(
      tarballs
        .filter((file) => /\/bobbin-(linux-x64-)?\d/.test(file))
        .map((file) => [`packages/${path.basename(file)}`, readFileSync(file)]),
    ),
  });
  const packed = readdirSync(path.join(folder, 'packages')).map((name) => `./packages/${name}`);
  const install = ['npm', 'install', '--package-lock-only', '--ignore-scripts'];
  const env = { ...environment, npm_config_registry: registry };
  await succeed([...install, '--no-audit', '--no-fund', ...packed], folder, env);
  return folder;
}

/** Does all instructions. The systems of all stages are removed after `work` has used the last one. */
export async function withImage(
  request: BuildRequest,
  work: (run: (command: string) => Promise<string>, command: string) => Promise<void>,
): Promise<void> {
  const stages: Stage[] = [];
  try {
    let command = '';
    for (const instruction of request.instructions) {
      if (instruction.kind === 'CMD') {
        command = instruction.words.join(' ');
      } else {
        await follow(instruction, stages, request);
      }
    }
    const { system, user, folder, env } = stages.at(-1) as Stage;
    await work((line) => system.run(user, folder, line, { env, readonly: true }), command);
  } finally {
    for (const { system } of stages) {
      system.remove();
    }
  }
}

async function follow(
  instruction: Exclude<Instruction, { kind: 'CMD' }>,
  stages: Stage[],
  request: BuildRequest,
): Promise<void> {
  if (instruction.kind === 'FROM') {
    stages.push(begin(instruction, stages.length, request));
    return;
  }
  const stage = stages.at(-1) as Stage;
  switch (instruction.kind) {
    case 'RUN': {
      const { command } = instruction;
      const env = { ...request.machine, ...stage.env, DEBIAN_FRONTEND: 'noninteractive' };
      await request.onStep(`RUN ${command}`, async () => {
        const output = await stage.system.run(stage.user, stage.folder, command, { env });
        // Debian's certificates may have replaced those of this machine.
        stage.system.giveCertificates();
        return output;
      });
      break;
    }
    case 'ENV':
      for (const [name, value] of instruction.values) {
        stage.env[name] = value.replace(/\$(\w+)/g, (_, inner) => stage.env[inner] ?? '');
      }
      break;
    case 'WORKDIR':
      stage.folder = path.posix.resolve(stage.folder, instruction.name);
      await stage.system.run('root', '/', `mkdir -p ${stage.folder}`);
      break;
    case 'USER':
      stage.user = instruction.name as User;
      break;
    case 'COPY':
      copy(instruction, stage, stages, request.context);
  }
}

function begin(
  { image, stage: name, line }: Extract<Instruction, { kind: 'FROM' }>,
  index: number,
  { parent, tools }: BuildRequest,
): Stage {
  const suite = suites[image];
  if (suite === undefined) {
    throw new Error(`docs/Dockerfile:${line}: no Debian stands for the image ${image}`);
  }
  const system = System.make(parent, suite, `image-${index}`, tools);
  return { name, system, env: { PATH: System.path }, user: 'root', folder: '/' };
}

/** Of a folder, its content is copied; owners become root, as in Docker. */
function copy(
  { from, sources, target, line }: Extract<Instruction, { kind: 'COPY' }>,
  stage: Stage,
  stages: Stage[],
  context: string,
) {
  const origin =
    from === undefined ? context : stages.find(({ name }) => name === from)?.system.root;
  if (origin === undefined) {
    throw new Error(`docs/Dockerfile:${line}: no stage is called ${from}`);
  }
  const to = path.join(stage.system.root, path.posix.resolve(stage.folder, target));
  for (const source of sources) {
    const file = path.join(origin, source);
    if (!existsSync(file)) {
      throw new Error(`docs/Dockerfile:${line}: ${source} does not exist`);
    }
    const isFolder = statSync(file).isDirectory();
    execFileSync('mkdir', ['-p', isFolder ? to : path.dirname(to)]);
    const preserved = '--preserve=mode,timestamps,links';
    execFileSync('cp', ['--recursive', preserved, isFolder ? `${file}/.` : file, to]);
  }
}
