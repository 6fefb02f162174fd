/** `bobbin doctor`: lists the installed and the missing parts; exit code 1 if a part is missing. */
import type { Command } from 'commander';
import { doctor } from '../../../set-up.js';
import { exitCode } from '../../process/exit.js';

export function configure(command: Command): void {
  command.action(async () => {
    if (!(await doctor())) {
      process.exitCode = exitCode.error;
    }
  });
}
