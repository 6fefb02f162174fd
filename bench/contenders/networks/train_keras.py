"""Keras's step under tf.function; compiled by XLA if the second argument is `xla`."""
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from keras import layers
from train_job import LEARNING_RATE, MOMENTUM, SIDE, Job, builder_of, time_training

# repeats, kernel, stride, expansion, channels
LITE0 = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


def lite0():
    """EfficientNet-Lite0, which keras.applications lacks, with the layers of src/model/networks/efficientnet-lite0.ts."""

    def normalized(x, name, activate=True):
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
        return layers.ReLU(6, name=f"{name}_relu6")(x) if activate else x

    def convolution(x, name, filters, kernel=1, stride=1, activate=True):
        convolve = layers.Conv2D(filters, kernel, stride, "same", use_bias=False, name=f"{name}_conv")
        return normalized(convolve(x), name, activate)

    image = layers.Input((SIDE, SIDE, 3))
    x = convolution(image, "stem", 32, 3, 2)
    block = 0
    for repeats, kernel, stride, expansion, channels in LITE0:
        for repeat in range(repeats):
            name, entry = f"block{block}", x
            if expansion != 1:
                x = convolution(x, f"{name}_expand", expansion * x.shape[-1])
            step = stride if repeat == 0 else 1
            depthwise = layers.DepthwiseConv2D(kernel, step, "same", use_bias=False, name=f"{name}_depthwise_conv")
            x = normalized(depthwise(x), f"{name}_depthwise")
            x = convolution(x, f"{name}_project", channels, activate=False)
            if repeat > 0:
                x = layers.Add()([x, entry])
            block += 1
    return keras.Model(image, layers.GlobalAveragePooling2D()(convolution(x, "top", 1280)))


def network(job):
    whole = {"include_top": False, "pooling": "avg", "weights": None, "input_shape": (SIDE, SIDE, 3)}
    build = builder_of(
        job.net,
        {
            "resnet50-v2": lambda: keras.applications.ResNet50V2(**whole),
            "mobilenet-v2": lambda: keras.applications.MobileNetV2(**whole),
            "efficientnet-lite0": lite0,
        },
    )
    trunk = build()
    features = layers.Dropout(job.dropout)(trunk.outputs[0])
    model = keras.Model(trunk.inputs, layers.Dense(job.classes, name="logits")(features))
    weights = job.weights()
    for layer in model.layers:
        layer.set_weights(weights.pop(layer.name, []))
    assert not weights, f"Expected a layer for each weight but found none for {list(weights)}"
    return model


def main():
    xla = sys.argv[2:] == ["xla"]
    job = Job()
    model = network(job)
    optimizer = keras.optimizers.SGD(LEARNING_RATE, MOMENTUM)
    optimizer.build(model.trainable_variables)
    images, labels = tf.constant(job.images()), tf.constant(job.labels())

    @tf.function(jit_compile=xla)
    def forward():
        return model(images, training=False)

    @tf.function(jit_compile=xla)
    def step():
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    version = f"keras {keras.__version__}, tensorflow {tf.__version__}"
    time_training(job, lambda: forward().numpy(), lambda: step().numpy(), version)


if __name__ == "__main__":
    main()
