/** `bobbin setup`: brings every part Bobbin needs. */
import type { Command } from 'commander';
import { setup } from '../../scripts/setup.mjs';

export function configure(command: Command): void {
  command.action(() => setup());
}
