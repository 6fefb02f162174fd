"""Exports families of timm as export.py does, and saves the gradients of each network and its averages after a step's pass.

The request is export.py's. Writes NAME.onnx, NAME-images.npy, NAME-outputs.npy as export.py does, and NAME-gradients.safetensors of
the first images, a batch. It has the gradients of the mean cross-entropy, where the class of photo i is i, with frozen
normalisation: `float32/TENSOR` and, as torch computes with 64 bits, `float64/TENSOR`; and `averages/TENSOR` after one pass of the
batch in training.
"""

import copy
import json
import os
import sys

import numpy
import torch
from safetensors.torch import save_file

from export import prepared, run

# As in gradients.ts.
BATCH = 4


def main():
    request = json.loads(sys.argv[1])
    for name, side in request["families"]:
        file = os.path.join(request["folder"], name)
        model, images = prepared(name, side, request["photos"], f"{file}.onnx")
        numpy.save(f"{file}-images.npy", images)
        numpy.save(f"{file}-outputs.npy", run(f"{file}.onnx", images)[0])
        photos = torch.from_numpy(images[:BATCH])
        wide = copy.deepcopy(model).double()
        tensors = {f"float32/{key}": value for key, value in gradients(model, photos)}
        tensors |= {f"float64/{key}": value.float() for key, value in gradients(wide, photos.double())}
        with torch.no_grad():
            model.train()(photos)
        tensors |= {f"averages/{key}": value for key, value in model.named_buffers() if "running_" in key}
        save_file({key: value.detach().contiguous() for key, value in tensors.items()}, f"{file}-gradients.safetensors")
    print("{}")


def gradients(model, photos):
    classes = torch.arange(len(photos))
    torch.nn.functional.cross_entropy(model.eval()(photos), classes).backward()
    return [(key, value.grad) for key, value in model.named_parameters() if value.grad is not None]


if __name__ == "__main__":
    main()
