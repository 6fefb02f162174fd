/** Makes the variables of all workers equal. */
import { allReduce, broadcast, jit, tf } from '../../tensorflow/index.js';

/** Gives each variable its value on worker 0. */
export async function takeFromChief(variables: readonly tf.Variable[]): Promise<void> {
  const take = jit(function takeFromChief() {
    const values = broadcast([...variables]);
    assignAll(variables, values);
  });
  try {
    await take.async();
  } finally {
    take.dispose();
  }
}

/** Gives each variable the mean of its values on the `count` workers. A variable that is equal on all of them keeps its value. */
export async function takeMeans(variables: readonly tf.Variable[], count: number): Promise<void> {
  const take = jit(function takeMeans() {
    // Equal values would be rounded if they were added up.
    const firsts = broadcast([...variables]);
    const beyond = variables.map((variable, i) => tf.sub(variable, firsts[i] as tf.Tensor));
    const means = allReduce(beyond).map((sum, i) =>
      tf.add(firsts[i] as tf.Tensor, tf.div(sum, count)),
    );
    assignAll(variables, means);
  });
  try {
    await take.async();
  } finally {
    take.dispose();
  }
}

function assignAll(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, i) => {
    variable.assign(values[i] as tf.Tensor);
  });
}
