/** The networks that Bobbin can build: a new one is a file with its definition and its line in this list. */
import { expected } from '../../errors.js';
import { efficientNetLite0 } from './efficientnet-lite0.js';
import { mobileNetV2 } from './mobilenet-v2.js';
import type { Network } from './network.js';
import { resNet50V2 } from './resnet50-v2.js';

export type { Network, PublishedWeights } from './network.js';

/** The first one is the default. */
const networks = {
  'efficientnet-lite0': efficientNetLite0,
  'resnet50-v2': resNet50V2,
  'mobilenet-v2': mobileNetV2,
} satisfies Record<string, Network>;

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as [NetworkName, ...NetworkName[]];

/** @throws InvalidInputError when `name` is not one of {@link networkNames} */
export function networkNamed(name: string): Network {
  if (!Object.hasOwn(networks, name)) {
    throw expected(`one of ${networkNames.join(', ')}`, 'network', name);
  }
  return networks[name as NetworkName];
}
