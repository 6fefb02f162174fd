/** The logs that a run can have in its folder, by name. The words of `--log` derive from this list. */
import path from 'node:path';
import type { Callback } from './callback.js';
import { jsonLines } from './json-lines.js';
import { tensorBoard } from './tensor-board.js';

export const logs = {
  'json-lines': (run) => jsonLines(path.join(run, 'log.jsonl')),
  tensorboard: (run) => tensorBoard(path.join(run, 'events')),
} as const satisfies Record<string, (run: string) => Callback>;

export type LogName = keyof typeof logs;
