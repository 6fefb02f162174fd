/** `bobbin export`: writes trained models as files for other programs, and compares them with Bobbin. */
import type { Command } from 'commander';
import {
  checkExportFolder,
  type Exported,
  exportModel,
  exportOptions,
  formatNamed,
} from '../../../export/index.js';
import { runOptions } from '../../../model/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';

interface Flags {
  out: string;
  task?: string;
}

export const options = { ...exportOptions, ...runOptions };

export function configure(command: Command): void {
  command
    .argument('<run>', 'run of train, the folder of the runs of several tasks, or that of a model')
    .requiredOption('--out <folder>', 'new folder for the files, or that of an earlier export')
    .option('--task <name>', 'the task to export, where a run has several (default: all)');
  command.action(async (run: string, flags: Flags) => {
    const { out, task } = flags;
    await checkExportFolder(out, '--out');
    const values = pickFlags(options, flags);
    await exportModel({ ...values, run, out, task, onExported: (each) => print(described(each)) });
    print(`Written to ${out}`);
    const next = formatNamed(values.to).nextStep?.(out);
    if (next !== undefined) {
      print(`Next: ${next}`);
    }
  });
}

/** `collar: 16.2 MB; probabilities of 8 images differ by at most 3.1e-7 from Bobbin's in tfjs 4.22.0 (wasm); 0.0001 is accepted` */
function described({ tasks, bytes, verification }: Exported): string {
  const { by, images, difference, bound } = verification;
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const compared = `probabilities of ${images} images differ by at most ${difference.toPrecision(2)} from Bobbin's in ${by}`;
  return `${tasks.join(', ')}: ${size}; ${compared}; ${bound} is accepted`;
}
