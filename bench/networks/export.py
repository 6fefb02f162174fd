"""Exports families of timm to ONNX, with disturbed random weights, and saves what ONNX Runtime computes of photos.

The request is JSON: `folder` to write to, `photos`, and `families`, pairs of timm's name and a side of images (null: the network's
own). Writes NAME.onnx, NAME-images.npy and NAME-outputs.npy, and prints the milliseconds of the processor that ONNX Runtime takes.
"""

import json
import logging
import os
import sys
import time
import warnings

import numpy
import onnxruntime
import timm
import torch
from PIL import Image

from disturb import disturb


def main():
    request = json.loads(sys.argv[1])
    times = {}
    for name, side in request["families"]:
        file = os.path.join(request["folder"], name)
        _, images = prepared(name, side, request["photos"], f"{file}.onnx")
        numpy.save(f"{file}-images.npy", images)
        outputs, times[name] = run(f"{file}.onnx", images)
        numpy.save(f"{file}-outputs.npy", outputs)
    print(json.dumps(times))


def prepared(name, side, photos, file):
    """A disturbed network, exported to `file`, and the images that it takes of the photos."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    model, side = create(name, side)
    images = pictures(photos, side)
    disturb(model, torch.from_numpy(images))
    axes = {"images": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(model.eval(), (torch.from_numpy(images[:2]),), file, dynamo=False, opset_version=17,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, input_names=["images"],
                      output_names=["logits"], dynamic_axes=axes)
    return model, images


def create(name, side):
    torch.manual_seed(1)
    if side is not None:
        try:
            return timm.create_model(name, num_classes=100, img_size=side), side
        except TypeError:
            return timm.create_model(name, num_classes=100), side
    model = timm.create_model(name, num_classes=100)
    return model, model.pretrained_cfg["input_size"][-1]


def pictures(files, side):
    """[photos, 3, side, side] in the units of ImageNet's usual preprocessing."""
    opened = (Image.open(file).convert("RGB").resize((side, side), Image.BILINEAR) for file in files)
    pixels = numpy.stack([numpy.asarray(image, "float32") for image in opened]) / 255
    return ((pixels - 0.45) / 0.225).transpose(0, 3, 1, 2).copy()


def run(file, images):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    taken = []
    for _ in range(2):
        began = time.process_time()
        [outputs] = session.run(None, {"images": images})
        taken.append(1000 * (time.process_time() - began))
    return outputs, min(taken)


if __name__ == "__main__":
    main()
