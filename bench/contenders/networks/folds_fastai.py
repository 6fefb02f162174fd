"""fastai's `fine_tune` with all its defaults, as its vision tutorial writes it: https://docs.fast.ai/tutorial.vision.html"""
import os

import fastai
import timm
import torch
from fastai.callback.core import Callback
from fastai.vision.all import CategoryBlock, ImageDataLoaders, Resize, accuracy, aug_transforms, vision_learner
from folds_job import Fold
from pandas import DataFrame

# The tutorial's sides: of the items, and of the batches that are cut from them.
ITEM_SIDE, BATCH_SIDE = 460, 224


class Times(Callback):
    # After the recorder, which validates.
    order = 60

    def __init__(self, fold):
        self.fold = fold

    def after_epoch(self):
        self.fold.epoch()


def dataloaders(job):
    rows = [
        (os.path.relpath(photo["file"], "/"), job["classNames"][photo["label"]], part == "held")
        for part in ("training", "held")
        for photo in job[part]
    ]
    return ImageDataLoaders.from_df(
        DataFrame(rows, columns=["file", "label", "held"]),
        path="/",
        y_block=CategoryBlock(vocab=job["classNames"], sort=False),
        valid_col="held",
        item_tfms=Resize(round(job["side"] * ITEM_SIDE / BATCH_SIDE)),
        batch_tfms=aug_transforms(size=job["side"]),
        num_workers=job["threads"],
        device="cpu",
    )


def main():
    fold = Fold()
    data = dataloaders(fold.job)
    learner = vision_learner(data, fold.arch, metrics=accuracy, pretrained_cfg_overlay=fold.pretrained)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(fold.job["epochs"], cbs=Times(fold))
        fold.end()
        probabilities, _ = learner.get_preds(dl=data.valid)
    fold.tell(probabilities, f"fastai {fastai.__version__}, timm {timm.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
