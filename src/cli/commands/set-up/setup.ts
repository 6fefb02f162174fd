/** `bobbin setup`: installs every part that Bobbin needs. */
import type { Command } from 'commander';
import { setup } from '../../../set-up.js';

export function configure(command: Command): void {
  command.action(() => setup());
}
