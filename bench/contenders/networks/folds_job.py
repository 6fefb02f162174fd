"""The part that contenders in Python which train on a fold share: the job, the pretrained weights under timm's names, the clock, the predictions and the outcome."""
import csv
import json
import sys
import time

import timm
import torch
from train_job import Job
from train_torch_nets import network

# Bobbin's networks by the name of the same network in timm.
TIMM_NAMES = {"efficientnet-lite0": "tf_efficientnet_lite0"}


class Fold:
    """One FoldJob of ../../folds/job.ts. The clock runs from here to `end`, which comes after the last epoch."""

    def __init__(self):
        shared = Job()
        self.job = job = shared.given
        self.arch = TIMM_NAMES[job["net"]]
        # As timm's `pretrained_cfg_overlay`, this stands for its download.
        self.pretrained = {"state_dict": trunk(network(job["net"], job["classes"], shared.weights()), self.arch)}
        torch.manual_seed(job["seed"])
        torch.set_num_threads(job["threads"])
        self._epochs = []
        self._began = self._last = time.perf_counter()

    def epoch(self):
        now = time.perf_counter()
        self._epochs.append(now - self._last)
        self._last = now

    def end(self):
        self._seconds = time.perf_counter() - self._began

    def tell(self, probabilities, version):
        """Writes `probabilities`, [held images, classes], as `bobbin evaluate --predictions` does, and prints the FoldOutcome."""
        job = self.job
        with open(job["predictions"], "w", encoding="utf8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["path", "offset", "task", "fold", "label", *(f"p_{name}" for name in job["classNames"])])
            for photo, row in zip(job["held"], probabilities.tolist(), strict=True):
                label = job["classNames"][photo["label"]]
                table.writerow([photo["path"], "", job["task"], job["fold"], label, *(f"{p:.9g}" for p in row)])
        print()
        print(json.dumps({"seconds": self._seconds, "epochs": self._epochs, "version": version}))
        sys.stdout.flush()


def trunk(own, arch):
    """The weights of `own`, without its head, under the names of timm's `arch`: both have their layers in the order of the forward pass."""
    model = timm.create_model(arch, num_classes=own.logits.out_features)
    states = {}
    for (name, value), given in zip(model.state_dict().items(), own.state_dict().values(), strict=True):
        assert value.shape == given.shape, f"Expected {tuple(value.shape)} for {name} but received {tuple(given.shape)}"
        states[name] = given
    return {name: value for name, value in states.items() if not name.startswith("classifier.")}
