/** The settings that determine the result of a run: saved to config.json and to checkpoints, compared on resume. */
import path from 'node:path';
import { digestOf, digestOfBoxes } from '../dataset/index.js';
import { ifPresent, isObject, readText, writeWhole } from '../disk/index.js';
import {
  type Classifier,
  completeModel,
  type ModelOptions,
  networkPath,
  weightsPath,
} from '../model/index.js';
import { pickOptions, resolveOptions } from '../options.js';
import { checkSameSettings, type Settings } from '../settings.js';
import { resolveOptimizer } from './optimizer/index.js';
import { type TrainValues, trainAugmentationOptions, trainOptions } from './options.js';
import type { Plan, ResolvedPlan } from './plan.js';
import type { LabelTable } from './tasks/label-table.js';

/** The options of a network as the caller of {@link train} gives them. */
export interface NetworkOptions
  extends Pick<
    ModelOptions,
    'network' | 'pretrained' | 'size' | 'preprocessing' | 'filter' | 'fit' | 'boxMargin'
  > {}

/** The options of the network that a run was begun with; paths are absolute. */
export type ModelSettings = NetworkOptions & { size: number };

/** The options that give `classifier`, in which `given` and the weights that it names have decided. */
export function modelSettings(
  { network, imported, preprocessing }: Classifier,
  given: NetworkOptions = {},
): ModelSettings {
  const { preprocessing: choice, filter, fit, boxMargin } = given;
  return {
    // Without a folder, the run in `pretrained` has an imported network.
    network: networkPath(given.network ?? (imported ? undefined : network)),
    size: preprocessing.crop,
    pretrained: weightsPath(given.pretrained ?? true),
    preprocessing: choice,
    filter,
    fit,
    boxMargin,
  };
}

/** The same of a resumed run: what is not given stays as saved. Nothing is compared if the run was begun with a classifier. */
export function resumedModel(
  saved: unknown,
  given: NetworkOptions = {},
): ModelSettings | undefined {
  if (!isObject(saved)) {
    return undefined;
  }
  const begun = saved as unknown as ModelSettings;
  return {
    network: networkPath(given.network ?? begun.network),
    size: given.size ?? begun.size,
    pretrained: weightsPath(given.pretrained ?? begun.pretrained ?? true),
    preprocessing: given.preprocessing ?? begun.preprocessing,
    filter: given.filter ?? begun.filter,
    fit: given.fit ?? begun.fit,
    boxMargin: given.boxMargin ?? begun.boxMargin,
  };
}

/** What a checkpoint keeps: options, the name of their recipe, and digests of the images. */
export function settingsOf(
  plan: ResolvedPlan,
  { model, recipe }: { model: ModelSettings | undefined; recipe: string | undefined },
): Settings {
  const { tasks, values, augmentation } = plan;
  const names = tasks.map(({ name }) => name);
  return {
    ...(names.length === 1 ? { task: names[0] } : { tasks: names }),
    recipe,
    model,
    ...shapingOf(values),
    ...augmentation,
    ...orderOf(plan),
    'soft targets': plan.taught?.digest,
    ...digestsOf(plan),
    ...boxDigestsOf(plan),
  };
}

/** The first ordered class of each task, where a loss depends on it. */
function orderOf({ tasks, values }: Plan): Settings {
  const first = tasks.flatMap(({ name, ordered }) => (ordered ? [[name, ordered.from]] : []));
  return values.orderedLoss === 'none' ? {} : { ordered: Object.fromEntries(first) };
}

/** Only of images with boxes: settings that earlier versions saved have none. */
const boxDigestsOf = ({ training, validation }: Plan): Settings => ({
  'boxes of the training images': digestOfBoxes(training),
  'boxes of the validation images': digestOfBoxes(validation),
});

function digestsOf({ tasks, training, validation, labels }: Plan): Settings {
  if (labels === undefined) {
    return {
      'training images': digestOf(training),
      'validation images': digestOf(validation),
    };
  }
  const digests = (what: string, { digests }: LabelTable) =>
    tasks.map(({ name }, place) => [`${what} images of ${name}`, digests[place]]);
  return Object.fromEntries([
    ...digests('training', labels.train),
    ...digests('validation', labels.validate),
  ]);
}

/**
 * Compares all settings but the number of epochs, which may change.
 *
 * @throws InvalidInputError when the run was begun with other options or images, naming all that differ.
 */
export function checkSameRun(run: string, saved: Settings, now: Settings): void {
  const augmentation = resolveOptions(
    trainAugmentationOptions,
    pickOptions(trainAugmentationOptions, saved),
  );
  const { epochs } = now;
  checkSameSettings(run, { ...saved, ...completeShaping(saved), ...augmentation, epochs }, now);
}

/**
 * Writes `run/config.json`: the options that shape the result, in the form that {@link train} takes, without data and
 * folders. The commands read it with `--config`. Its options are complete: it needs no recipe. `notes` become comments.
 */
export async function saveConfig(
  run: string,
  { values, augmentation }: Pick<Plan, 'values' | 'augmentation'>,
  { model, notes }: { model: object | undefined; notes: readonly string[] },
): Promise<void> {
  const config = { model, ...shapingOf(values), augmentation };
  const comments = notes.map((note) => `// ${note.replace(/[\r\n]+/g, ' ')}\n`).join('');
  await writeWhole(
    path.join(run, 'config.json'),
    `${comments}${JSON.stringify(config, null, 2)}\n`,
  );
}

/** Writes another number of epochs to `run/config.json`, whose other lines stay, if there is one. */
export async function saveEpochs(run: string, epochs: number): Promise<void> {
  const file = path.join(run, 'config.json');
  const config = await ifPresent(readText(file));
  if (config === undefined) {
    return;
  }
  const changed = config.replace(/^( *"epochs" *: *)\d+/m, `$1${epochs}`);
  if (changed !== config) {
    await writeWhole(file, changed);
  }
}

/**
 * `settings`, which hold options of {@link train} in the form that it takes, with the default of each option that they
 * lack: so settings that an earlier version saved can be compared to those of now.
 */
export const completeSettings = (settings: Settings): Settings => ({
  ...settings,
  ...completeOptions(settings),
});

/** The options of {@link completeSettings} alone: those of {@link train} that change the result, each with its value. */
export const completeOptions = (settings: Settings) => ({
  ...completeShaping(settings),
  model: completeModel(settings.model as NetworkOptions | undefined),
  augmentation: resolveOptions<typeof trainAugmentationOptions>(
    trainAugmentationOptions,
    settings.augmentation ?? {},
  ),
});

const completeShaping = (settings: Settings) =>
  shapingOf(resolveOptimizer(resolveOptions(trainOptions, pickOptions(trainOptions, settings))));

/** The options that change the result: all but those that say how the machine is used, and how often a run saves. */
export function shapingOf<Given extends Partial<TrainValues>>(values: Given) {
  const { threads, memoryMB, bucketMB, failureBudget, checkpointMinutes, ...shaping } = values;
  return shaping;
}
