/** How much memory a piece of work takes at its peak. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Resident memory in bytes: a field of `/proc/self/status` (proc(5)). */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, kilobytes] = new RegExp(`${field}:\\s*(\\d+)`).exec(status) ?? [];
  return 1024 * Number(kilobytes);
}

/** Runs `work`, and tells by how many bytes this process's memory peaked above before; 0 where the system does not say. */
export async function peakGrowth<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; grown: number }> {
  if (process.platform !== 'linux') {
    return { result: await work(), grown: 0 };
  }
  // The peak begins anew.
  writeFileSync('/proc/self/clear_refs', '5');
  const before = memory('VmRSS');
  const result = await work();
  return { result, grown: memory('VmHWM') - before };
}
