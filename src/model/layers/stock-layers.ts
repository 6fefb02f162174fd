/** Puts a layer of Bobbin's in the place of tfjs-layers' own. */
import { tf } from '../../tensorflow/index.js';

/** The members that all classes of tfjs-layers have; it keeps most of the classes private. */
export interface LayerClass {
  // biome-ignore lint/suspicious/noExplicitAny: each class declares its own arguments.
  new (args: any): tf.layers.Layer;
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

/** From now on `tf.layers[factory]` and saved models make `Layer`, which extends the class that they made before. */
export function replaceLayer(factory: keyof typeof tf.layers, Layer: LayerClass): void {
  tf.serialization.registerClass(Layer);
  Object.assign(tf.layers, { [factory]: (args: unknown) => new Layer(args ?? {}) });
}
