/** Global pooling that keeps the sides of images: tfjs-layers ignores the `keepdims` that Keras's layers have. */
import { tf } from '../../../tensorflow/index.js';
import { type LayerClass, replaceLayer } from '../stock-layers.js';

interface GlobalPoolingArguments {
  name?: string;
  /** Whether the result is [batch, 1, 1, channels] instead of [batch, channels]. By default false. */
  keepdims?: boolean;
}

/** tfjs-layers' layer, under its name and configuration, with `keepdims`. */
function withKeepdims(factory: 'globalAveragePooling2d' | 'globalMaxPooling2d'): void {
  const Stock = tf.layers[factory]({}).constructor as LayerClass;
  class GlobalPooling extends Stock {
    static override className = Stock.className;
    private readonly keepdims: boolean;

    constructor(args: GlobalPoolingArguments) {
      super(args);
      this.keepdims = args.keepdims ?? false;
    }

    override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor {
      return tf.tidy(() => {
        const means = super.call(inputs, kwargs as never) as tf.Tensor;
        const [batch, channels] = means.shape as [number, number];
        return this.keepdims ? means.reshape([batch, 1, 1, channels]) : means;
      });
    }

    override computeOutputShape(shape: tf.Shape): tf.Shape {
      const [batch, channels] = super.computeOutputShape(shape) as [number | null, number];
      return this.keepdims ? [batch, 1, 1, channels] : [batch, channels];
    }

    get needsBobbin(): boolean {
      return this.keepdims;
    }

    override getConfig() {
      return { ...super.getConfig(), ...(this.keepdims && { keepdims: true }) };
    }
  }
  replaceLayer(factory, GlobalPooling);
}

withKeepdims('globalAveragePooling2d');
withKeepdims('globalMaxPooling2d');
