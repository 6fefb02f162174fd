"""Compares the pixels that quality.ts rendered: python quality.py FOLDER reads series.json; prints rows as JSON.

Crops: Pillow's antialiased resize of the same window, rounded to levels by Pillow; without the border of a padded photo.
Colour: torchvision's brightness, contrast and saturation in floats, then a rotation of YIQ's colour plane
(torchvision's hue uses HSV, a different operation), clamped to 0…255 once at the end.
"""
import json
import pathlib
import statistics
import sys

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision.transforms.v2 import functional

GREY = np.array([0.299, 0.587, 0.114])
# NTSC 1953, as in Smith and Lyon, SIGGRAPH 1978; the first row is the luma of ITU-R BT.601.
TO_YIQ = np.array([GREY, [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]])


def picture(path):
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}


def rectangle(of):
    return tuple(of[key] for key in ("left", "top", "width", "height"))


def crop_by_pillow(image, recipe, filter="bilinear"):
    """The recipe's window, resized to [height, width, 3] of the part of the view that it fills, in levels."""
    left, top, width, height = rectangle(recipe["window"])
    size = rectangle(recipe["photo"])[2:] if "photo" in recipe else (recipe["size"],) * 2
    # Sums of floats may end a little outside.
    right, bottom = min(left + width, image.width), min(top + height, image.height)
    view = image.resize(size, FILTERS[filter], box=(left, top, right, bottom))
    return np.asarray(ImageOps.mirror(view) if recipe["flip"] else view, np.float64)


def photo_in(view, recipe):
    """The part of a view that shows the photo."""
    if "photo" not in recipe:
        return view
    left, top, width, height = rectangle(recipe["photo"])
    return view[top : top + height, left : left + width]


def factors_of(color):
    """Brightness, contrast, saturation and radians of hue of a recipe's 3×4 matrix.

    The matrix maps grey to grey, so a row sums to brightness · contrast, and the last column is
    brightness · (1 − contrast). The rest rotates and scales the plane of I and Q.
    """
    matrix = np.array(color, np.float64).reshape(3, 4)
    product, offset = matrix[0, :3].sum(), matrix[0, 3]
    brightness = product + offset
    plane = (TO_YIQ @ (matrix[:, :3] / product) @ np.linalg.inv(TO_YIQ))[1:, 1:]
    saturation, angle = np.hypot(plane[0, 0], plane[1, 0]), np.arctan2(plane[1, 0], plane[0, 0])
    return brightness, product / brightness, saturation, angle


def blended(operation, rgb, factor):
    """torchvision's `operation` without its clamp.

    Blending with a grey commutes with scale and offset, which keep the result in 0…1.
    """
    return operation((rgb + 2) / 8, factor) * 8 - 2


def color_by_torchvision(levels, color):
    """Applies a recipe's colour matrix to `levels`, [height, width, 3], operation by operation."""
    brightness, contrast, saturation, angle = factors_of(color)
    rgb = torch.from_numpy(levels).permute(2, 0, 1) / 255
    rgb = functional.adjust_brightness(rgb / 8, brightness) * 8
    rgb = blended(functional.adjust_contrast, rgb, contrast)
    rgb = blended(functional.adjust_saturation, rgb, saturation)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    turned = rgb.permute(1, 2, 0).numpy() @ (np.linalg.inv(TO_YIQ) @ turn @ TO_YIQ).T
    return np.clip(turned * 255, 0, 255)


class Measure:
    """Collects the differences of images."""

    def __init__(self):
        self.squares, self.largest = [], 0.0

    def add(self, actual, wanted):
        difference = np.abs(actual - wanted)
        self.squares.append(float(np.mean(difference**2)))
        self.largest = max(self.largest, float(difference.max()))

    def row(self, key):
        # Mean squares sort images like decibels, but without infinity.
        median, worst = statistics.median(self.squares), max(self.squares)
        return {
            "key": key,
            "median": None if median == 0 else 10 * np.log10(255**2 / median),
            "worst": None if worst == 0 else 10 * np.log10(255**2 / worst),
            "largest": self.largest,
        }


def load_series(folder):
    given = json.loads((folder / "series.json").read_text())
    for one in given["series"].values():
        size, count = one["recipes"][0]["size"], len(one["recipes"])
        shape = (count, size, size, 3)
        one["pixels"] = np.fromfile(one["pixels"], np.float32).reshape(shape).astype(np.float64)
    return given


def check_factors(color, strengths):
    """A matrix of other operations also has factors, but they are unlikely to be in range."""
    *factors, angle = factors_of(color)
    for name, factor in zip(("brightness", "contrast", "saturation"), factors):
        if abs(factor - 1) > strengths[name] + 1e-4:
            raise ValueError(f"{name} of {factor} where at most ±{strengths[name]} was asked")
    if abs(angle) > 2 * np.pi * strengths["hue"] + 1e-4:
        raise ValueError(f"hue of {angle} radians where at most ±{strengths['hue']} turns was asked")


def main(folder):
    given = load_series(folder)
    series = given["series"]
    resized = [name for name in series if "color" not in name and not name.endswith("-plain")]
    measures = {key: Measure() for key in (*resized, "color", "whole")}
    plain = {f"{name}-plain": Measure() for name in ("center", "random", "color")}
    for i, (path, copy) in enumerate(zip(given["files"], given["plain"])):
        image = picture(path)
        if image.tobytes() != picture(copy).tobytes():
            raise ValueError(f"The progressive copy of {path} shows another picture")
        for name in resized:
            recipe = series[name]["recipes"][i]
            wanted = crop_by_pillow(image, recipe, series[name]["filter"])
            measures[name].add(photo_in(series[name]["pixels"][i], recipe), wanted)
        recipe, colored = series["color"]["recipes"][i], series["color"]["pixels"][i]
        if {**recipe, "color": 0} != {**series["random"]["recipes"][i], "color": 0}:
            raise ValueError(f"The coloured view of {path} has another window")
        check_factors(recipe["color"], given["strengths"])
        cropped = series["random"]["pixels"][i]
        measures["color"].add(colored, color_by_torchvision(cropped, recipe["color"]))
        whole = color_by_torchvision(crop_by_pillow(image, recipe), recipe["color"])
        measures["whole"].add(colored, whole)
        for name in ("center", "random", "color"):
            plain[f"{name}-plain"].add(series[name]["pixels"][i], series[f"{name}-plain"]["pixels"][i])
    print(json.dumps([measure.row(key) for key, measure in {**measures, **plain}.items()]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(pathlib.Path(sys.argv[1]))
