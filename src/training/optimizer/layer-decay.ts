/** Layer-wise learning rates: the nearer weights are to the images, the smaller their steps. */
import { headName } from '../../model/index.js';
import type { NamedVariable } from './optimizer.js';

/** Weights of a group where names say no blocks: as many as a block of a vision transformer has, and as timm takes. */
const groupLength = 12;

/** The part of a weight's name that names its block: `block3`, `conv2_block1`, `layer1.0`, `stages.0.blocks.1`, `features.3`. */
const blockPattern =
  /^.*(?:block_?|blocks\.|layers?[._]?|stages?[._]?|features\.)\d+[a-z]?(?:\.\d+)?(?=[._/])/;

/**
 * The weights with rates: decay to the power of the number of groups between a weight's group and the head, whose factor is 1,
 * as BEiT has it (Bao et al. 2022, https://arxiv.org/abs/2106.08254). A decay of 1 changes nothing.
 */
export function withLayerRates(
  weights: readonly NamedVariable[],
  decay: number,
): readonly NamedVariable[] {
  if (decay === 1) {
    return weights;
  }
  const groups = layerGroups(weights.map(({ name }) => name));
  const last = Math.max(...groups);
  return weights.map((weight, i) => ({
    ...weight,
    rateFactor: decay ** (last - (groups[i] as number)),
  }));
}

/**
 * The number of each weight's group, given their names in the order of the network: the stem, each block, the head. A weight
 * whose name has no block belongs to the block before it. If no name has one, groups have twelve weights. For networks that timm
 * exported these are the groups of its `param_groups_layer_decay`, of many families exactly.
 */
export function layerGroups(names: readonly string[]): number[] {
  const trunk = names.filter((name) => !isOfHead(name));
  const groups = trunk.some((name) => blockPattern.test(name))
    ? blockGroups(trunk)
    : trunk.map((_, i) => Math.floor(i / groupLength));
  const head = Math.max(-1, ...groups) + 1;
  const groupOf = new Map(trunk.map((name, i) => [name, groups[i] as number]));
  return names.map((name) => groupOf.get(name) ?? head);
}

const isOfHead = (name: string): boolean => name.startsWith(`${headName}/`);

function blockGroups(names: readonly string[]): number[] {
  const stem = '';
  const groups = new Map([[stem, 0]]);
  let [block, latest] = [stem, 0];
  return names.map((name) => {
    const next = blockPattern.exec(name)?.[0] ?? block;
    if (next !== block && !groups.has(next)) {
      // What a stage has outside its blocks, `stages.1.downsample`, goes with the block that follows.
      latest += next.startsWith(`${block}.`) ? 0 : 1;
      groups.set(next, latest);
    }
    block = next;
    return groups.get(block) as number;
  });
}
