/** The networks of a fit, the cheapest first. */
import { missing } from '../../errors.js';
import { describeNetwork, networkPath, networksAtHand } from '../../model/index.js';

/** By the names of networks the multiply-adds of a pass forward; undefined where they cannot be told. */
export type Networks = ReadonlyMap<string, number | undefined>;

/**
 * @param given names of the list, or folders of imported networks; by default those whose ImageNet weights are here
 * @throws InvalidInputError when there are none, or one is unknown
 */
export async function networksByCost(
  given: readonly string[] = networksAtHand(),
): Promise<Networks> {
  if (given.length === 0) {
    const remedy =
      '`npx bobbin setup` fetches the weights of one, `npx bobbin models --fetch` those of others';
    throw missing('one network or more', 'networks', remedy);
  }
  const found: [string, number | undefined][] = [];
  for (const name of given) {
    const network = networkPath(name) as string;
    found.push([network, (await describeNetwork(network)).multiplyAdds]);
  }
  const last = Number.MAX_VALUE;
  return new Map(found.sort(([, one = last], [, other = last]) => one - other));
}
