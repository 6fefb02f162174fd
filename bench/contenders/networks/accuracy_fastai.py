"""fastai's Learner with its own data block, transforms, optimizer and scheduler."""
from functools import partial

import fastai
import torch
from accuracy_job import DEVIATION, MEAN, RATIO, Clock, rate_of
from fastai.callback.core import Callback
from fastai.callback.schedule import ParamScheduler
from fastai.data.all import CategoryBlock, ColReader, DataBlock, ColSplitter
from fastai.learner import Learner
from fastai.losses import LabelSmoothingCrossEntropyFlat
from fastai.metrics import accuracy
from fastai.optimizer import SGD
from fastai.vision.all import ImageBlock, Normalize, RandomResizedCrop, Saturation, aug_transforms
from pandas import DataFrame
from train_job import Job
from train_torch_nets import network


class Times(Callback):
    # After the recorder, whose values it reads.
    order = 60

    def __init__(self, clock):
        self.clock = clock

    def after_epoch(self):
        self.clock.epoch(self.recorder.values[-1][-1])


def dataloaders(job):
    rows = [(path, label, name == "validation") for name in ("training", "validation") for path, label in job[name]]
    jitter = job["jitter"]
    block = DataBlock(
        blocks=(ImageBlock, CategoryBlock(vocab=list(range(job["classes"])))),
        get_x=ColReader("path"),
        get_y=ColReader("label"),
        splitter=ColSplitter("held"),
        item_tfms=RandomResizedCrop(job["side"], min_scale=job["area"][0], ratio=RATIO, val_xtra=job["resize"] / job["side"] - 1),
        batch_tfms=[
            *aug_transforms(max_rotate=0, max_zoom=1, max_warp=0, max_lighting=jitter, p_lighting=1),
            Saturation(max_lighting=jitter, p=1),
            Normalize.from_stats([MEAN / 255] * 3, [DEVIATION / 255] * 3, cuda=False),
        ],
    )
    frame = DataFrame(rows, columns=["path", "label", "held"])
    return block.dataloaders(frame, bs=job["batch"], num_workers=job["threads"], drop_last=False, device="cpu")


def main():
    shared = Job()
    job = shared.given
    torch.manual_seed(job["seed"])
    torch.set_num_threads(job["threads"])
    data = dataloaders(job)
    net = network(job["net"], job["classes"], shared.weights(), job["dropout"])
    learner = Learner(
        data,
        net,
        loss_func=LabelSmoothingCrossEntropyFlat(eps=job["labelSmoothing"]),
        opt_func=partial(SGD, mom=job["momentum"], decouple_wd=False),
        wd=job["weightDecay"],
        metrics=accuracy,
    )
    steps = len(data.train)
    rate = rate_of(job, steps)
    total = job["epochs"] * steps
    # ParamScheduler gives the share of the run that is done.
    schedule = ParamScheduler({"lr": lambda share: rate(round(share * total))})
    clock = Clock()
    with learner.no_bar(), learner.no_logging():
        learner.fit(job["epochs"], cbs=[schedule, Times(clock)])
    clock.end(f"fastai {fastai.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
