/** `bobbin predict`: predicts images, or answers the questions of a data set with a submission. */
import path from 'node:path';
import type { Command } from 'commander';
import { clusterOptions } from '../../../cluster/index.js';
import {
  boxOptions,
  loadManifest,
  type Manifest,
  questionFilesOf,
  shellWord,
} from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { conflict, expected, missing } from '../../../errors.js';
import { runOptions } from '../../../model/index.js';
import { type OptionTable, type OptionValues, pickOptions } from '../../../options.js';
import { count } from '../../../plural.js';
import { classifyOptions, predict } from '../../../prediction/index.js';
import { withProgress } from '../../../report/index.js';
import { answerQuestions, readForm, usualForm } from '../../../submission/index.js';
import { print, printable } from '../../../width.js';
import { addClusterFlags, type ClusterFlags } from '../../cluster/flags.js';
import { type Part, withPart } from '../../cluster/part.js';
import { warnOfChanges } from '../../data-changes.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { answeringRuns, withAnswering } from '../../prediction/answering.js';
import { findBoxes, noBoxes } from '../../prediction/boxes.js';
import { type FormatName, formatNames, topHelp } from '../../prediction/formats.js';
import { findImages } from '../../prediction/images.js';
import { type Unread, writeRows } from '../../prediction/rows.js';
import { exitCode } from '../../process/exit.js';
import { interruptible } from '../../process/interrupt.js';
import { addRunFlags, checkRuns, type RunFlags } from '../../run-flags.js';
import { formFlag } from '../../submission/flags.js';
import { warnUnreadable } from '../../unreadable.js';

/** Options of the rows that images get. */
const rowOptions = {
  top: {
    type: 'integer',
    default: undefined,
    defaultHelp: topHelp,
    min: 1,
    max: 100_000,
    help: 'most probable classes that a row shows',
  },
  threshold: {
    type: 'number',
    default: undefined,
    defaultHelp: '0.5',
    min: 0,
    max: 1,
    help: 'where an image has any number of labels, the least probability of those that it is answered with',
  },
  format: {
    type: 'choice',
    choices: formatNames,
    default: undefined,
    defaultHelp: 'by the name of --out; without it, table on a terminal and csv elsewhere',
    help: 'form of the rows',
  },
  keepGoing: {
    type: 'boolean',
    default: false,
    help: 'end with exit code 0 if one image or more could be read; images that do not exist get a row, too',
  },
} as const satisfies OptionTable;

export const options = {
  ...classifyOptions,
  ...runOptions,
  ...rowOptions,
  ...boxOptions,
  ...clusterOptions,
};

type Values = OptionValues<typeof options>;

interface Flags extends RunFlags, ImagesFlag, ClusterFlags {
  data?: string;
  boxes?: string;
  out?: string;
  task?: string;
  form?: string;
}

/** The part of this process, and what stops it. */
interface Attendance {
  part: Part;
  signal: AbortSignal;
}

export function configure(command: Command): void {
  addClusterFlags(addRunFlags(command))
    .argument('[images...]', 'images, and folders with images at any depth')
    .option(
      '--task <name>',
      'the task that is answered, where a run has several; by default, those of one network all are',
    )
    .option('--data <folder>', 'prepared data set whose questions are answered, instead of images')
    .option(...formFlag)
    .addOption(imagesFlag())
    .option(
      '--boxes <file>',
      'parts of the images to look at: a table (*.csv, *.jsonl) with path,x0,y0,x1,y1; paths start from the current folder',
    )
    .option(
      '--out <path>',
      'file for the rows, .csv, .json or .jsonl; with --data, folder for the submission: its table, and the same table zipped',
    );
  command.action(async (images: string[], flags: Flags) => {
    const values = pickFlags(options, flags);
    checkFlags(images, flags, values);
    const { data, out } = flags;
    if (out !== undefined) {
      await checkTarget(out, data === undefined ? 'file' : 'folder', '--out');
    }
    const unwritten = out === undefined ? '' : `; ${out} stays as it was`;
    await interruptible(`Stopped before the last image${unwritten}.`, (signal) =>
      withProgress((progress) =>
        withPart(flags, progress, (part) =>
          data === undefined
            ? predictImages(images, flags, values, { signal, part })
            : writeAnswers(data, flags, values, { signal, part }),
        ),
      ),
    );
  });
}

function checkFlags(
  images: string[],
  { data, out, boxes, form, images: moved, ...runs }: Flags,
  { top, format, threshold, keepGoing }: Values,
): void {
  checkRuns(runs);
  if (data === undefined) {
    if (moved !== undefined) {
      const remedy = 'It says where the photos of --data are. To predict a folder, write it alone';
      throw missing('--data <folder>', '--images', remedy);
    }
    if (form !== undefined) {
      throw missing(
        '--data <folder>',
        '--form',
        'A submission answers the questions of a data set',
      );
    }
    if (images.length === 0) {
      const remedy = 'Name files or folders, or answer the questions of a data set: --data, --out';
      throw missing('images', 'predict', remedy);
    }
    return;
  }
  const answers = 'It answers the questions of a data set';
  if (images.length > 0) {
    throw conflict('--data', 'images', answers);
  }
  if (out === undefined) {
    throw missing('a folder', '--out', 'The files of the submission go there');
  }
  if (boxes !== undefined) {
    throw conflict('--data', '--boxes', `${answers}, which has boxes of its own`);
  }
  const rows = {
    '--top': top,
    '--format': format,
    '--threshold': threshold,
    '--keep-going': keepGoing || undefined,
  };
  const [given] = Object.entries(rows).filter(([, value]) => value !== undefined);
  if (given !== undefined) {
    throw conflict('--data', given[0], `${answers}, in the form of a submission`);
  }
}

async function predictImages(
  images: string[],
  { task, out, boxes: boxFile, ...runs }: Flags,
  { epoch, keepGoing, format, threshold = 0.5, boxUnit, ...values }: Values,
  { part, signal }: Attendance,
): Promise<void> {
  const { progress, isChief } = part;
  const form = format ?? formatOf(out);
  const { mean } = values;
  const answering = await answeringRuns(runs, { task, epoch, mean });
  const { files, notes } = await findImages(images, { keepGoing });
  const { boxes, notes: onBoxes } =
    boxFile === undefined ? noBoxes : await findBoxes(files, boxFile, boxUnit);
  for (const note of [...notes, ...onBoxes]) {
    progress.print(printable(note));
  }
  const { rows, unread } = await withAnswering(answering, (classifiers) =>
    writeRows({
      ...values,
      ...answering.averaged,
      ...{ classifiers, files, boxes, format: form, threshold, out, isChief, signal },
      onProgress: part.follow('predicting'),
    }),
  );
  progress.end();
  if (!isChief) {
    return;
  }
  if (out !== undefined) {
    print(`${count(rows, 'row')} in ${out}`);
  }
  endWithUnread(unread, files.length, keepGoing);
}

/** The format that the ending of a file's name says. */
function formatOf(out: string | undefined): FormatName {
  if (out === undefined) {
    return process.stdout.isTTY ? 'table' : 'csv';
  }
  const ending = path.extname(out).slice(1).toLowerCase();
  const format = formatNames.find((name) => name === ending);
  if (format === undefined) {
    throw expected('a file named .csv, .json or .jsonl', '--out', out, 'Or choose a --format');
  }
  return format;
}

function endWithUnread({ count: unread, first }: Unread, images: number, keepGoing: boolean): void {
  const fails = unread === images || (unread > 0 && !keepGoing);
  if (fails) {
    process.exitCode = exitCode.error;
  }
  const code = fails && unread < images ? ' (exit code 1; with --keep-going 0)' : '';
  warnUnreadable(first, `without a prediction${code}`, unread);
}

/** The table of ids that asks; undefined where the layout has questions of its own. */
const sampleOf = async (manifest: Manifest): Promise<string | undefined> =>
  manifest.questionFile === undefined ? undefined : (await questionFilesOf(manifest))[0];

async function writeAnswers(
  data: string,
  { out, form, images: moved, ...runs }: Flags,
  { epoch, ...values }: Values,
  { part, signal }: Attendance,
): Promise<void> {
  const { progress, isChief } = part;
  const manifest = await loadManifest(data, { images: moved });
  if (manifest.questions.length === 0) {
    const remedy = 'Prepare it with --questions, the table that asks';
    throw expected('a data set with questions', '--data', data, remedy);
  }
  await warnOfChanges({ manifest, part: 'questions' }, progress.print);
  const { csv, zip, rows } = await answerQuestions({
    manifest,
    out: out as string,
    form: await readForm(form ?? usualForm, await sampleOf(manifest)),
    answer: async ({ name }, images) => {
      const answering = await answeringRuns(runs, {
        manifest,
        task: name,
        epoch,
        mean: values.mean,
      });
      const answer = await withAnswering(answering, (classifiers) =>
        predict({
          ...pickOptions(classifyOptions, values),
          ...images,
          ...answering.averaged,
          classifiers,
          signal,
          onProgress: part.follow(name),
        }),
      );
      progress.end();
      if (isChief) {
        warnUnreadable(answer.failures, 'answered with the share of each class in training');
      }
      return answer;
    },
  });
  if (!isChief) {
    return;
  }
  const formWords = form === undefined ? '' : ` --form ${shellWord(form)}`;
  print(`${count(rows, 'answer')} in ${csv} and ${zip}. To check them:
  \`npx bobbin verify ${shellWord(zip)} --data ${shellWord(data)}${formWords}\``);
}
