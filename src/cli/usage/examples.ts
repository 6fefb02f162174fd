/** Examples of command lines, for help. A test parses each of them. */

/** Words after `npx bobbin`, by command; the first of each is what most people need. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  models: [
    'models',
    'models --fetch efficientnet-lite2',
    'models efficientnet-lite2 resnet50 --time',
  ],
  prepare: [
    'prepare photos --out data',
    'prepare labels.csv --out data --validation-fraction 0.2',
    'prepare photos --out data --check',
  ],
  import: [
    'import model.onnx --out net',
    'import model.keras --out net',
    'import hf:OWNER/NAME --out net',
    'import model.onnx --out net --verify images.npy outputs.npy',
    'import model.onnx --out net --size 224 --crop-share 0.95',
  ],
  preview: ['preview data', 'preview data --rotation 10 --erase 0.25 --out views.png'],
  'find-lr': [
    'find-lr --data data',
    'find-lr --data data --task collar --recipe strong --out rates',
  ],
  train: [
    'train --data data --run run',
    'train --data data --run run --resume',
    'train --data data --run good --recipe strong',
    'train --data data --run small --size 128 --batch-size 64',
    'train --data data --run run --log tensorboard',
    'train --data data --run folds --all-folds --workers 2',
    'train --data data --run again --config run/TASK/config.json',
  ],
  tune: [
    'tune --data data --out tuned --budget 30m',
    'tune --data data --out tuned --trials 16 --leave-out size,network',
    'tune --data data --out tuned --trials 16 --workers 2',
    'train --data data --run best --recipe tuned/TASK.json',
  ],
  fit: ['fit photos --out fitted --budget 30m', 'predict --run fitted photo.jpg'],
  launch: [
    'launch --workers 2 -- train --data data --run run',
    'launch --workers 4 --max-restarts 3 -- train --data data --run run',
    'launch --workers 2 -- predict --run run new-photos --out rows.csv',
  ],
  submit: [
    'submit --data fashionai --out submission',
    'submit --data fashionai --out submission --workers 4 --models 3',
  ],
  evaluate: ['evaluate --data data --run run', 'evaluate --data data --run run --crops ten'],
  score: [
    'score scores/TASK/predictions.csv',
    'score scores/*/predictions.csv --labels labels.csv --out scores',
    'score scores/TASK/predictions.csv --calibrate',
  ],
  report: [
    'report run --data data',
    'report run --data data --out page.html',
    'report run again --data data --epoch best',
  ],
  suspects: ['suspects scores/TASK/predictions.csv --data data --out suspects'],
  'average-checkpoints': [
    'average-checkpoints run again --out merged --data data',
    'average-checkpoints run/TASK/best run/TASK/kept/* --out merged',
  ],
  ensemble: [
    'ensemble run again --data data --out ensemble',
    'ensemble run again --data data --out ensemble --metric log-loss',
    'predict --run ensemble new-photos',
  ],
  predict: [
    'predict --run run new-photos',
    'predict --run run --run again --weights 2,1 photo.jpg',
    'predict --run run --data data --out submission',
  ],
  export: [
    'export run --to web --out page',
    'export run --to web --out page --quantize uint16',
    'export run --to onnx --out onnx',
  ],
  serve: ['serve run', 'serve run --port 9000 --batch-size 16 --top 3'],
};

/** The order of the work. */
const steps: readonly (readonly [command: string, what: string])[] = [
  ['prepare', 'read photos: a folder per class'],
  ['preview', 'draw them beside augmented views'],
  ['train', 'train a classifier'],
  ['evaluate', 'score it on photos kept apart'],
  ['predict', 'classify other photos'],
];

const lineOf = (example = '') => `  npx bobbin ${example}`;

const widest = Math.max(...steps.map(([command]) => lineOf(examples[command]?.[0]).length));

export const orderText = [
  'The order of the work:',
  ...steps.map(([command, what]) => `${lineOf(examples[command]?.[0]).padEnd(widest)}  ${what}`),
].join('\n');

/** What `bobbin` without a command says. */
export const welcome = `Bobbin trains image classifiers. ${orderText}

\`npx bobbin demo\` does all of it with drawn photos, \`npx bobbin COMMAND --help\`
explains a command, and \`npx bobbin --help\` lists all commands.`;

/** The examples of a command below its help; empty without any. */
export function examplesText(command: string): string {
  const own = examples[command];
  return own === undefined ? '' : ['\nExamples:', ...own.map(lineOf)].join('\n');
}
