"""A training loop of PyTorch on torchvision's transforms; compiled if the second argument is `compile`."""
import sys

import torch
import torchvision
from accuracy_job import DEVIATION, MEAN, RATIO, Clock, rate_of
from torch.nn import functional
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2
from train_job import Job
from train_torch_nets import network


class Photos(torch.utils.data.Dataset):
    def __init__(self, photos, transform):
        self.photos, self.transform = photos, transform

    def __len__(self):
        return len(self.photos)

    def __getitem__(self, index):
        path, label = self.photos[index]
        return self.transform(decode_image(path, mode=ImageReadMode.RGB)), label


def loader(job, name):
    training = name == "training"
    if training:
        jitter = [job["jitter"]] * 3
        steps = [
            v2.RandomResizedCrop(job["side"], scale=job["area"], ratio=RATIO, antialias=True),
            v2.RandomHorizontalFlip(),
            v2.ColorJitter(*jitter),
        ]
    else:
        steps = [v2.Resize(job["resize"], antialias=True), v2.CenterCrop(job["side"])]
    scaled = [v2.ToDtype(torch.float32, scale=True), v2.Normalize([MEAN / 255] * 3, [DEVIATION / 255] * 3)]
    return torch.utils.data.DataLoader(
        Photos(job[name], v2.Compose(steps + scaled)),
        batch_size=job["batch"],
        shuffle=training,
        num_workers=job["threads"],
        persistent_workers=True,
    )


def groups(net, decay):
    kernels = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim < 2]
    return [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def main():
    shared = Job()
    job = shared.given
    torch.manual_seed(job["seed"])
    torch.set_num_threads(job["threads"])
    layout = torch.channels_last
    net = network(job["net"], job["classes"], shared.weights(), job["dropout"]).to(memory_format=layout)
    run = torch.compile(net) if "compile" in sys.argv[2:] else net
    optimizer = torch.optim.SGD(groups(net, job["weightDecay"]), job["learningRate"], job["momentum"])
    training, validation = loader(job, "training"), loader(job, "validation")
    rate = rate_of(job, len(training))
    clock, step = Clock(), 0
    for _ in range(job["epochs"]):
        net.train()
        for images, labels in training:
            for group in optimizer.param_groups:
                group["lr"] = rate(step)
            logits = run(images.to(memory_format=layout))
            loss = functional.cross_entropy(logits, labels, label_smoothing=job["labelSmoothing"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        net.eval()
        with torch.inference_mode():
            hits = sum((run(x.to(memory_format=layout)).argmax(1) == y).sum().item() for x, y in validation)
        clock.epoch(hits / len(job["validation"]))
    clock.end(f"torch {torch.__version__}, torchvision {torchvision.__version__}")


if __name__ == "__main__":
    main()
