/** `npm run bench -- FOLDER` compares loaders; `train` compares training steps; `accuracy` compares whole trainings; `folds` compares them out of fold in the same minutes; `craft` compares ways to train; `predict` compares forward passes; `evaluate` and `crops` compare evaluation and prediction by windows with the bare pass; `serve` loads the HTTP server; `tfjs-node` trains as its programs do; `gpu` compares loaders with batches on a GPU; `scaling` measures and foretells the steps of several workers; `networks` compares imported networks with ONNX Runtime; `stages`, `quality` and `soak` measure the loader's stages, pixels and memory; `soak-cluster` watches what two workers hold; `manifest` measures a data set of millions of samples. */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { expected } from '../src/errors.js';
import { networkNames } from '../src/model/index.js';
import { cudaStatus } from '../src/pipeline/index.js';
import { compareAccuracy } from './accuracy/accuracy.js';
import { checkAgreement } from './agree/agree.js';
import { compare } from './compare.js';
import { allTasks, compareCrafts } from './craft/craft.js';
import { compareCrops } from './crops/crops.js';
import { compareFolds } from './folds/folds.js';
import { compareOnGpu, drawnPictures } from './gpu/gpu.js';
import { measureLoading, measureManifest } from './manifest.js';
import { compareGradients } from './networks/gradients.js';
import { compareNetworks } from './networks/networks.js';
import { timeEvaluation } from './predict/evaluate.js';
import { comparePrediction } from './predict/predict.js';
import { measureQuality } from './quality/quality.js';
import { measureScaling, quickSettings, settingNames } from './scaling/scaling.js';
import { measureServing, photosSent } from './serve/serve.js';
import { soak } from './soak.js';
import { soakCluster } from './soak-cluster/soak-cluster.js';
import { soundJpegs } from './sound-files.js';
import { timeStages } from './stages.js';
import { compareMoves } from './tfjs-node.js';
import { checkNames, compareTraining, usualParts } from './train/train.js';

const positive = (text: string) => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('Expected above 0.');
  }
  return value;
};
/** The exit status of scripts/develop/run-on-gpu.mjs where there is no GPU. */
const nothingMeasured = 77;
const counts = (text: string) => text.split(',').map((part) => Math.ceil(positive(part)));
const foldNumbers = (text: string) => {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((number) => Number.isInteger(number) && number >= 0)) {
    throw new InvalidArgumentError('Expected whole numbers from 0, with commas between them.');
  }
  return numbers;
};
/** One thread, and two if there are two cores. */
const usualThreads = [1, 2].filter((count) => count <= os.availableParallelism());

/** All files below `folder` with one of the endings, sorted: every contender gets the same list. */
function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => path.resolve(folder, name));
}

async function jpegsIn(folder: string): Promise<string[]> {
  const files = await soundJpegs(filesIn(folder, /\.jpe?g$/i));
  if (files.length < 64) {
    throw expected('at least 64 sound JPEG files', folder, files.length);
  }
  return files;
}

const program = new Command('bench');
program
  .command('compare', { isDefault: true })
  .description('compare Bobbin with its peers on the JPEG files of a folder')
  .argument('<folder>')
  .option('--rounds <n>', 'rounds; each runs all contenders', positive, 3)
  .option('--seconds <x>', 'measured time of one run', positive, 4)
  .option('--threads <list>', 'thread counts', counts, usualThreads)
  .option('--only <names...>', 'peers to run with the decode and Bobbin; default: all')
  .option('--json <file>', 'write the rows as JSON')
  .option('--chart <file>', 'draw the chart, as SVG if its name ends in .svg, else as PNG')
  .action(async (folder, { only = [], ...flags }) => {
    const files = await jpegsIn(folder);
    await compare({ json: undefined, chart: undefined, ...flags, files, only });
  });
program
  .command('gpu')
  .description(
    'measure a GPU, Bobbin on it and its peers; `npm run bench:gpu` also builds the parts',
  )
  .argument('[folder]', 'folder of JPEG files; without it, pictures are drawn')
  .option('--rounds <n>', 'rounds; each runs all trials and contenders', positive, 5)
  .option('--seconds <x>', 'measured time of one run of a loader', positive, 4)
  .option('--threads <n>', 'worker threads', positive, os.availableParallelism())
  .option('--only <names...>', 'peers beside Bobbin; default: all')
  .option('--json <file>', "write the GPU's name and the rows as JSON")
  .action(async (folder, { only = [], ...flags }) => {
    const { available, reason } = cudaStatus();
    if (!available) {
      console.log(`No GPU was measured: ${reason}`);
      process.exitCode = nothingMeasured;
      return;
    }
    const files = await jpegsIn(folder ?? (await drawnPictures()));
    await compareOnGpu({ json: undefined, ...flags, files, only });
  });
program
  .command('train')
  .description('compare training steps with other frameworks, part by part')
  .argument('[parts...]', `a network and the images of a step; default: ${usualParts.join(', ')}`)
  .option('--rounds <n>', 'most rounds of a part; each runs all contenders', positive, 3)
  .option('--minutes <x>', 'time for the rounds of a part; there is at least one', positive, 10)
  .option('--steps <n>', 'measured steps of one run', positive, 5)
  .option('--only <names...>', 'peers to run with Bobbin; default: all')
  .option('--json <file>', 'write the rows as JSON')
  .option('--xla', 'run what XLA compiles, too', false)
  .action((parts, { only = [], ...flags }) =>
    compareTraining({ json: undefined, ...flags, parts, only }),
  );
program
  .command('scaling')
  .description(
    'measure steps of 1, 2 and 4 workers on limited networks, and foretell those of more',
  )
  .option('--net <name>', 'the network, with random weights', 'mobilenet-v2')
  .option('--batch <n>', 'images of a step of all workers', positive, 16)
  .option(
    '--megabits <n>',
    'most that a worker sends in a second, in millions of bits',
    positive,
    1000,
  )
  .option('--rounds <n>', 'most rounds; each runs all in fresh processes', positive, 3)
  .option('--minutes <x>', 'time for the rounds; there is at least one', positive, 9.5)
  .option('--steps <n>', 'measured steps of one run', positive, 5)
  .option('--only <names...>', `of ${settingNames.join(', ')}; default: all`)
  .option('--quick', `the same as --only ${quickSettings.join(' ')} --rounds 1`, false)
  .option('--json <file>', 'write the rows, the model and its checks as JSON')
  .option('--check', 'instead, compare gradients and weights with those of one process', false)
  .option('--check-steps <n>', 'steps before weights are compared', positive, 50)
  .action(async ({ net, only = [], quick, check, checkSteps, ...flags }) => {
    if (check) {
      return await checkAgreement(checkSteps);
    }
    checkNames('--net', [net], networkNames);
    checkNames('--only', only, settingNames);
    const chosen = quick ? { only: quickSettings, rounds: 1 } : { only };
    await measureScaling({ json: undefined, ...flags, net, ...chosen });
  });
program
  .command('accuracy')
  .description(
    'train one network with other frameworks, too; fails if Bobbin is less accurate than the best',
  )
  .argument('<folder>', 'photos: a folder for each class, or train and validation with these')
  .option('--epochs <n>', 'epochs of a run', positive, 6)
  .option('--seeds <n>', 'runs of each contender', positive, 3)
  .option('--target <x>', 'validation accuracy to reach', positive, 0.88)
  .option('--only <names...>', 'peers to run with Bobbin; default: all')
  .option('--json <file>', 'write the rows as JSON')
  .action((photos, { only = [], ...flags }) =>
    compareAccuracy({ json: undefined, ...flags, photos, only }),
  );
program
  .command('craft')
  .description("train on drawn garments with each option of a competitor's craft, and without it")
  .argument('<folder>', 'where photos and runs are kept; a repeated call continues')
  .option('--seeds <n>', 'runs of each', positive, 3)
  .option('--epochs <n>', 'epochs of a run', positive, 4)
  .option('--size <n>', 'side of the images in pixels', positive, 96)
  .option('--images <n>', 'labelled photos of a task', positive, 150)
  .option('--tasks <names...>', 'of the eight; default: all')
  .option('--network <name>', 'efficientnet-lite0 or tiny', 'efficientnet-lite0')
  .option('--json <file>', 'write the rows as JSON')
  .action((folder, { images, tasks = allTasks, ...flags }) => {
    checkNames('--tasks', tasks, allTasks);
    checkNames('--network', [flags.network], ['efficientnet-lite0', 'tiny']);
    return compareCrafts({ json: undefined, ...flags, folder, tasks, imagesPerTask: images });
  });
program
  .command('folds')
  .description(
    "train on folds with fastai and timm, too, in Bobbin's minutes, and compare the answers",
  )
  .argument('<data>', 'prepared data set with folds')
  .requiredOption('--out <folder>', 'results of each fold; the same command continues')
  .option('--recipe <name>', "Bobbin's recipe, or a file", 'quick')
  .option('--task <name>', 'task of the data; default: the first')
  .option('--folds <list>', 'such as 0,1; default: all', foldNumbers)
  .option('--only <names...>', 'peers to run with Bobbin; default: all')
  .option('--minutes <x>', 'of a peer on a fold; default: as long as Bobbin took', positive)
  .option('--side <n>', 'of the images, in pixels', positive, 224)
  .option('--limit <n>', 'photos of all folds; default: all', positive)
  .option('--json <file>', 'write the rows as JSON')
  .action((data, { only = [], ...flags }) =>
    compareFolds({
      ...{ task: undefined, folds: undefined, minutes: undefined },
      ...{ limit: undefined, json: undefined },
      ...{ ...flags, data, only },
    }),
  );
program
  .command('predict')
  .description('compare forward passes with runtimes for inference and other frameworks')
  .option('--nets <names...>', `of ${networkNames.join(', ')}; default: all`)
  .option('--batches <list>', 'images a pass', counts, [1, 32])
  .option('--rounds <n>', 'rounds; each runs all contenders', positive, 3)
  .option('--seconds <x>', 'measured time of each batch size in a run', positive, 4)
  .option('--only <names...>', 'peers to run with Bobbin; default: all')
  .option('--json <file>', 'write the rows as JSON')
  .action(({ nets = [], only = [], ...flags }) =>
    comparePrediction({ json: undefined, ...flags, nets, only }),
  );
program
  .command('evaluate')
  .description('compare `evaluate` on photos with the bare forward pass, and time its event loop')
  .argument('<folder>', 'a data set: a folder for each class')
  .option('--net <name>', 'the network', 'efficientnet-lite0')
  .option('--rounds <n>', 'rounds; each evaluates all photos', positive, 3)
  .action((folder, { net, ...flags }) => {
    checkNames('--net', [net], networkNames);
    return timeEvaluation(folder, { net, ...flags });
  });
program
  .command('crops')
  .description('compare prediction by windows of each photo with the bare forward pass')
  .argument('<folder>', 'folder of JPEG files')
  .option('--net <name>', 'the network, with random weights', 'efficientnet-lite0')
  .option('--crops <name>', 'center, five or ten', 'ten')
  .option('--batch-size <n>', 'windows in a batch', positive, 32)
  .option('--photos <n>', 'photos of a run', positive, 90)
  .option('--rounds <n>', 'rounds; each runs all in fresh processes', positive, 5)
  .option('--json <file>', 'write the rows and rounds as JSON')
  .action(async (folder, { net, crops, photos, ...flags }) => {
    checkNames('--net', [net], networkNames);
    checkNames('--crops', [crops], ['center', 'five', 'ten']);
    const files = filesIn(folder, /\.jpe?g$/i).slice(0, photos);
    await compareCrops(await soundJpegs(files), { json: undefined, ...flags, net, crops });
  });
program
  .command('serve')
  .description('load the HTTP server, with damaged photos among the others')
  .argument('<folder>', 'folder of JPEG files')
  .option('--net <name>', 'the network, with random weights', 'efficientnet-lite0')
  .option('--run <folder>', 'a run, instead of the network')
  .option('--batch <n>', 'most images of a batch, compared with 1', positive, 8)
  .option('--rounds <n>', 'rounds; each loads both servers', positive, 2)
  .option('--seconds <x>', 'of load on a server in a round', positive, 30)
  .option('--connections <n>', 'requests at the same time', positive, 16)
  .option('--damaged <x>', 'share of damaged photos', positive, 0.05)
  .action(async (folder, { net, ...flags }) => {
    checkNames('--net', [net], networkNames);
    const files = filesIn(folder, /\.jpe?g$/i).slice(0, photosSent);
    await measureServing(await soundJpegs(files), { run: undefined, net, ...flags });
  });
program
  .command('tfjs-node')
  .description('train as a program of tfjs-node does, and after each step of its move to Bobbin')
  .argument('<folder>')
  .option('--rounds <n>', 'measured epochs of each', positive, 3)
  .action(async (folder, { rounds }) => compareMoves(await jpegsIn(folder), rounds));
program
  .command('stages')
  .description('time reading, decoding and rendering of the loader for each load')
  .argument('<folder>')
  .action(async (folder) => timeStages(await jpegsIn(folder)));
program
  .command('quality')
  .description('compare the pixels with Pillow, torchvision and the plain decoder')
  .argument('<folder>')
  .option('--photos <n>', 'photos, spread over the folder', positive, 200)
  .option('--json <file>', 'write the rows as JSON')
  .action(async (folder, flags) => measureQuality(await jpegsIn(folder), flags));
program
  .command('networks')
  .description("import timm's families, and compare what they compute with ONNX Runtime")
  .argument('<folder>')
  .option('--only <names...>', 'families; default: all')
  .option('--gradients', "train them, and compare gradients and averages with torch's")
  .option('--json <file>', 'write the rows as JSON')
  .action((folder, { only = [], json, gradients }) => {
    const compareFamilies = gradients ? compareGradients : compareNetworks;
    return compareFamilies(filesIn(folder, /\.jpe?g$/i), { only, json });
  });
program
  .command('soak')
  .description('load the images of folders repeatedly; fails if memory grows')
  .argument('<folders...>', 'damaged images may be among them')
  .option('--minutes <x>', 'duration; growth is judged from 3 minutes', positive, 60)
  .option('--threads <n>', 'worker threads', positive, os.availableParallelism())
  .option('--batch-size <n>', 'images a batch', positive, 64)
  .action((folders: string[], flags) =>
    soak({ ...flags, files: folders.flatMap((folder) => filesIn(folder, /\.(jpe?g|png)$/i)) }),
  );
program
  .command('soak-cluster')
  .description('train with two workers; fails if their memory, threads or descriptors grow')
  .option('--minutes <x>', 'duration', positive, 60)
  .option('--steps <n>', 'steps, evenly over the duration', positive, 10_000)
  .option('--json <file>', 'write the samples as JSON')
  .action((flags) => soakCluster({ json: undefined, ...flags }));
program
  .command('manifest')
  .description('save and load a manifest of many samples; fails if it takes too long or too much')
  .argument('[folder]', 'folder of JPEG files, which the samples repeat')
  .option('--samples <n>', 'samples', positive, 1e6)
  .option('--from <folder>', 'only load this prepared folder')
  .action(async (folder, { samples, from }) => {
    if (from !== undefined) {
      return await measureLoading(from);
    }
    if (folder === undefined) {
      throw expected('a folder of JPEG files, or --from', 'manifest', folder);
    }
    await measureManifest(await jpegsIn(folder), samples);
  });
await program.parseAsync();
