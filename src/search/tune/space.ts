/** The space that `tune` searches: a line of the table for each parameter, and the options of each trial. */
import { sha256 } from '../../disk/index.js';
import { isPath } from '../../options.js';
import { type Augmentation, atStrength, augmentationOptions } from '../../pipeline/index.js';
import {
  completeOptions,
  type GivenOptions,
  recipes,
  trainOptions,
  withRecipe,
} from '../../training/index.js';

/** What a search does not draw. */
export interface Search {
  /** The caller's options, with the epochs of the last rung. */
  given: GivenOptions & { epochs: number };
  /** The networks to choose from, the first one for the first trial; none where the caller's options name one. */
  networks: readonly string[];
  /** Parameters that are not searched. */
  leaveOut: readonly string[];
  seed: number;
}

type Complete = ReturnType<typeof completeOptions>;
type Value = string | number;

interface Parameter {
  /** The values in words. */
  help: string;
  /** Whether the caller's options decide it. */
  isFixed(search: Search): boolean;
  /**
   * @param unit uniform in [0, 1)
   * @param options what the parameters before this one have chosen, completed by defaults
   * @returns undefined where there is nothing to choose
   */
  draw(unit: number, options: Complete, search: Search): Value | undefined;
  /** `options` with a value of {@link draw}. */
  apply(options: GivenOptions, value: never, search: Search): GivenOptions | Promise<GivenOptions>;
}

/** Recipes that fit each network. */
const recipeNames = Object.entries(recipes).flatMap(([name, { options }]) =>
  'model' in options ? [] : [name],
);

/** Uniform among `values`. */
const among = (values: readonly Value[], unit: number) => values[Math.floor(unit * values.length)];

/** Uniform in its logarithm, from a tenth to ten times `value`. */
const around = (value: number, unit: number) =>
  Number((value * 10 ** (2 * unit - 1)).toPrecision(2));

/** Where a recipe has no weight decay, a usual one is the middle. */
const usualDecay = 1e-4;

const sidesAround = (size: number): number[] =>
  [3 / 4, 1, 5 / 4].map((factor) => 32 * Math.max(1, Math.round((factor * size) / 32)));

const mostStrength = 1.5;

/** In the order in which they are drawn: each is relative to what those before it chose. */
const space = {
  recipe: {
    help: `none, ${recipeNames.join(' or ')}`,
    isFixed: ({ given }) => given.recipe !== undefined,
    draw: (unit) => among(['none', ...recipeNames], unit),
    apply: (options, recipe: string) =>
      recipe === 'none' ? options : withRecipe({ ...options, recipe }),
  },
  network: {
    help: 'one of --networks',
    isFixed: ({ networks }) => networks.length < 2,
    draw: (unit, _, { networks }) => among(networks, unit),
    apply: (options, network: string) => ({ ...options, model: { ...options.model, network } }),
  },
  size: {
    help: "3/4, 1 or 5/4 of the network's own side; imported networks keep theirs",
    isFixed: ({ given: { model } }) =>
      model?.size !== undefined || typeof model?.pretrained === 'string',
    draw: (unit, { model: { network = '', size } }) =>
      isPath(network) || size === undefined ? undefined : among(sidesAround(size), unit),
    apply: (options, size: number) => ({ ...options, model: { ...options.model, size } }),
  },
  learningRate: {
    help: 'a tenth to ten times the rate of the recipe',
    isFixed: ({ given }) => given.learningRate !== undefined,
    draw: (unit, { learningRate }) =>
      Math.min(trainOptions.learningRate.max, around(learningRate, unit)),
    apply: (options, learningRate: number) => ({ ...options, learningRate }),
  },
  weightDecay: {
    help: 'a tenth to ten times that of the recipe',
    isFixed: ({ given }) => given.weightDecay !== undefined,
    draw: (unit, { weightDecay }) => around(weightDecay || usualDecay, unit),
    apply: (options, weightDecay: number) => ({ ...options, weightDecay }),
  },
  strength: {
    help: "0 to 1.5 times the amounts of the recipe's augmentation; amounts that are given stay",
    isFixed: () => false,
    draw: (unit) => Number((mostStrength * unit).toFixed(2)),
    apply: (options, strength: number, { given }) => ({
      ...options,
      augmentation: { ...atAnyStrength(options, strength), ...given.augmentation },
    }),
  },
} satisfies Record<string, Parameter>;

/** The name of an option that `tune` searches. */
export type ParameterName = keyof typeof space;

const parameters = Object.entries<Parameter>(space) as [ParameterName, Parameter][];

export const parameterNames = parameters.map(([name]) => name);

/** The values that a trial has drawn; the first trial has none. */
export type Drawn = Partial<Record<ParameterName, Value>>;

/** The parameters that a search draws. */
export const searchedBy = (search: Search): ParameterName[] =>
  parameters
    .filter(([name, { isFixed }]) => !search.leaveOut.includes(name) && !isFixed(search))
    .map(([name]) => name);

/** The options of a trial: those of the caller, and what is drawn by the seed and the trial's number. */
export async function drawTrial(
  trial: number,
  search: Search,
): Promise<{ drawn: Drawn; options: GivenOptions }> {
  const { given, seed } = search;
  const drawn: Drawn = {};
  let options: GivenOptions = await withRecipe(withNetwork(search));
  for (const name of trial === 0 ? [] : searchedBy(search)) {
    const parameter: Parameter = space[name];
    const unit = unitOf(`${seed}/${trial}/${name}`);
    const value = parameter.draw(unit, completeOptions({ ...options }), search);
    if (value !== undefined) {
      drawn[name] = value;
      options = await parameter.apply(options, value as never, search);
    }
  }
  const { recipe: _, ...explicit } = options;
  return { drawn, options: fitted(explicit, given) };
}

/** The first of the networks, unless the caller gives one. */
const withNetwork = ({ given, networks: [network] }: Search): GivenOptions =>
  network === undefined ? given : { ...given, model: { ...given.model, network } };

/** A number in [0, 1) for a key: it depends on no other draw. */
const unitOf = (key: string): number => Number.parseInt(sha256(key).slice(0, 13), 16) / 16 ** 13;

/** A recipe may freeze more epochs than there are; what the caller gives is checked by `train`. */
function fitted(options: GivenOptions, { epochs, freezeEpochs }: Search['given']): GivenOptions {
  return freezeEpochs === undefined && (options.freezeEpochs ?? 0) >= epochs
    ? { ...options, freezeEpochs: epochs - 1 }
    : options;
}

/** The augmentation of `options` at a strength that may exceed 1, each option within its range. */
function atAnyStrength(options: GivenOptions, strength: number): Augmentation {
  const { augmentation } = completeOptions({ ...options });
  const changed: Record<string, unknown> = { ...atStrength(augmentation, strength) };
  for (const [name, option] of Object.entries(augmentationOptions)) {
    const value = changed[name];
    if ('max' in option && typeof value === 'number') {
      changed[name] = Number(Math.min(option.max, value).toPrecision(4));
    }
  }
  const [least, most] = changed.area as [number, number];
  const [usual] = augmentationOptions.area.default;
  changed.area = [Number(Math.min(most, Math.max(usual, least)).toPrecision(4)), most];
  return changed as unknown as Augmentation;
}

/** The space in words. */
export const spaceHelp: string = parameters
  .map(([name, { help }]) => `${name}: ${help}`)
  .join('; ');
