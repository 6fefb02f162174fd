"""
Saves networks of keras.applications with random, disturbed weights, and what Keras computes with them, for keras-applications.ts:

    python bench/networks/keras_applications.py FOLDER [NAME...]

Needs Keras 3 with TensorFlow.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

names = [
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "ResNet50V2",
    "Xception",
]
# Those that are also saved as .h5 and .weights.h5.
also_hdf5 = ["ConvNeXtTiny", "MobileNetV2"]
# These rescale pixels themselves.
take_pixels = ["ConvNeXtTiny", "EfficientNetB0", "EfficientNetV2B0", "MobileNetV3Large"]
side = 96


def disturb(model, random):
    """Vectors begin as zeros and ones, with which many faults stay unseen; the last scale of a block would hide the block."""
    for variable in model.variables:
        values = keras.ops.convert_to_numpy(variable)
        if values.ndim != 1 or values.dtype != np.float32:
            continue
        if "variance" in variable.path:
            values = values * random.uniform(0.5, 1.5, values.shape)
        elif "gamma" in variable.path or "layer_scale" in variable.path:
            # ConvNeXt's scales are a millionth.
            values = random.uniform(0.5, 1.5, values.shape) * (1 if values.max() > 0.01 else 0.1)
        else:
            values = values + random.normal(0, 0.1, values.shape)
        variable.assign(values.astype("float32"))


def save(name, folder):
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(5)
    build = getattr(keras.applications, name)
    options = {"input_shape": (side, side, 3), "classes": 10, "classifier_activation": None}
    model = build(weights=None, **options)
    disturb(model, random)
    images = random.uniform(0, 255, (2, side, side, 3)).astype("float32")
    if name not in take_pixels:
        images = images / 127.5 - 1
    stem = os.path.join(folder, name)
    model.save(f"{stem}.keras")
    # Normalization computes with its weights only once they are loaded.
    model = keras.saving.load_model(f"{stem}.keras")
    if name in also_hdf5:
        model.save(f"{stem}.h5")
        model.save_weights(f"{stem}.weights.h5")
    np.save(f"{stem}.x.npy", images)
    np.save(f"{stem}.y.npy", keras.ops.convert_to_numpy(model(images, training=False)))
    print(name, flush=True)


folder, *chosen = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
for name in chosen or names:
    save(name, folder)
