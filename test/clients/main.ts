/** `npm run test:clients` tests programs that use tfjs-node, on Bobbin in its place; `times` compares them with WASM, `answers` asks tfjs's CPU backend again. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ask, messageOf } from '../../scripts/run.mjs';
import { textTable } from '../../src/report/index.js';
import { writeAnswers } from './answers.js';
import { clients, judge } from './clients.js';
import type { Engine } from './measure.js';
import type { Photo } from './photo.js';
import { programs, runProgram } from './programs.js';
import { project, setUp } from './set-up.js';

/** The versions of Node in the project's package.json. */
const versions = ['20', '22', '24', '26'];

/** Cells of a table's row, and what is wrong. */
interface Row {
  /** Of a row with nothing wrong; by default ✔. */
  mark?: string;
  cells: string[];
  faults: string[];
}

/** One kind of test: its table's columns after the name and Node, and how to fill them. */
interface Kind {
  names: string[];
  columns: string[];
  test(name: string, node: string): Promise<Row>;
}

const clientTests = (names: string[], photo: Photo): Kind => ({
  names,
  columns: ['numbers', 'labels', 'largest difference', 'tensors kept', 'seconds'],
  async test(name, node) {
    const verdict = await judge(name, photo, { node });
    const { numbers, labels, relative, kept, seconds, faults } = verdict;
    const cells = [numbers, labels, relative.toExponential(0), kept, seconds.toFixed(3)];
    return { cells: cells.map(String), faults };
  },
});

const programTests = (names: string[]): Kind => ({
  names,
  columns: ['seconds', 'result'],
  async test(name, node) {
    const began = performance.now();
    const result = await runProgram(name, node);
    const mark = result.startsWith('skipped') ? '–' : '✔';
    return { mark, cells: [((performance.now() - began) / 1000).toFixed(1), result], faults: [] };
  },
});

/** Runs the tests of one kind under each version of Node, prints a table, and returns what is wrong. */
async function run({ names, columns, test }: Kind, nodes: string[]): Promise<string[]> {
  const rows: string[][] = [];
  const faults: string[] = [];
  for (const version of nodes) {
    const node = path.join(project, `node_modules/node-${version}/bin/node`);
    const title = `Node ${ask(node, ['--version'])}`;
    for (const name of names) {
      console.error(`clients: ${name}, ${title} …`);
      const row: Row = await test(name, node).catch((error) => ({
        cells: [],
        faults: [messageOf(error)],
      }));
      const mark = row.faults.length === 0 ? (row.mark ?? '✔') : '✘';
      rows.push([`${mark} ${name}`, title, ...row.cells]);
      faults.push(...someOf(row.faults).map((fault) => `${name}, ${title}: ${fault}`));
    }
  }
  if (rows.length > 0) {
    console.log(`\n${textTable(['', '', ...columns], rows)}`);
  }
  return faults;
}

/** Times Bobbin and tfjs's WASM backend on the same photo, prints a table, and returns what is wrong with Bobbin. */
async function compareTimes(names: string[], photo: Photo): Promise<string[]> {
  const rows: string[][] = [];
  const faults: Record<Engine, string[]> = { 'tfjs-node': [], wasm: [], cpu: [] };
  const time = async (client: string, engine: Engine) => {
    const verdict = await judge(client, photo, { rounds: 3, engine }).catch((error) => ({
      seconds: undefined,
      faults: [messageOf(error)],
    }));
    faults[engine].push(...someOf(verdict.faults).map((fault) => `${client}, ${engine}: ${fault}`));
    return verdict.seconds;
  };
  const cell = (seconds?: number) => (seconds ? `${(seconds * 1000).toFixed(0)} ms` : 'not run');
  for (const name of names) {
    console.error(`clients: ${name} on Bobbin and WASM …`);
    const bobbin = await time(name, 'tfjs-node');
    const wasm = await time(name, 'wasm');
    const ratio = bobbin && wasm ? (wasm / bobbin).toFixed(1) : '–';
    rows.push([name, cell(bobbin), cell(wasm), ratio]);
  }
  console.log(
    [textTable(['best of 3', 'Bobbin', 'WASM', 'ratio'], rows), ...faults.wasm].join('\n'),
  );
  return faults['tfjs-node'];
}

/** The first ones, and how many there are: a wrong model differs in thousands of numbers. */
const someOf = (faults: string[]) =>
  faults.length > 4 ? [...faults.slice(0, 3), `and ${faults.length - 3} more`] : faults;

/** Prints what is wrong, and the verdict; the process fails unless there is nothing. */
function conclude(faults: string[]): void {
  console.log(['', ...faults, `clients: ${faults.length === 0 ? 'passed' : 'failed'}`].join('\n'));
  process.exitCode = faults.length === 0 ? 0 : 1;
}

const oneOf = (known: string[]) => (name: string, others?: string[]) => {
  if (!known.includes(name)) {
    throw new InvalidArgumentError(`Expected one of ${known.join(', ')}.`);
  }
  return [...(others ?? []), name];
};

const chosenFrom = (known: string[], names: string[]) =>
  names.length === 0 ? known : known.filter((name) => names.includes(name));

const program = new Command('test:clients');
program
  .command('test', { isDefault: true })
  .description('compare the clients with their answers, and run the programs')
  .argument('[names...]', 'clients and programs; default: all', oneOf([...clients, ...programs]))
  .option('--nodes <versions...>', 'versions of Node', oneOf(versions))
  .action(async (names, { nodes = versions }) => {
    const photo = await setUp('all');
    const faults = [
      ...(await run(clientTests(chosenFrom(clients, names), photo), nodes)),
      ...(await run(programTests(chosenFrom(programs, names)), nodes)),
    ];
    conclude(faults);
  });
program
  .command('times')
  .description("time the clients on Bobbin and on tfjs's WASM backend")
  .argument('[clients...]', 'default: all', oneOf(clients))
  .action(async (names) =>
    conclude(await compareTimes(chosenFrom(clients, names), await setUp('all'))),
  );
program
  .command('answers')
  .description("write the answers of tfjs's CPU backend again, which takes minutes")
  .argument('[clients...]', 'default: all', oneOf(clients))
  .action(async (names) => {
    const photo = await setUp('all');
    for (const name of chosenFrom(clients, names)) {
      console.error(`clients: tfjs's CPU backend answers ${name} …`);
      await writeAnswers(name, photo);
    }
  });
await program.parseAsync().catch((error) => {
  console.error(`clients: ${messageOf(error)}`);
  process.exitCode = 1;
});
