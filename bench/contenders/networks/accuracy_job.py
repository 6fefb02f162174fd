"""The part that contenders in Python which train to an accuracy share: the rate of a step, the clock and the outcome."""
import json
import math
import sys
import time

MEAN, DEVIATION = 127, 128
RATIO = (3 / 4, 4 / 3)


def rate_of(job, steps_per_epoch):
    """The learning rate of a step, from 0: a linear warm-up and a cosine, as src/training/schedule/cosine.ts has them."""
    most, rising = job["learningRate"], job["warmUp"] * steps_per_epoch
    falling = job["epochs"] * steps_per_epoch - rising

    def rate(step):
        if step < rising:
            return most * (step + 1) / (rising + 1)
        return most * (1 + math.cos(math.pi * (step - rising) / falling)) / 2

    return rate


class Clock:
    """Takes the accuracy after each epoch; `end` prints the AccuracyOutcome of ../../accuracy/job.ts."""

    def __init__(self):
        self.epochs, self.began = [], time.perf_counter()

    def epoch(self, accuracy):
        now = time.perf_counter()
        self.epochs.append({"seconds": now - self.began, "accuracy": float(accuracy)})
        self.began = now

    def end(self, version):
        print()
        print(json.dumps({"epochs": self.epochs, "version": version}))
        sys.stdout.flush()
