/** Sets a variable of the environment for one test. */
import type { TestContext } from 'node:test';

/** Sets `name` of `process.env`; after the test it is as it was. */
export function setVariable(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  t.after(() => {
    if (before === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = before;
    }
  });
  process.env[name] = value;
}
