/** Declares the classes of tasks as ordered. */
import { expected } from '../../errors.js';
import { isOrder } from '../manifest/contents.js';
import type { Task } from '../types.js';

/**
 * The tasks, of which those in `ordered` have ordered classes from that number on.
 *
 * @throws InvalidInputError for a task that there is not, for one of any number of labels, and where less than two classes are ordered
 */
export function withOrder(
  tasks: readonly Task[],
  ordered: Readonly<Record<string, number>> = {},
): Task[] {
  const names = tasks.map(({ name }) => name);
  const unknown = Object.keys(ordered).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw expected(`names of ${names.join(', ')}`, 'ordered', unknown);
  }
  return tasks.map((task) => {
    const from = ordered[task.name];
    return from === undefined ? task : checked({ ...task, ordered: { from } });
  });
}

function checked(task: Task): Task {
  if (isOrder(task)) {
    return task;
  }
  const { name, classes, labels, ordered } = task;
  throw labels === 'any'
    ? expected('tasks of one label', 'ordered', name, 'Its images have any number of labels')
    : expected(
        `a class of ${name} from 0 to ${classes.length - 2}, so that two or more are ordered,`,
        'ordered',
        ordered?.from,
      );
}
