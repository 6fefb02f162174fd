/** What the workers of a run must have in common: compared when they meet, so that two runs never join by mistake. */
import { createHash } from 'node:crypto';
import { InvalidInputError } from '../errors.js';
import { type Settings, valuesByName } from '../settings.js';
import { version } from '../version.js';

/** The kind of device on which a worker computes. */
export type Device = 'CPU' | 'GPU';

/** What a worker tells the others of itself. */
interface Card {
  version: string;
  /** A digest of the run id, which stays secret. */
  run: string;
  /** What it computes on. */
  device: Device;
  /** Digests of the settings by their names. */
  settings: Record<string, string>;
}

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

/** A worker's card, to be exchanged. */
export function cardOf(worker: { runId: string; settings: Settings; device: Device }): string {
  const { runId, settings, device } = worker;
  const entries = [...valuesByName(settings)].map(([name, value]) => [
    name,
    digest(JSON.stringify(value)),
  ]);
  const card: Card = {
    ...{ version, device, run: digest(runId) },
    settings: Object.fromEntries(entries),
  };
  return JSON.stringify(card);
}

/**
 * @param cards of all workers
 * @param names what errors call them
 * @throws InvalidInputError when the workers are of different runs, versions or devices, or their settings differ
 */
export function checkAgreement(cards: readonly string[], index: number, names: string[]): void {
  const own = JSON.parse(cards[index] as string) as Card;
  cards.forEach((text, other) => {
    const card = JSON.parse(text) as Card;
    const name = names[other];
    if (card.version !== own.version) {
      throw new InvalidInputError(
        `${name} has version ${card.version} of Bobbin and ${names[index]} has ${own.version}. Install one version on all workers`,
      );
    }
    if (card.run !== own.run) {
      throw new InvalidInputError(
        `${name} belongs to another run: its run id differs from that of ${names[index]}. Give all workers of a run the same BOBBIN_RUN_ID, and each run ports of its own`,
      );
    }
    if (card.device !== own.device) {
      // Steps on a GPU run ahead of it: they would learn of a stop after different ones.
      throw new InvalidInputError(
        `${name} computes on a ${card.device} and ${names[index]} on a ${own.device}. Give all workers a GPU, or none: configure({ gpu: 'off' }), or CUDA_VISIBLE_DEVICES=-1 in the environment`,
      );
    }
    const known = new Set([...Object.keys(card.settings), ...Object.keys(own.settings)]);
    const differing = [...known].filter((key) => card.settings[key] !== own.settings[key]);
    if (differing.length > 0) {
      throw new InvalidInputError(
        `${name} and ${names[index]} have different settings (${differing.join(', ')}). Start all workers with the same ones`,
      );
    }
  });
}
