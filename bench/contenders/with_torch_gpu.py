"""nvJPEG through torchvision, and transforms on the device: torchvision's v2, or kornia's colours if the second argument is `kornia`."""
import random
import sys
from concurrent.futures import ThreadPoolExecutor

import torch
import torchvision
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches
from torchvision.io import ImageReadMode, decode_jpeg, read_file
from torchvision.transforms import v2

DEVICE = "cuda"


def crop(whole):
    """Crops each image separately, because images differ in size."""
    if whole:
        return v2.Resize((SIDE, SIDE), antialias=True)
    return v2.RandomResizedCrop(SIDE, scale=AREA, ratio=RATIO, antialias=True)


def with_v2(load, whole):
    """Every transform draws once for each call, so each image needs its own call."""
    steps = [crop(whole)] + ([] if whole else [v2.RandomHorizontalFlip()])
    e = EVERYTHING
    if load == "everything":
        steps.append(v2.ColorJitter(e["brightness"], e["contrast"], e["saturation"], e["hue"]))
    steps.append(v2.ToDtype(torch.float32, scale=True))
    if load == "everything":
        steps.append(v2.GaussianNoise(sigma=e["noise"] / 255))
    steps.append(v2.Normalize([127 / 255] * 3, [128 / 255] * 3))
    transform = v2.Compose(steps)
    return lambda images: torch.stack([transform(image) for image in images])


def with_kornia(load, whole):
    """Colours, mirror and noise of kornia process a batch and draw for each image."""
    from kornia import augmentation

    e = EVERYTHING
    steps = [] if whole else [augmentation.RandomHorizontalFlip()]
    if load == "everything":
        strengths = e["brightness"], e["contrast"], e["saturation"], e["hue"]
        steps.append(augmentation.ColorJitter(*strengths, p=1.0))
        steps.append(augmentation.RandomGaussianNoise(0.0, e["noise"] / 255, p=1.0))
    batch = torch.nn.Sequential(*steps)
    resize = crop(whole)

    def transform(images):
        levels = torch.stack([resize(image) for image in images]).float() / 255
        return (batch(levels).clamp(0, 1) - 127 / 255) / (128 / 255)

    return transform


def file_batches(job):
    """Endless lists of the bytes of files; threads read the next batch ahead."""
    readers = ThreadPoolExecutor(job["threads"])
    count, size = len(job["files"]), job["batchSize"]
    ahead = None
    while True:
        order = range(count) if job["whole"] else random.sample(range(count), count)
        for start in range(0, count, size):
            files = [job["files"][i] for i in order[start : start + size]]
            ready, ahead = ahead, [readers.submit(read_file, file) for file in files]
            if ready is not None:
                yield [reading.result() for reading in ready]


def batches(job, transform):
    before = None
    for files in file_batches(job):
        batch = transform(decode_jpeg(files, mode=ImageReadMode.RGB, device=DEVICE))
        done = torch.cuda.Event()
        done.record()
        # The device may work on one batch while the next is requested, but not on more.
        if before is not None:
            before.synchronize()
        before = done
        yield batch


if __name__ == "__main__":
    this_job = read_job()
    name = f"torchvision {torchvision.__version__}, CUDA {torch.version.cuda}"
    make = with_v2
    if sys.argv[2:] == ["kornia"]:
        import kornia

        name, make = f"kornia {kornia.__version__}, {name}", with_kornia
    transform = make(this_job["load"], this_job["whole"])
    time_batches(this_job, batches(this_job, transform), name, lambda batch: batch.cpu().numpy())
