/** What there is to know about a network before it is trained: its size, its work, and where its weights are. */
import { existsSync } from 'node:fs';
import { checkOption } from '../options.js';
import { downloadFault } from '../set-up.js';
import { tf } from '../tensorflow/index.js';
import { chooseNetwork } from './choose-network.js';
import { multiplyAdds } from './multiply-adds.js';
import { type NetworkName, networkNamed, networkNames } from './networks/index.js';
import type { Network } from './networks/network.js';
import { modelOptions } from './options.js';

export interface NetworkDescription {
  name: string;
  /** What has the same layers and weights; of an imported network, the file that it came from. */
  origins: readonly string[];
  /** Side of the input in pixels. */
  size: number;
  /** Trainable numbers, with a head of 1000 classes. */
  parameters: number;
  /** Of a forward pass of one image, with the same head; undefined if they cannot be told. */
  multiplyAdds: number | undefined;
  top1: Network['top1'];
  /** ImageNet weights that a package or the network's folder has. */
  weights: WeightsDescription | undefined;
}

interface WeightsDescription {
  /** Absolute path. */
  file: string;
  /** Whether they are there, as they should be. */
  here: boolean;
  /** Name and version of the package that has them. */
  package: string | undefined;
  /** The package's length. */
  bytes: number | undefined;
  /** An SPDX identifier. */
  licence: string | undefined;
}

const headClasses = 1000;

/**
 * Builds a network without its weights, and takes it apart again.
 *
 * @param given a name of the list, or the path of an imported network
 * @throws InvalidInputError when there is none
 */
export async function describeNetwork(given: string): Promise<NetworkDescription> {
  checkOption('network', modelOptions.network, given);
  const { name, network } = await chooseNetwork(given, undefined);
  const { size, top1, published, source, origins = source ? [source.file] : [] } = network;
  const { input, features } = await network.build(size);
  const trunk = tf.model({ inputs: input, outputs: features });
  const channels = features.shape[1] as number;
  const learnt = trunk.trainableWeights.map(({ shape }) =>
    tf.util.sizeFromShape(shape as number[]),
  );
  const work = multiplyAdds(trunk);
  trunk.dispose();
  return {
    name,
    origins,
    size,
    parameters: learnt.reduce((sum, each) => sum + each, headClasses * (channels + 1)),
    multiplyAdds: work && work + headClasses * channels,
    top1,
    weights: published && weightsOf(published),
  };
}

/** The networks of the list whose ImageNet weights are on this machine. */
export const networksAtHand = (): NetworkName[] =>
  networkNames.filter((name) => {
    const { published } = networkNamed(name);
    return published !== undefined && weightsOf(published).here;
  });

function weightsOf({
  file,
  download,
  licence,
}: NonNullable<Network['published']>): WeightsDescription {
  return {
    file,
    here: download === undefined ? existsSync(file) : downloadFault(download) === undefined,
    package: download?.requirement,
    bytes: download?.bytes,
    licence,
  };
}
