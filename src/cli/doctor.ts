/** `bobbin doctor`: says what is there and what is missing; exit code 1 when something is. */
import type { Command } from 'commander';
import { doctor } from '../../scripts/doctor.mjs';
import { exitCode } from './exit.js';

export function configure(command: Command): void {
  command.action(() => {
    if (!doctor()) process.exitCode = exitCode.error;
  });
}
