/** Puts the layers of models within a Keras model into one list, each after the layers whose results it takes. */
import { expected } from '../../errors.js';
import { shortNames } from '../../model/index.js';
import type { Call, Config, KerasLayer, KerasModel, Reference } from './config.js';

export interface FlatLayer {
  /** Its own name, or with those of the models around it where several layers have that name. */
  name: string;
  /** The names of the models around it, without the outermost, and its own. */
  path: string[];
  /** Where Keras 3 stores its weights in HDF5: `/layers/conv2d_3`. */
  group: string;
  className: string;
  isOperation: boolean;
  config: Config;
  calls: FlatCall[];
}

export interface FlatCall {
  inputs: (Value | number)[];
  options: Config;
}

/** The result of a layer's call. */
export interface Value {
  layer: FlatLayer;
  call: number;
}

interface FlatModel {
  /** The outermost model's, then those within it. */
  modelNames: string[];
  /** The arguments of the calls of models within it. */
  modelCalls: { name: string; options: Config }[];
  layers: FlatLayer[];
  output: Value;
}

/** A model may be called twice by one that is called twice, and so on. */
const mostCalls = 50_000;

/**
 * @param where the file, for errors
 * @throws InvalidInputError when a call refers to a layer that is not there, when calls wait for each other, and unless there is
 *   one input and one output
 */
export function flatten(model: KerasModel, where: string): FlatModel {
  const { inputs, outputs } = model;
  if (inputs.length !== 1 || outputs.length !== 1) {
    const received = `${inputs.length} and ${outputs.length}`;
    throw expected('one input and one output', `the model in ${where}`, received);
  }
  const flattening = new Flattening(where);
  const [output] = flattening.inline(model, { path: [], group: '' });
  const layers = [...flattening.layers.values()];
  for (const [index, name] of shortNames(layers.map(({ path }) => path)).entries()) {
    (layers[index] as FlatLayer).name = name;
  }
  const { modelNames, modelCalls } = flattening;
  return { modelNames, modelCalls, layers, output: output as Value };
}

/** Of a model in the outermost one, or of a layer: its names and its group in HDF5. */
type Place = Pick<FlatLayer, 'path' | 'group'>;

class Flattening {
  /** By their paths. */
  readonly layers = new Map<string, FlatLayer>();
  readonly modelNames: string[] = [];
  readonly modelCalls: FlatModel['modelCalls'] = [];
  private calls = 0;

  constructor(private readonly where: string) {}

  /** @param given the model's inputs; without them its input layers stay layers */
  inline(model: KerasModel, place: Place, given?: Value[]): Value[] {
    this.modelNames.push(model.name);
    const places = placesOf(model, place, this.where);
    const values = new Map<string, Value>();
    for (const [index, reference] of model.inputs.entries()) {
      const layer = model.layers.find(({ name }) => name === reference.layer);
      if (layer?.className !== 'InputLayer') {
        throw expected(
          'an input layer',
          `an input of ${model.name} in ${this.where}`,
          reference.layer,
        );
      }
      const added = () => this.call(layer, places.get(layer) as Place, { inputs: [], options: {} });
      values.set(keyOf(reference), given?.[index] ?? added());
    }
    for (const { layer, call, key } of orderedCalls(model, this.where)) {
      const inputs = call.inputs.map((input) =>
        typeof input === 'number' ? input : this.find(values, input),
      );
      const results = this.results(layer, places.get(layer) as Place, { ...call, inputs });
      for (const [output, value] of results.entries()) {
        values.set(`${key}/${output}`, value);
      }
    }
    return model.outputs.map((output) => this.find(values, output));
  }

  private results(layer: KerasLayer, place: Place, call: FlatCall): Value[] {
    const { model } = layer;
    if (model === undefined) {
      return [this.call(layer, place, call)];
    }
    const given = call.inputs.filter((input): input is Value => typeof input !== 'number');
    if (given.length !== model.inputs.length) {
      const what = `${model.inputs.length} inputs`;
      throw expected(what, `the model ${model.name} in ${this.where}`, call.inputs.length);
    }
    this.modelCalls.push({ name: model.name, options: call.options });
    return this.inline(model, place, given);
  }

  private call(from: KerasLayer, place: Place, call: FlatCall): Value {
    this.calls += 1;
    if (this.calls > mostCalls) {
      throw expected(`at most ${mostCalls} calls of layers`, `the model in ${this.where}`, 'more');
    }
    const { name, className, isOperation, config } = from;
    const key = place.path.join('/');
    const layer = this.layers.get(key) ?? {
      ...place,
      name,
      className,
      isOperation,
      config,
      calls: [],
    };
    this.layers.set(key, layer);
    layer.calls.push(call);
    return { layer, call: layer.calls.length - 1 };
  }

  private find(values: Map<string, Value>, reference: Reference): Value {
    const value = values.get(keyOf(reference));
    if (value === undefined) {
      const { layer, call, output } = reference;
      const received = `output ${output} of call ${call} of ${layer}`;
      throw expected('the result of a layer', `an input or output in ${this.where}`, received);
    }
    return value;
  }
}

const keyOf = ({ layer, call, output }: Reference) => `${layer}/${call}/${output}`;

/** Keras 3 numbers the groups of a model's layers by class: `conv2d`, `conv2d_1` … */
function placesOf(
  model: KerasModel,
  { path, group }: Place,
  where: string,
): Map<KerasLayer, Place> {
  const counts = new Map<string, number>();
  const names = new Set<string>();
  return new Map(
    model.layers.map((layer) => {
      if (names.has(layer.name)) {
        throw expected('a name of its own', `each layer of ${model.name} in ${where}`, layer.name);
      }
      names.add(layer.name);
      const kind = snakeCase(layer.className);
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      const own = count === 0 ? kind : `${kind}_${count}`;
      return [layer, { path: [...path, layer.name], group: `${group}/layers/${own}` }];
    }),
  );
}

/** As Keras forms names from classes: `Conv2D` is `conv2d`, `ReLU` is `re_lu`. */
const snakeCase = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

interface PlannedCall {
  layer: KerasLayer;
  call: Call;
  /** `layer/call`, as references have it. */
  key: string;
}

/** The calls of a model's layers, each after those whose results it takes. */
function orderedCalls(model: KerasModel, where: string): PlannedCall[] {
  const planned = plannedCalls(model);
  const known = new Map(planned.map((call) => [call.key, call]));
  const waiting = new Map<PlannedCall, number>();
  const followers = new Map<PlannedCall, PlannedCall[]>();
  for (const each of planned) {
    const before = sourcesOf(each.call).flatMap(
      ({ layer, call }) => known.get(`${layer}/${call}`) ?? [],
    );
    waiting.set(each, before.length);
    for (const source of before) {
      const those = followers.get(source) ?? [];
      followers.set(source, those);
      those.push(each);
    }
  }
  const ordered = planned.filter((each) => waiting.get(each) === 0);
  // The list grows while it is read.
  for (const done of ordered) {
    for (const follower of followers.get(done) ?? []) {
      const left = (waiting.get(follower) as number) - 1;
      waiting.set(follower, left);
      if (left === 0) {
        ordered.push(follower);
      }
    }
  }
  if (ordered.length < planned.length) {
    const names = new Set(
      planned.filter((each) => waiting.get(each) !== 0).map(({ layer }) => layer.name),
    );
    const received = [...names].join(', ');
    throw expected('layers whose inputs come before them', `the model in ${where}`, received);
  }
  return ordered;
}

const sourcesOf = ({ inputs }: Call): Reference[] =>
  inputs.filter((input): input is Reference => typeof input !== 'number');

function plannedCalls({ layers, outputs }: KerasModel): PlannedCall[] {
  const references = [...outputs, ...layers.flatMap(({ calls }) => calls.flatMap(sourcesOf))];
  const latest = new Map<string, number>();
  for (const { layer, call } of references) {
    latest.set(layer, Math.max(call, latest.get(layer) ?? 0));
  }
  return layers.flatMap((layer) => {
    const { name, model, calls } = layer;
    // Before Keras 3, a model within a model was called once when it was made: its first call here is number 1.
    const first = model !== undefined && latest.get(name) === calls.length ? 1 : 0;
    return calls.map((call, index) => ({ layer, call, key: `${name}/${index + first}` }));
  });
}
