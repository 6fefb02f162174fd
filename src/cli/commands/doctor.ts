/** `bobbin doctor`: says what is there and what is missing; exit code 1 when something is. */
import type { Command } from 'commander';
import { doctor } from '../../set-up.js';
import { exitCode } from '../exit.js';

export function configure(command: Command): void {
  command.action(async () => {
    if (!(await doctor())) {
      process.exitCode = exitCode.error;
    }
  });
}
