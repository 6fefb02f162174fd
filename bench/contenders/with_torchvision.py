"""torchvision's v2 transforms under torch's DataLoader; decodes with torchvision, or with Pillow if the second argument is `pillow`."""
import sys

import PIL
import torch
import torchvision
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches
from PIL import Image
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2


class Files(torch.utils.data.Dataset):
    def __init__(self, files, pillow, transform):
        self.files, self.pillow, self.transform = files, pillow, transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        path = self.files[index]
        if self.pillow:
            image = v2.functional.pil_to_tensor(Image.open(path).convert("RGB"))
        else:
            image = decode_image(path, mode=ImageReadMode.RGB)
        return self.transform(image)


def transform(load, whole):
    if whole:
        steps = [v2.Resize((SIDE, SIDE), antialias=True)]
    else:
        crop = v2.RandomResizedCrop(SIDE, scale=AREA, ratio=RATIO, antialias=True)
        steps = [crop, v2.RandomHorizontalFlip()]
    if load == "everything":
        e = EVERYTHING
        steps.append(v2.ColorJitter(e["brightness"], e["contrast"], e["saturation"], e["hue"]))
    steps.append(v2.ToDtype(torch.float32, scale=True))
    if load == "everything":
        steps.append(v2.GaussianNoise(sigma=EVERYTHING["noise"] / 255))
    steps.append(v2.Normalize([127 / 255] * 3, [128 / 255] * 3))
    return v2.Compose(steps)


def batches(job, pillow):
    loader = torch.utils.data.DataLoader(
        Files(job["files"], pillow, transform(job["load"], job["whole"])),
        batch_size=job["batchSize"],
        shuffle=not job["whole"],
        num_workers=job["threads"],
        persistent_workers=True,
    )
    while True:
        yield from loader


if __name__ == "__main__":
    torch.set_num_threads(1)
    use_pillow = sys.argv[2:] == ["pillow"]
    name = f"torchvision {torchvision.__version__}" + (f", Pillow {PIL.__version__}" if use_pillow else "")
    this_job = read_job()
    time_batches(this_job, batches(this_job, use_pillow), name, lambda batch: batch.numpy())
