/** Reads a `model.safetensors.index.json`, which names the safetensors files beside it that hold the tensors. */
import { type ByteSource, isObject, parseJson } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { withFileBeside } from './beside.js';
import type { NamedTensors, WeightsFormat } from './format.js';
import { readJsonBytes } from './json-bytes.js';
import { readSafetensors, safetensors } from './safetensors.js';

/** As the Hugging Face hub has it of large models: `{"metadata": …, "weight_map": {TENSOR: FILE}}`. */
export const shardedSafetensors: WeightsFormat = {
  name: safetensors.name,
  looksLike: (bytes) => /^\s*\{\s*"(metadata|weight_map)"/.test(bytes.toString('latin1')),
  read: readShards,
};

async function readShards(source: ByteSource): Promise<NamedTensors> {
  const { file } = source;
  const index = parseJson((await readJsonBytes(source)).toString(), file);
  const map = isObject(index) ? index.weight_map : undefined;
  if (!isObject(map)) {
    throw missing('a weight_map', file);
  }
  const places = new Map(Object.entries(map));
  const tensors: NamedTensors = new Map();
  const remedy = `Copy the files that ${file} names beside it`;
  for (const shard of new Set(places.values())) {
    await withFileBeside(file, shard, remedy, async (part) => {
      for (const [name, tensor] of await readSafetensors(part)) {
        if (places.get(name) !== shard) {
          throw expected(`the tensors that ${file} names for it`, part.file, name);
        }
        tensors.set(name, tensor);
      }
    });
  }
  return tensors;
}
