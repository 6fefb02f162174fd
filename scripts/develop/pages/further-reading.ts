/** Which pages explain more of a command than its own page does. */

/** Links by command: a title, and the page from `docs`. */
export const furtherReading: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  setup: [
    ['What set-up needs, and containers', 'install.md'],
    ['Proxies, mirrors and no network', 'closed-networks.md'],
  ],
  doctor: [['What set-up needs, and containers', 'install.md']],
  models: [['Bring a network of your own', 'networks.md']],
  synthesize: [["A competition's whole way", 'competition.md']],
  prepare: [['What `photos` may look like', 'layouts.md']],
  import: [['Bring a network of your own', 'networks.md']],
  preview: [['Augmentations, and when they help', 'training.md']],
  'find-lr': [['A learning rate, and the best options', 'tuning.md']],
  train: [
    ['What the options do, and when they help', 'training.md'],
    ['Short answers about training', 'questions.md#train'],
  ],
  tune: [['The best options in the time that you have', 'tuning.md']],
  fit: [['The best model in the time that you have', 'tuning.md']],
  evaluate: [
    ['Short answers about results', 'questions.md#read-the-results'],
    ['Predictions and scores', 'predictions.md'],
  ],
  score: [['Predictions and scores', 'predictions.md']],
  suspects: [['How do I find wrong labels?', 'questions.md#how-do-i-find-wrong-labels']],
  'average-checkpoints': [['What the options do, and when they help', 'training.md']],
  ensemble: [['Ensembles of different networks', 'training.md#ensembles-of-different-networks']],
  predict: [
    [
      'How do I predict one image, a folder, or a table?',
      'questions.md#how-do-i-predict-one-image-a-folder-or-a-table',
    ],
  ],
  report: [['Look at a run in one page', 'report.md']],
  export: [
    ['Export a model', 'export.md'],
    ['The trained model in a web page', 'browser.md'],
  ],
  serve: [['Answer over HTTP', 'serve.md']],
  submit: [["A competition's whole way", 'competition.md']],
  verify: [["A competition's whole way", 'competition.md']],
  bench: [['Loaders side by side', 'speed.md']],
  demo: [["A competition's whole way", 'competition.md']],
};
