/**
 * `npm run bench -- serve FOLDER`: requests a second of the server with damaged photos among the others, its memory, and how much of the
 * gain of batches in the bare forward pass is left.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { NetworkName } from '../../src/model/index.js';
import { textTable } from '../../src/report/index.js';
import { median } from '../results.js';
import { machineNow } from '../rounds.js';
import type { Bare, Question, ServerJob, Taken } from './job.js';

export interface ServeRounds {
  net: NetworkName;
  run: string | undefined;
  /** Most images of a batch, compared with 1. */
  batch: number;
  rounds: number;
  /** Of load on each server in a round. */
  seconds: number;
  connections: number;
  /** The share of uploads that are cut off, 0…1. */
  damaged: number;
}

/** Most photos, which are sent again and again. */
export const photosSent = 200;

/** Bytes of the beginning that a damaged one keeps. */
const damagedBytes = 2000;

/** Seconds of load before it counts, and of the bare pass in a round. */
const [warmUpSeconds, bareSeconds] = [3, 5];

/** A server in a process of its own, and what was measured of it. */
class Measured {
  /** Requests a second, and milliseconds of the process's CPU for one. */
  readonly rates: number[] = [];
  readonly cpuMs: number[] = [];
  readonly bare: Bare[] = [];
  readonly p50: number[] = [];
  readonly p99: number[] = [];
  refused = 0;
  failed = 0;
  /** Bytes before the load that counts, and after each round. */
  readonly memory: number[] = [];

  private constructor(
    readonly batch: number,
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(job: ServerJob): Promise<Measured> {
    const file = fileURLToPath(new URL('server.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(job)], { execArgv: ['--import', 'tsx'] });
    const [url] = (await once(child, 'message')) as [string];
    return new Measured(job.batchSize, child, url);
  }

  private async ask<Answer>(question: Question): Promise<Answer> {
    this.child.send(question);
    const [answer] = (await once(this.child, 'message')) as [Answer];
    return answer;
  }

  private taken(): Promise<Taken> {
    return this.ask<Taken>({ ask: 'taken' });
  }

  async warmUp(load: Load): Promise<void> {
    await load(this.url, warmUpSeconds);
    this.memory.push((await this.taken()).memory);
  }

  async round(load: Load, seconds: number): Promise<void> {
    this.bare.push(await this.ask<Bare>({ ask: 'bare', seconds: bareSeconds }));
    const before = await this.taken();
    const result = await load(this.url, seconds);
    const { memory, cpuMs } = await this.taken();
    const requests = result['2xx'] + result['4xx'];
    this.rates.push(requests / result.duration);
    this.cpuMs.push((cpuMs - before.cpuMs) / requests);
    this.p50.push(result.latency.p50);
    this.p99.push(result.latency.p99);
    this.refused += result['4xx'];
    this.failed += result.errors + result.timeouts + result['5xx'];
    this.memory.push(memory);
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

type Load = (url: string, seconds: number) => Promise<autocannon.Result>;

/** Loads a server of batches of one image and another of `batch`, in turn. */
export async function measureServing(files: readonly string[], options: ServeRounds) {
  const { net, run, batch, rounds, seconds } = options;
  const load = loadOf(files, options);
  const servers: Measured[] = [];
  try {
    for (const batchSize of [1, batch]) {
      const server = await Measured.start({ net, run, batchSize });
      servers.push(server);
      await server.warmUp(load);
    }
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) {
        await server.round(load, seconds);
      }
    }
  } finally {
    for (const server of servers) {
      await server.end();
    }
  }
  report(servers as [Measured, Measured], options);
}

/** Each connection begins with another photo. */
function loadOf(files: readonly string[], { connections, damaged }: ServeRounds): Load {
  const photos = files.map((file) => readFileSync(file));
  const isDamaged = (place: number) =>
    Math.floor((place + 1) * damaged) > Math.floor(place * damaged);
  const requests = photos.map((photo, place) => ({
    method: 'POST' as const,
    path: '/predict',
    headers: { 'content-type': 'image/jpeg' },
    body: isDamaged(place) ? photo.subarray(0, damagedBytes) : photo,
  }));
  return async (url, duration) => {
    let client = 0;
    return await autocannon({
      url,
      connections,
      duration,
      requests,
      setupClient: (each) => {
        const start = Math.floor((client++ * requests.length) / connections);
        each.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
      },
    });
  };
}

const megabytes = (bytes: number | undefined) => ((bytes as number) / 1e6).toFixed(0);

function report(servers: [Measured, Measured], options: ServeRounds): void {
  const rows = servers.map(({ bare, ...server }) => [
    `${server.batch}`,
    median(bare.map(({ rate }) => rate)).toFixed(1),
    median(bare.map(({ cpuMs }) => cpuMs)).toFixed(1),
    median(server.rates).toFixed(1),
    median(server.cpuMs).toFixed(1),
    median(server.p50).toFixed(0),
    median(server.p99).toFixed(0),
    `${server.refused}`,
    `${server.failed}`,
    server.memory.map(megabytes).join(' → '),
  ]);
  const bareHead = ['bare, images/s', 'CPU, ms'];
  const head = ['batch', ...bareHead, 'requests/s', 'CPU, ms', 'p50, ms', 'p99, ms'];
  console.log(textTable([...head, 'refused', 'failed', 'memory, MB'], rows));
  const [one, many] = servers;
  const ratios = (part: number[], whole: number[]) =>
    part.map((value, round) => value / (whole[round] as number));
  const rates = ({ bare }: Measured) => bare.map(({ rate }) => rate);
  const cpu = ({ bare }: Measured) => bare.map(({ cpuMs }) => cpuMs);
  console.log('\nmemory: before the load, and after each round');
  tellGain('by time', ratios(rates(many), rates(one)), ratios(many.rates, one.rates));
  tellGain('by CPU', ratios(cpu(one), cpu(many)), ratios(one.cpuMs, many.cpuMs));
  const { net, run, seconds, connections, damaged } = options;
  const load = `${connections} connections, ${100 * damaged} % damaged, ${options.rounds} × ${seconds} s`;
  console.log(`\n${run ?? net}; ${load}; ${machineNow()}`);
}

/** What a batch gains, and which share of it the server keeps. */
function tellGain(how: string, bare: number[], server: number[]): void {
  const kept = median(server.map((gain, round) => gain / (bare[round] as number)));
  const gains = `bare pass × ${median(bare).toFixed(2)}, server × ${median(server).toFixed(2)}`;
  console.log(`gain of batches ${how}: ${gains}; the server keeps ${kept.toFixed(2)} of it`);
}
