"""Shared by all contenders in Python: the job and the clock, like ../job.ts."""
import json
import sys
import time

import numpy as np

SIDE = 224
AREA = (0.08, 1.0)
RATIO = (3 / 4, 4 / 3)
EVERYTHING = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1, "noise": 5.0}


def read_job():
    """The job as a dictionary with the fields of Job in ../job.ts."""
    with open(sys.argv[1], encoding="utf8") as file:
        return json.load(file)


def time_batches(job, batches, version, to_numpy=np.asarray):
    """Writes the pixels of two epochs, or counts images for job["seconds"]; prints the outcome.

    `batches` yields float32 batches endlessly; their first dimension is the image. `to_numpy` is called
    only if pixels are needed.
    """
    measured = _time(job, batches) if job["pixels"] is None else _write(job, batches, to_numpy)
    print(json.dumps({**measured, "version": version}))
    sys.stdout.flush()


def _time(job, batches):
    # Images rendered ahead before the clock starts must not count.
    for _ in range(12 + 2 * job["threads"]):
        shape = next(batches).shape[1:]
    images, seconds, start = 0, 0.0, time.perf_counter()
    while seconds < job["seconds"]:
        images += len(next(batches))
        seconds = time.perf_counter() - start
    return {"images": images, "seconds": seconds, "shape": list(shape)}


def _write(job, batches, to_numpy):
    images = 0
    with open(job["pixels"], "wb") as file:
        while images < 2 * len(job["files"]):
            pixels = to_numpy(next(batches))
            if pixels.dtype != np.float32:
                raise TypeError(f"Expected float32 pixels but received {pixels.dtype}")
            pixels.tofile(file)
            images += len(pixels)
    return {"images": 0, "seconds": 0, "shape": list(pixels.shape[1:])}
