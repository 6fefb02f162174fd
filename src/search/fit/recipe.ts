/** What repeats the training of the best network: its options in a file, and a command. */
import { shellWord } from '../../dataset/index.js';
import { writeWhole } from '../../disk/index.js';
import { withRecipe } from '../../training/index.js';
import { recipeOf } from '../tune/recipe.js';
import type { Fitting, Photos } from './fitting.js';
import type { FitScores } from './scores.js';
import { dataFolders } from './steps/read.js';

const recipeName = 'recipe.json';

/** Writes the recipe of a run, in the form of config.json; nothing for the first answer, which no training made. */
export async function saveRecipe(
  fitting: Fitting,
  { task }: Photos,
  run: string,
): Promise<Pick<FitScores, 'command'>> {
  const plan = fitting
    .linesOf('plan')
    .filter((each) => each.run === run)
    .at(-1);
  if (plan === undefined) {
    return {};
  }
  const { epochs, options } = plan;
  const recipe = recipeOf(await withRecipe({ ...options, epochs }));
  const file = fitting.at(recipeName);
  await writeWhole(file, `// Run ${run} of a fit\n${JSON.stringify(recipe, null, 2)}\n`);
  const words = [
    `--data ${shellWord(fitting.at(dataFolders.choosing))} --task ${shellWord(task.name)}`,
    `--run again --config ${shellWord(file)} --seed ${options.seed}`,
  ];
  return { command: `npx bobbin train ${words.join(' ')}` };
}
