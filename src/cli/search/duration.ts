/** Durations on the command line: `90s`, `30m`, `1h30m`. */
import { expected } from '../../errors.js';

/** The seconds of a duration above 0 that was typed for `flag`. */
export function secondsOf(typed: string, flag: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(typed) ?? [];
  const total = 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
  if (total === 0) {
    throw expected('a duration such as 90s, 30m or 1h30m', flag, typed);
  }
  return total;
}
