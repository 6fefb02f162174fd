"""The part that training contenders in Python share: inputs, weights, the check and the clock; the twin of ../../train/job.ts."""
import json
import pathlib
import resource
import statistics
import sys
import time

import numpy as np

CHECKED_STEPS = 3
WARM_UP_STEPS = 2
SIDE = 224
CLASSES = 1000
LEARNING_RATE = 3e-5
MOMENTUM = 0.9


class Job:
    """One TrainJob of ../../train/job.ts with its inputs."""

    def __init__(self):
        self.given = given = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf8"))
        self.net, self.steps, self.threads = given["net"], given["steps"], given["threads"]
        self.classes, self.dropout = given.get("classes", CLASSES), given.get("dropout", 0)
        self._batch, self._folder = given["batch"], pathlib.Path(given["folder"])

    def images(self):
        """[batch, 224, 224, 3]"""
        count = self._batch * SIDE * SIDE * 3
        return np.fromfile(self._folder / "images.f32", "<f4", count).reshape(-1, SIDE, SIDE, 3)

    def labels(self):
        return np.array(json.loads((self._folder / "labels.json").read_text()))[: self._batch]

    def weights(self):
        """The weights of each layer by its name, in Keras's order and layout."""
        values = np.fromfile(self._folder / "weights.f32", "<f4")
        layers, at = {}, 0
        for entry in json.loads((self._folder / "weights.json").read_text()):
            count = int(np.prod(entry["shape"]))
            layer = layers.setdefault(entry["name"].split("/")[0], [])
            layer.append(values[at : at + count].reshape(entry["shape"]))
            at += count
        return layers


def builder_of(net, builders):
    """The builder of a network; without one the process ends with a sentence, and the benchmark leaves it out."""
    if net not in builders:
        sys.exit(f"this contender does not build {net}, only {', '.join(builders)}")
    return builders[net]


def time_training(job, forward, step, version):
    """Checks, warms up and times; prints the TrainOutcome.

    `forward` returns logits, [batch, 1000], as a numpy array; `step` returns the loss before the update as a number.
    """
    logits = forward()[0].tolist()
    losses = [float(step()) for _ in range(CHECKED_STEPS)]
    for _ in range(WARM_UP_STEPS):
        step()
    outcome = {
        "logits": logits,
        "losses": losses,
        "msPerStep": _median_ms(job.steps, step),
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "version": version,
    }
    print(json.dumps(outcome))
    sys.stdout.flush()


def _median_ms(times, run):
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        durations.append(1000 * (time.perf_counter() - start))
    return statistics.median(durations)
