"""What every contender written in Python shares: its job, the check before the clock, and the clock; the twin of ../job.ts."""
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
    """Checks, warms up, counts images for job["seconds"] and prints the outcome.

    `batches` yields float32 batches without end, first dimension the images; `to_numpy` is called
    only while checking.
    """
    statistics = _summarize(batches, job["checkImages"], to_numpy)
    # What was rendered ahead during the check must not be counted.
    for _ in range(4 + 2 * job["threads"]):
        next(batches)
    images, seconds, start = 0, 0.0, time.perf_counter()
    while seconds < job["seconds"]:
        images += len(next(batches))
        seconds = time.perf_counter() - start
    print(json.dumps({"images": images, "seconds": seconds, **statistics, "version": version}))
    sys.stdout.flush()


def _summarize(batches, check_images, to_numpy):
    images, parts = 0, []
    while images < check_images:
        pixels = to_numpy(next(batches))
        if pixels.dtype != np.float32:
            raise TypeError(f"Expected float32 pixels but received {pixels.dtype}")
        doubles = pixels.astype(np.float64)
        parts.append((doubles.size, doubles.sum(), (doubles**2).sum(), pixels.min(), pixels.max()))
        shape, images = pixels.shape[1:], images + len(pixels)
    count, total, squares, low, high = zip(*parts)
    mean = sum(total) / sum(count)
    return {
        "shape": list(shape),
        "minimum": float(min(low)),
        "maximum": float(max(high)),
        "mean": mean,
        "deviation": (sum(squares) / sum(count) - mean**2) ** 0.5,
    }
