/** Reads `TF_CONFIG`, by which Keras and TensorFlow's strategies know their cluster. */
import { expected } from '../../errors.js';
import type { ClusterOptions } from '../options.js';
import type { Environment } from './variables.js';

/** https://www.tensorflow.org/guide/distributed_training#setting_up_the_tf_config_environment_variable */
interface TfConfig {
  cluster?: { chief?: unknown; worker?: unknown };
  task?: { type?: unknown; index?: unknown };
}

/**
 * The cluster of `TF_CONFIG`, which may be of one worker; undefined without it, and where it has none. A chief is worker 0.
 *
 * @throws InvalidInputError for JSON of another form, and for a task that does not train: an evaluator or a parameter server
 */
export function tfConfig(env: Environment): ClusterOptions | undefined {
  const text = env.TF_CONFIG?.trim();
  if (text === undefined || text === '') {
    return undefined;
  }
  const { cluster, task } = parse(text);
  if (cluster === undefined) {
    return undefined;
  }
  const chiefs = addresses(cluster.chief ?? [], 'cluster.chief', text);
  const workers = [...chiefs, ...addresses(cluster.worker ?? [], 'cluster.worker', text)];
  const { type = 'worker', index = 0 } = task ?? {};
  if (type !== 'worker' && type !== 'chief') {
    throw expected('chief or worker', 'task.type of TF_CONFIG', type, 'Only these train');
  }
  const first = type === 'chief' ? 0 : chiefs.length;
  const most = (type === 'chief' ? chiefs.length : workers.length) - first;
  // Some platforms write the number as text.
  const number = Number(index);
  if (!Number.isInteger(number) || number < 0 || number >= most) {
    throw expected(`the place of a ${type} in the cluster`, 'task.index of TF_CONFIG', index);
  }
  return { workers, index: first + number };
}

function parse(text: string): TfConfig {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // The error below shows the text.
  }
  throw expected('a JSON object with cluster and task', 'TF_CONFIG', text);
}

function addresses(list: unknown, name: string, text: string): string[] {
  if (!Array.isArray(list) || !list.every((address) => typeof address === 'string')) {
    throw expected(`an array of addresses in ${name}`, 'TF_CONFIG', text);
  }
  return list;
}
