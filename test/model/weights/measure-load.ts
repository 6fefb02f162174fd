/** Loads weights files in this process: prints for each FILE in JSON the seconds, and by how many bytes memory peaked above before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withSource } from '../../../src/disk/index.js';
import { readTensors } from '../../../src/model/weights/index.js';

/** Resident memory in bytes: a field of `/proc/self/status` (proc(5)). */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, kilobytes] = new RegExp(`${field}:\\s*(\\d+)`).exec(status) ?? [];
  return 1024 * Number(kilobytes);
}

async function measure(file: string): Promise<object> {
  // Needs --expose-gc.
  globalThis.gc?.();
  // The peak begins anew.
  writeFileSync('/proc/self/clear_refs', '5');
  const before = memory('VmRSS');
  const start = performance.now();
  const result = await withSource(file, readTensors).catch((error: Error) => error);
  const seconds = (performance.now() - start) / 1000;
  const answer = result instanceof Map ? { tensors: result.size } : { error: `${result}` };
  return { file, ...answer, seconds, grown: memory('VmHWM') - before };
}

for (const file of process.argv.slice(2)) {
  process.stdout.write(`${JSON.stringify(await measure(file))}\n`);
}
