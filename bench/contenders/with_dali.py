"""NVIDIA DALI: fused decode of a random window, then its own operators; on GPU 0 if the second argument is `gpu`."""
import sys

import numpy as np
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches
from nvidia import dali
from nvidia.dali import fn, pipeline_def, types


@pipeline_def
def pipeline(files, load, whole, decoder):
    contents, _ = fn.readers.file(files=files, random_shuffle=not whole, name="files")
    if whole:
        images = fn.decoders.image(contents, device=decoder, output_type=types.RGB)
    else:
        images = fn.decoders.image_random_crop(
            contents,
            device=decoder,
            output_type=types.RGB,
            random_area=list(AREA),
            random_aspect_ratio=list(RATIO),
            num_attempts=10,
        )
    images = fn.resize(images, size=[SIDE, SIDE], interp_type=types.INTERP_LINEAR, antialias=True)
    if load == "everything":
        e = EVERYTHING

        def around_one(strength):
            return fn.random.uniform(range=[1 - strength, 1 + strength])

        images = fn.color_twist(
            images,
            brightness=around_one(e["brightness"]),
            contrast=around_one(e["contrast"]),
            saturation=around_one(e["saturation"]),
            hue=fn.random.uniform(range=[-360 * e["hue"], 360 * e["hue"]]),
        )
        images = fn.noise.gaussian(images, stddev=e["noise"])
    return fn.crop_mirror_normalize(
        images,
        dtype=types.FLOAT,
        output_layout="HWC",
        mean=[127.0] * 3,
        std=[128.0] * 3,
        mirror=0 if whole else fn.random.coin_flip(),
    )


def batches(job, gpu):
    built = pipeline(
        job["files"],
        job["load"],
        job["whole"],
        # The operators after the decoder run on the device of its images.
        "mixed" if gpu else "cpu",
        batch_size=job["batchSize"],
        num_threads=job["threads"],
        device_id=0 if gpu else None,
        prefetch_queue_depth=2,
    )
    built.build()
    while True:
        (images,) = built.run()
        # A view: the pipeline does not reuse the memory until the next run.
        yield Batch(images) if gpu else np.asarray(images.as_tensor())


class Batch:
    """A batch that stays on the GPU unless its pixels are needed."""

    def __init__(self, images):
        self.images = images
        self.shape = [len(images), *images[0].shape()]

    def __len__(self):
        return len(self.images)

    def pixels(self):
        return np.asarray(self.images.as_cpu().as_tensor())


on_gpu = sys.argv[2:] == ["gpu"]
this_job = read_job()
to_numpy = Batch.pixels if on_gpu else np.asarray
time_batches(this_job, batches(this_job, on_gpu), f"DALI {dali.__version__}", to_numpy)
