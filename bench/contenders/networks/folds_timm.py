"""timm's train.py made of timm's own parts, with that script's defaults and some of its flags; the script itself is in no package.

See https://github.com/huggingface/pytorch-image-models/blob/main/train.py. Of the epochs, the last one answers.
"""
import argparse

import timm
import torch
from folds_job import Fold
from timm.data import ImageDataset, create_loader, resolve_data_config
from timm.loss import LabelSmoothingCrossEntropy
from timm.optim import create_optimizer_v2
from timm.scheduler import create_scheduler_v2

# Defaults of the script, where those of timm's functions are others.
BASE_RATE, BASE_BATCH = 0.1, 256
WEIGHT_DECAY = 2e-5
SMOOTHING = 0.1


def flags():
    parser = argparse.ArgumentParser()
    parser.add_argument("job")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--warmup-epochs", type=int, default=5)
    parser.add_argument("--sched-on-updates", action="store_true")
    return parser.parse_args()


class Photos:
    """What timm calls a reader."""

    def __init__(self, photos):
        self.photos = photos

    def __len__(self):
        return len(self.photos)

    def __getitem__(self, index):
        return self.photos[index]["file"], self.photos[index]["label"]


def loader(job, part, batch, config):
    training = part == "training"
    return create_loader(
        ImageDataset("", reader=Photos(job[part])),
        input_size=config["input_size"],
        batch_size=batch,
        is_training=training,
        interpolation="random" if training else config["interpolation"],
        mean=config["mean"],
        std=config["std"],
        crop_pct=config["crop_pct"],
        num_workers=job["threads"],
        device=torch.device("cpu"),
    )


def train_epoch(net, training, optimizer, on_step):
    net.train()
    criterion = LabelSmoothingCrossEntropy(SMOOTHING)
    for images, labels in training:
        loss = criterion(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        on_step()


@torch.inference_mode()
def probabilities_of(net, held):
    net.eval()
    return torch.cat([net(images).softmax(1) for images, _ in held])


def main():
    given = flags()
    fold = Fold()
    job = fold.job
    # The script drops the last, smaller batch: a set that is smaller than one would not train.
    batch = min(given.batch_size, len(job["training"]))
    net = timm.create_model(fold.arch, pretrained=True, num_classes=job["classes"], pretrained_cfg_overlay=fold.pretrained)
    config = resolve_data_config({"input_size": (3, job["side"], job["side"])}, model=net)
    training, held = (loader(job, part, batch, config) for part in ("training", "held"))
    optimizer = create_optimizer_v2(net, opt="sgd", lr=BASE_RATE * batch / BASE_BATCH, weight_decay=WEIGHT_DECAY)
    by_updates = given.sched_on_updates
    scheduler, epochs = create_scheduler_v2(
        optimizer,
        num_epochs=job["epochs"],
        warmup_epochs=given.warmup_epochs,
        step_on_epochs=not by_updates,
        updates_per_epoch=len(training),
    )
    updates = 0

    def on_step():
        nonlocal updates
        updates += 1
        if by_updates:
            scheduler.step_update(updates)

    for epoch in range(epochs):
        train_epoch(net, training, optimizer, on_step)
        probabilities = probabilities_of(net, held)
        scheduler.step(epoch + 1)
        fold.epoch()
    fold.end()
    fold.tell(probabilities, f"timm {timm.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
