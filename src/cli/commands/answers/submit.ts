/** `bobbin submit`: makes a verified submission from a source folder. */
import { type Command, Option } from 'commander';
import { prepareOptions } from '../../../dataset/index.js';
import { InvalidInputError } from '../../../errors.js';
import { optionsByName } from '../../../options.js';
import { valuesByName } from '../../../settings.js';
import {
  hasBegun,
  type Recipes,
  readRecipes,
  savedSettings,
  submitOptions,
} from '../../../submission/index.js';
import { givenFlags, pickFlags, presetFlags, sourcesOfFlags } from '../../flags.js';
import { teachersFlag } from '../../prediction/teachers.js';
import { interruptible } from '../../process/interrupt.js';
import { formFlag, questionImagesFlag, questionsFlag } from '../../submission/flags.js';
import { reportSubmit, runSubmit, showPictures } from '../../submission/report.js';
import { recipesFlag, trainingOptions } from '../../training/options.js';

// A submission's models have one split.
const { folds: _, ...splitting } = prepareOptions;
const { fold: __, seed: ___, ...ownTraining } = trainingOptions;

const ownOptions = {
  ...splitting,
  ...submitOptions,
  seed: { ...prepareOptions.seed, help: 'seed of the split and of all training' },
};

export const options = { ...ownTraining, ...ownOptions };

interface Flags {
  data: string;
  boxes?: string;
  out: string;
  recipes?: string;
  resume?: boolean;
  teachers?: string[];
  questions?: string;
  questionImages?: string;
  form?: string;
}

export function configure(command: Command): void {
  command
    .requiredOption(
      '--data <folder>',
      'source folder in the FashionAI layout, or labelled images of another one with --questions',
    )
    .requiredOption('--out <folder>', 'folder for the prepared data, the runs and the submission')
    .option(
      '--boxes <file>',
      'parts of photos to look at, as for prepare: a table with path,x0,y0,x1,y1; paths start from the source',
    )
    .option(...questionsFlag)
    .option(...questionImagesFlag)
    .option(...formFlag)
    .option(...recipesFlag)
    .addOption(teachersFlag())
    // `train` has it.
    .addOption(new Option('--resume').hideHelp());
  command.hook('preAction', async () => {
    const { out, resume } = command.opts<Flags>();
    if (resume) {
      throw new InvalidInputError(
        'submit has no --resume: the same command without it continues what is in --out',
      );
    }
    await presetSaved(command, out);
  });
  command.action(async (flags: Flags) => {
    const { recipes, boxes, teachers, questions, questionImages, form } = flags;
    const training = {
      ...pickFlags(ownTraining, givenFlags(command)),
      sources: sourcesOfFlags(command, ownTraining),
    };
    const request = {
      ...pickFlags(ownOptions, flags),
      recipes: recipes === undefined ? await savedRecipes(flags.out) : await readRecipes(recipes),
      source: flags.data,
      out: flags.out,
      boxes,
      questions,
      questionImages,
      form,
      teachers,
      training,
    };
    const result = await interruptible(
      'Stopped with a checkpoint. Repeat the command to continue.',
      (signal) => runSubmit({ ...request, signal }),
    );
    showPictures(flags.out, result);
    await reportSubmit(request, result);
  });
}

async function savedRecipes(out: string): Promise<Recipes | undefined> {
  const saved = (await hasBegun(out)) ? await savedSettings(out) : undefined;
  return saved?.recipes as Recipes | undefined;
}

/** What is not given stays as an earlier call for `out` had it. A configuration file is read later, and overrides it. */
async function presetSaved(command: Command, out: string): Promise<void> {
  const saved = (await hasBegun(out)) ? await savedSettings(out) : undefined;
  if (saved !== undefined) {
    presetFlags(command, optionsByName(options), valuesByName(saved), 'an earlier call of submit');
  }
}
