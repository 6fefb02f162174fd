/** How a layer of Bobbin's takes the place of tfjs-layers' own. */
import { tf } from '../../tensorflow/index.js';

/** What tfjs-layers' classes have in common; it keeps most of them private. */
export interface LayerClass {
  // biome-ignore lint/suspicious/noExplicitAny: each class declares its own arguments.
  new (args: any): tf.layers.Layer;
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

/** `tf.layers[factory]` and saved models make `Layer` from now on, which extends the class they made before. */
export function replaceLayer(factory: keyof typeof tf.layers, Layer: LayerClass): void {
  tf.serialization.registerClass(Layer);
  Object.assign(tf.layers, { [factory]: (args: unknown) => new Layer(args ?? {}) });
}
