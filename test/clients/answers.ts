/** The answers of tfjs's CPU backend, one file for each client in `answers/`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../scripts/root.mjs';
import { work } from '../../scripts/run.mjs';
import { writeWhole } from '../../src/disk/atomic-file.js';
import { expected } from '../../src/errors.js';
import type { Outputs } from './compare.js';
import { measure } from './measure.js';
import type { Photo } from './photo.js';

interface Answers {
  /** What wrote them. */
  command: string;
  /** Of the photo's pixels. */
  hash: string;
  outputs: Outputs;
}

const fileOf = (client: string) => path.join(import.meta.dirname, 'answers', `${client}.json`);

/** @throws InvalidInputError when the answers are to other pixels */
export function readAnswers(client: string, photo: Photo): Outputs {
  const { hash, outputs, command }: Answers = JSON.parse(readFileSync(fileOf(client), 'utf8'));
  if (hash !== photo.hash) {
    throw expected(
      `pixels with the SHA-256 ${hash}`,
      photo.file,
      photo.hash,
      `Write new answers with \`${command}\``,
    );
  }
  return outputs;
}

/** Computes the answers, with nothing of Bobbin: minutes for the larger clients. */
export async function writeAnswers(client: string, photo: Photo): Promise<void> {
  const { outputs } = await measure({ client, engine: 'cpu', photo, rounds: 0 });
  const command = `npm run test:clients -- answers ${client}`;
  const answers: Answers = { command, hash: photo.hash, outputs: shortest(outputs) };
  await writeWhole(fileOf(client), JSON.stringify(answers));
  work('npx', ['biome', 'format', '--write', fileOf(client)], { cwd: packageRoot });
}

/** Numbers with nine significant digits, which tell any two float32 values apart. */
const shortest = (outputs: Outputs): Outputs =>
  JSON.parse(
    JSON.stringify(outputs, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  );
