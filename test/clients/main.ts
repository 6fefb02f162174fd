/** `npm run test:clients` tests programs that use tfjs-node, on Bobbin in its place; `times` compares them with WASM, `answers` asks tfjs's CPU backend again. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ask, messageOf } from '../../scripts/run.mjs';
import { textTable } from '../../src/report/index.js';
import { writeAnswers } from './answers.js';
import { clients, judge } from './clients.js';
import type { Photo } from './photo.js';
import { programs, runProgram } from './programs.js';
import { project, setUp } from './set-up.js';

/** The versions of Node in the project's package.json. */
const versions = ['20', '22', '24', '26'];

/** Cells of a table's row, and what is wrong. */
interface Row {
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
    return { cells: [((performance.now() - began) / 1000).toFixed(1), result], faults: [] };
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
      const row = await test(name, node).catch((error) => ({
        cells: [],
        faults: [messageOf(error)],
      }));
      rows.push([`${row.faults.length === 0 ? '✔' : '✘'} ${name}`, title, ...row.cells]);
      faults.push(...row.faults.map((fault) => `${name}, ${title}: ${fault}`));
    }
  }
  if (rows.length > 0) {
    console.log(`\n${textTable(['', '', ...columns], rows)}`);
  }
  return faults;
}

/** Times Bobbin and tfjs's WASM backend on the same photo. */
async function compareTimes(names: string[], photo: Photo): Promise<void> {
  const rows: string[][] = [];
  for (const name of names) {
    console.error(`clients: ${name} on Bobbin and WASM …`);
    const bobbin = await judge(name, photo, { rounds: 3 });
    const wasm = await judge(name, photo, { rounds: 3, engine: 'wasm' });
    const times = [bobbin, wasm].map(({ seconds }) => `${(seconds * 1000).toFixed(0)} ms`);
    rows.push([name, ...times, (wasm.seconds / bobbin.seconds).toFixed(1)]);
  }
  console.log(textTable(['best of 3', 'Bobbin', 'WASM', 'ratio'], rows));
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
    console.log(
      ['', ...faults, `clients: ${faults.length === 0 ? 'passed' : 'failed'}`].join('\n'),
    );
    process.exitCode = faults.length === 0 ? 0 : 1;
  });
program
  .command('times')
  .description("time the clients on Bobbin and on tfjs's WASM backend")
  .argument('[clients...]', 'default: all', oneOf(clients))
  .action(async (names) => compareTimes(chosenFrom(clients, names), await setUp('all')));
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
