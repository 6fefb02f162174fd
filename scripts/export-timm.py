"""Exports a network of timm or torchvision to ONNX, as `npx bobbin import` likes it best.

    pip install timm onnx                     # or torchvision onnx; torch comes with both
    python export-timm.py resnet50 --out resnet50.onnx
    npx bobbin import resnet50.onnx --out resnet50

Normalisations stay as they are, weights keep the names of the state dict, and batches may have any length. The file's metadata
have the preprocessing (timm's `pretrained_cfg`), the names of the classes, and what PyTorch computes of an image of noise, so
that import checks itself. Tried with torch 2.15, timm 1.0.31, torchvision 0.30 and onnx 1.23.
"""

import argparse
import json
import sys
import warnings


def main():
    arguments = parse()
    try:
        import onnx
        import torch
    except ImportError as error:
        sys.exit(f"export-timm.py needs {error.name}: pip install timm onnx")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    model, config, labels = create(arguments)
    if arguments.weights:
        load(model, arguments.weights)
    model.eval()
    side = arguments.size or config["input_size"][-1]
    config["input_size"] = [3, side, side]
    names = {"input_names": ["images"], "output_names": ["logits"]}
    torch.onnx.export(
        model, (torch.zeros(2, 3, side, side),), arguments.out, dynamo=False, opset_version=arguments.opset,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}}, **names)
    metadata = {"pretrained_cfg": config, "reference": reference(model, side)}
    if labels is not None:
        metadata["labels"] = labels
    file = onnx.load(arguments.out)
    onnx.helper.set_model_props(file, {key: json.dumps(value) for key, value in metadata.items()})
    onnx.save(file, arguments.out)
    print(f"{arguments.out}: {side} x {side} pixels, {sum(each.numel() for each in model.parameters()):,} parameters")


def parse():
    parser = argparse.ArgumentParser(description="Exports a network of timm or torchvision to ONNX.")
    parser.add_argument("name", help="of the network: resnet50, convnext_tiny.fb_in22k, …")
    parser.add_argument("--out", required=True, help="the file to write, .onnx")
    parser.add_argument("--library", choices=["timm", "torchvision"], default="timm", help="that has the network (default: timm)")
    parser.add_argument("--pretrained", action=argparse.BooleanOptionalAction, default=True,
                        help="published weights, which the library downloads (default); random ones otherwise")
    parser.add_argument("--weights", help="file of a state dict, .safetensors or .pth, in their place")
    parser.add_argument("--classes", type=int, help="outputs of the head; 0 for none: the network then gives features")
    parser.add_argument("--size", type=int, help="side of the images (default: that of the weights)")
    parser.add_argument("--opset", type=int, default=17, help="of ONNX, from 9 to 20 (default: 17)")
    return parser.parse_args()


def create(arguments):
    """The network, its preprocessing in the form of timm's pretrained_cfg, and the names of its classes if they are known."""
    pretrained = arguments.pretrained and not arguments.weights
    try:
        if arguments.library == "timm":
            return of_timm(arguments, pretrained)
        return of_torchvision(arguments, pretrained)
    except ImportError as error:
        sys.exit(f"export-timm.py needs {error.name}: pip install {error.name}")


def of_timm(arguments, pretrained):
    import timm
    from timm.data import ImageNetInfo, infer_imagenet_subset, resolve_data_config

    options = {} if arguments.classes is None else {"num_classes": arguments.classes}
    if arguments.size is not None:
        options["img_size"] = arguments.size
    try:
        model = timm.create_model(arguments.name, pretrained=pretrained, **options)
    except TypeError:
        # Convolutional networks take images of any size, and no option of it.
        options.pop("img_size", None)
        model = timm.create_model(arguments.name, pretrained=pretrained, **options)
    fields = ("input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std")
    found = resolve_data_config({}, model=model)
    config = {key: found[key] for key in fields}
    config["classifier"] = model.pretrained_cfg.get("classifier")
    labels = None
    if pretrained and arguments.classes is None:
        subset = infer_imagenet_subset(model)
        if subset is not None:
            info = ImageNetInfo(subset)
            labels = [info.index_to_description(index) for index in range(model.num_classes)]
    return model, config, labels


def of_torchvision(arguments, pretrained):
    from torchvision import models

    weights = models.get_model_weights(arguments.name).DEFAULT
    options = {} if arguments.classes is None or pretrained else {"num_classes": arguments.classes}
    model = models.get_model(arguments.name, weights=weights if pretrained else None, **options)
    if pretrained and arguments.classes is not None:
        sys.exit("export-timm.py: --classes of torchvision's networks needs --no-pretrained or --weights")
    transforms = weights.transforms()
    crop, resize = transforms.crop_size[0], transforms.resize_size[0]
    config = {
        "input_size": [3, crop, crop],
        "interpolation": transforms.interpolation.value,
        # The short side is cut to whole pixels of crop / crop_pct.
        "crop_pct": crop / (resize + 1e-3),
        "crop_mode": "center",
        "mean": list(transforms.mean),
        "std": list(transforms.std),
    }
    return model, config, weights.meta["categories"] if pretrained else None


def load(model, path):
    import torch

    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        state = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state.get("model", state))
    model.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})


def reference(model, side):
    """What PyTorch computes of noise: number i is the hash of i, the last step of MurmurHash3, scaled to −1…1."""
    import numpy
    import torch

    shape = [1, 3, side, side]
    bits = numpy.arange(1, 3 * side * side + 1, dtype=numpy.uint32)
    bits = (bits ^ (bits >> 16)) * numpy.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * numpy.uint32(0xC2B2AE35)
    noise = ((bits ^ (bits >> 16)) / 2.0**31 - 1).astype("float32").reshape(shape)
    with torch.no_grad():
        logits = model(torch.from_numpy(noise))
    return {"images": shape, "shape": list(logits.shape), "outputs": logits.flatten().tolist()}


if __name__ == "__main__":
    main()
