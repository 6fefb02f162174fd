/** What an editor shows for an option and for a result: its help, range and default, from the declarations that users get. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { API, type Checker, type Symbol as Property, type Type } from 'typescript/unstable/sync';
import { packageRoot } from '../../scripts/root.mjs';
import { changeOptions } from '../../src/dataset/changes.js';
import { prepareOptions } from '../../src/dataset/prepare/places.js';
import {
  describeValues,
  isOption,
  type Option,
  type OptionTree,
  optionsByName,
} from '../../src/options.js';
import { augmentationOptions, loaderOptions } from '../../src/pipeline/index.js';
import { classifyOptions } from '../../src/prediction/options.js';
import { serveOptions } from '../../src/serve/index.js';
import { submitOptions } from '../../src/submission/request.js';
import { synthesizeOptions } from '../../src/synthetic/synthesize.js';
import { jitOptions, runtimeOptions } from '../../src/tensorflow/index.js';
import { fitOptions } from '../../src/training/fit/options.js';
import { adamw } from '../../src/training/optimizer/adamw.js';
import { lion } from '../../src/training/optimizer/lion.js';
import { sgd } from '../../src/training/optimizer/sgd.js';
import { trainAugmentationOptions, trainOptions } from '../../src/training/options.js';
import { temporaryFolder } from '../support/folders.js';

// A loader's type depends on `dtype`, which is therefore declared apart.
const { dtype: _, ...otherLoaderOptions } = loaderOptions;

/** The public types of options, each with the tables that it is made of. */
const tables: Record<string, OptionTree> = {
  TrainOptions: { ...trainOptions, augmentation: trainAugmentationOptions },
  LoaderOptions: { ...otherLoaderOptions, augmentation: augmentationOptions },
  Augmentation: augmentationOptions,
  PrepareOptions: prepareOptions,
  ChangeRequest: changeOptions,
  PredictRequest: classifyOptions,
  EvaluateRequest: classifyOptions,
  ClassifyRequest: classifyOptions,
  SubmitRequest: submitOptions,
  SynthesizeOptions: synthesizeOptions,
  ServeRequest: serveOptions,
  FitOptions: fitOptions,
  JitOptions: jitOptions,
  RuntimeOptions: runtimeOptions,
  SgdOptions: sgd.options,
  AdamWOptions: adamw.options,
  LionOptions: lion.options,
};

/** Types of options that are made of no table, and types of results. */
const others = [
  ...['ModelOptions', 'CheckOptions', 'ChoiceRequest'],
  ...['Server', 'Evaluation', 'ClassScore', 'Confused', 'WrongAnswer'],
];

const project = temporaryFolder();
const file = path.join(project, 'program.mts');
const types = [...Object.keys(tables), ...others];
const program = [
  `import type { ${types.join(', ')} } from 'bobbin';`,
  ...types.map((name) => `export declare const of${name}: ${name};`),
].join('\n');

let api: API;
let checker: Checker;

/** Opens a program that imports the types, as an editor does. */
before(() => {
  const config = path.join(project, 'tsconfig.json');
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(packageRoot, path.join(project, 'node_modules/bobbin'));
  writeFileSync(file, program);
  const compilerOptions = { strict: true, module: 'nodenext', types: [], skipLibCheck: true };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['program.mts'] }));
  api = new API({ cwd: project });
  const opened = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  assert.ok(opened);
  assert.deepEqual(opened.program.getSemanticDiagnostics(file), []);
  ({ checker } = opened);
});

after(() => api.close());

const propertiesOf = (type: string): readonly Property[] => {
  const position = program.indexOf(`of${type}:`);
  return checker.getPropertiesOfType(checker.getTypeAtPosition(file, position) as Type);
};

/** The properties of a type by name, those of its options in groups as `group.name`. */
function optionsIn(type: string): Map<string, Property> {
  const all = propertiesOf(type).flatMap((property): [string, Property][] => {
    const group = isGroup(tables[type]?.[property.name]) ? membersOf(property) : [];
    return [
      [property.name, property],
      ...group.map((member): [string, Property] => [`${property.name}.${member.name}`, member]),
    ];
  });
  return new Map(all);
}

const isGroup = (node?: OptionTree[string]) => node !== undefined && !isOption(node);

const membersOf = (property: Property): readonly Property[] =>
  checker.getPropertiesOfType(
    checker.getNonNullableType(checker.getTypeOfSymbol(property) as Type) as Type,
  );

for (const [type, tree] of Object.entries(tables)) {
  test(`when an editor shows an option of ${type}, then it shows its help, range, values and default`, () => {
    const properties = optionsIn(type);
    for (const [name, option] of optionsByName(tree)) {
      const property = properties.get(name);
      assert.ok(property, `${type} lacks ${name}`);
      const text = property.getDocumentationComment(checker);
      assert.ok(text.slice(1).startsWith(option.help.slice(1)), `${name}: ${text}`);
      const shown = `${text} ${checker.typeToString(checker.getTypeOfSymbol(property) as Type)}`;
      for (const value of valuesOf(option)) {
        assert.ok(shown.includes(value), `${name}: ${shown} lacks ${value}`);
      }
      const [tag] = property.getJsDocTags(checker);
      assert.equal(tag?.name, 'default', name);
      assert.ok(tag?.text, name);
    }
  });
}

/** What the text or the type must have: the range, or each choice. */
function valuesOf(option: Option): string[] {
  if (option.type === 'boolean') {
    return ['boolean'];
  }
  return option.type === 'choice'
    ? option.choices.map((choice) => `"${choice}"`)
    : [describeValues(option).slice(1)];
}

test('when an editor shows any property of a type of options or results, then it has a text', () => {
  const silent = types.flatMap((type) =>
    propertiesOf(type)
      .filter((property) => property.getDocumentationComment(checker) === '')
      .map(({ name }) => `${type}.${name}`),
  );
  assert.deepEqual(silent, []);
});

test("when train's defaults differ from the loader's, then each shows its own", () => {
  const defaultOf = (type: string) =>
    optionsIn(type).get('augmentation.area')?.getJsDocTags(checker)[0]?.text;
  assert.equal(defaultOf('TrainOptions'), '[0.5, 1]');
  assert.equal(defaultOf('LoaderOptions'), '[0.08, 1]');
});
