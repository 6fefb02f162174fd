"""Keras's `fit` on tf.data: fused crop-and-decode, antialiased resize and jitter in a parallel map."""
import math
import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from accuracy_job import DEVIATION, MEAN, RATIO, Clock, rate_of
from train_job import Job
from train_keras import network


def crop(contents, job):
    begin, size, _ = tf.image.sample_distorted_bounding_box(
        tf.io.extract_jpeg_shape(contents),
        bounding_boxes=tf.constant([[[0.0, 0.0, 1.0, 1.0]]]),
        aspect_ratio_range=RATIO,
        area_range=job["area"],
        max_attempts=10,
        use_image_if_no_bounding_boxes=True,
        min_object_covered=0.0,
    )
    window = tf.stack([begin[0], begin[1], size[0], size[1]])
    image = tf.image.decode_and_crop_jpeg(contents, window, channels=3)
    image = tf.image.resize(image, [job["side"]] * 2, antialias=True)
    return tf.image.random_flip_left_right(image)


def jittered(image, jitter):
    image = image / 255.0
    image = image * tf.random.uniform([], 1 - jitter, 1 + jitter)
    image = tf.image.random_contrast(image, 1 - jitter, 1 + jitter)
    image = tf.image.random_saturation(tf.clip_by_value(image, 0.0, 1.0), 1 - jitter, 1 + jitter)
    return tf.clip_by_value(image, 0.0, 1.0) * 255.0


def centre(contents, job):
    image = tf.cast(tf.io.decode_jpeg(contents, channels=3), tf.float32)
    sides = tf.cast(tf.shape(image)[:2], tf.float32)
    short = tf.reduce_min(sides)
    scaled = tf.cast(sides * (job["resize"] / short), tf.int32)
    image = tf.image.resize(image, scaled, antialias=True)
    return tf.image.resize_with_crop_or_pad(image, job["side"], job["side"])


def dataset(photos, job, training):
    def render(path, label):
        contents = tf.io.read_file(path)
        image = jittered(crop(contents, job), job["jitter"]) if training else centre(contents, job)
        return (image - MEAN) / DEVIATION, tf.one_hot(label, job["classes"])

    files, labels = zip(*photos, strict=True)
    data = tf.data.Dataset.from_tensor_slices((list(files), list(labels)))
    if training:
        data = data.shuffle(len(files), seed=job["seed"])
    data = data.map(render, num_parallel_calls=tf.data.AUTOTUNE)
    return data.batch(job["batch"]).prefetch(tf.data.AUTOTUNE)


@keras.saving.register_keras_serializable()
class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, job, steps_per_epoch):
        rate = rate_of(job, steps_per_epoch)
        self.rates = [rate(step) for step in range(job["epochs"] * steps_per_epoch)]

    def __call__(self, step):
        return tf.gather(tf.constant(self.rates, tf.float32), tf.cast(step, tf.int32))

    def get_config(self):
        return {}


class Times(keras.callbacks.Callback):
    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def on_epoch_end(self, epoch, logs=None):
        self.clock.epoch(logs["val_accuracy"])


def main():
    shared = Job()
    job = shared.given
    keras.utils.set_random_seed(job["seed"])
    model = network(shared)
    steps = math.ceil(len(job["training"]) / job["batch"])
    optimizer = keras.optimizers.SGD(Rate(job, steps), job["momentum"], weight_decay=job["weightDecay"])
    optimizer.exclude_from_weight_decay(var_list=[v for v in model.trainable_variables if len(v.shape) < 2])
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=job["labelSmoothing"])
    model.compile(optimizer, smoothed, metrics=["accuracy"], jit_compile=False)
    training, validation = (dataset(job[name], job, name == "training") for name in ("training", "validation"))
    clock = Clock()
    model.fit(training, epochs=job["epochs"], validation_data=validation, verbose=0, callbacks=[Times(clock)])
    clock.end(f"keras {keras.__version__}, tensorflow {tf.__version__}")


main()
