"""FFCV, with a file packed from the same JPEG bytes; FFCV has neither hue nor noise."""
import os
from importlib.metadata import version

import numpy as np
import torch
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches
from ffcv.fields import RGBImageField
from ffcv.fields.rgb_image import IMAGE_MODES, CenterCropRGBImageDecoder
from ffcv.fields.rgb_image import RandomResizedCropRGBImageDecoder
from ffcv.loader import Loader, OrderOption
from ffcv.transforms import NormalizeImage, RandomBrightness, RandomContrast, RandomHorizontalFlip
from ffcv.transforms import RandomSaturation, ToTensor, ToTorchImage
from ffcv.writer import DatasetWriter
from PIL import Image


class JpegField(RGBImageField):
    """FFCV's picture field, with the original bytes: FFCV's writer would compress the pixels again, into larger files."""

    def encode(self, destination, path, malloc):
        with Image.open(path) as image:
            destination["width"], destination["height"] = image.size
        jpeg = np.fromfile(path, np.uint8)
        destination["mode"] = IMAGE_MODES["jpg"]
        destination["data_ptr"], storage = malloc(jpeg.nbytes)
        storage[:] = jpeg

    @staticmethod
    def from_binary(binary):
        return JpegField()


class Paths(torch.utils.data.Dataset):
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return (self.files[index],)


def pack(job):
    """The packed file of the job's pictures, written once and renamed when complete."""
    packed = os.path.join(job["workspace"], "ffcv-jpeg.beton")
    if not os.path.exists(packed):
        unfinished = packed + ".unfinished"
        writer = DatasetWriter(unfinished, {"image": JpegField()}, num_workers=job["threads"])
        writer.from_indexed_dataset(Paths(job["files"]))
        os.rename(unfinished, packed)
    return packed


def steps(load, whole):
    if whole:
        decoder = [CenterCropRGBImageDecoder((SIDE, SIDE), 1)]
    else:
        decoder = [RandomResizedCropRGBImageDecoder((SIDE, SIDE), AREA, RATIO)]
        decoder.append(RandomHorizontalFlip())
    colour = []
    if load == "everything":
        e = EVERYTHING
        # By default each would change only every second picture.
        colour = [RandomBrightness(e["brightness"], 1), RandomContrast(e["contrast"], 1)]
        colour.append(RandomSaturation(e["saturation"], 1))
    normalize = NormalizeImage(np.full(3, 127.0), np.full(3, 128.0), np.float32)
    return [*decoder, *colour, normalize, ToTensor(), ToTorchImage()]


def batches(job):
    loader = Loader(
        pack(job),
        batch_size=job["batchSize"],
        num_workers=job["threads"],
        order=OrderOption.SEQUENTIAL if job["whole"] else OrderOption.RANDOM,
        os_cache=True,
        pipelines={"image": steps(job["load"], job["whole"])},
        custom_fields={"image": JpegField},
    )
    while True:
        for (images,) in loader:
            yield images


if __name__ == "__main__":
    torch.set_num_threads(1)
    this_job = read_job()
    name = f"FFCV {version('ffcv')}"
    time_batches(this_job, batches(this_job), name, lambda batch: batch.contiguous().numpy())
    # The loader's thread may wait forever for a consumer of its batches.
    os._exit(0)
