/** Finds the network that is meant: one of the list, an imported one, or that of the run whose weights are taken. */
import { expected } from '../errors.js';
import { type GivenValues, isPath } from '../options.js';
import { networkNamed, networkNames } from './networks/index.js';
import { checkSide, type NamedNetwork } from './networks/network.js';
import { readNetwork } from './networks/read-network.js';
import type { modelOptions } from './options.js';
import type { StartingWeights } from './pretrained.js';

/**
 * @param given a name of the list, the path of an imported network, or undefined for that of the weights' run, else the default
 * @throws InvalidInputError when there is none, and when weights of a run are those of another network
 */
export async function chooseNetwork(
  given: string | undefined,
  weights: StartingWeights | undefined,
): Promise<NamedNetwork> {
  const own = weights?.network;
  if (own === undefined) {
    return networkOf(given ?? networkNames[0]);
  }
  if (given === undefined) {
    return own;
  }
  const chosen = await networkOf(given);
  if (!isSame(chosen, own)) {
    const remedy = 'Leave out --model (in a program `network`), or name a run of that network';
    const wanted = `${own.name}${fileOf(own)}, the network of ${weights?.file},`;
    throw expected(wanted, 'network', `${given}${fileOf(chosen)}`, remedy);
  }
  return chosen;
}

/**
 * Checks before any work what {@link chooseNetwork} and the network would refuse later.
 *
 * @throws InvalidInputError when there is no such network, or it does not take this size
 */
export async function checkNetwork({
  network,
  size,
  pretrained,
}: GivenValues<typeof modelOptions> = {}): Promise<void> {
  if (network === undefined && typeof pretrained === 'string') {
    // The run in `pretrained` decides.
    return;
  }
  const named = await networkOf(network ?? networkNames[0]);
  checkSide(size ?? named.network.size, named);
}

const networkOf = async (given: string): Promise<NamedNetwork> =>
  isPath(given) ? readNetwork(given) : { name: given, network: networkNamed(given) };

/** Imported networks are the same if their files were: a name is free to choose. */
const isSame = (one: NamedNetwork, other: NamedNetwork): boolean =>
  one.network.source?.sha256 === other.network.source?.sha256 &&
  (one.network.source !== undefined || one.name === other.name);

const fileOf = ({ network: { source } }: NamedNetwork): string =>
  source === undefined ? '' : ` (${source.file}, SHA-256 ${source.sha256.slice(0, 8)}…)`;
