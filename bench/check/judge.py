"""Measures a contender's pixels: python judge.py REQUEST, with JSON in and out.

The request's `pixels` is a file of normalised float32, (level − 127) / 128, `shape` the shape of an image, `files` the
JPEGs in the order of the images, and `look` the name of a function below. `decode` needs no pixels.
"""
import json
import sys

import numpy as np
from PIL import Image

GREY = np.array([0.299, 0.587, 0.114])
# YIQ, NTSC 1953; its first row is the luma of ITU-R BT.601.
TO_YIQ = np.array([GREY, [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]])


# A photo is usable if at least this share of its pixels is not clamped, and its colours deviate by at least this many
# levels in every direction: grey photos deviate by 0, clothing photos by at least 0.7.
LEAST_INSIDE, LEAST_COLOUR = 0.02, 0.5
LEAST_PHOTOS = 32


def levels_of(request, key="pixels"):
    """Yields images, [height, width, 3], in levels of 0…255."""
    shape = request["shape"]
    for image in np.memmap(request[key], np.float32).reshape(-1, *shape):
        upright = image.transpose(1, 2, 0) if shape[0] == 3 else image
        yield upright * 128.0 + 127


def resized(file, shape):
    """Resizes the whole picture with Pillow's antialiased bilinear filter."""
    with Image.open(file) as picture:
        view = picture.convert("RGB").resize((shape[1], shape[0]), Image.BILINEAR)
        return np.asarray(view, np.float64)


def resize(request):
    """Compares resized pictures with Pillow's: PSNR in dB, and the mean differences of the channels in levels."""
    squares, differences = [], []
    for image, file in zip(levels_of(request), request["files"], strict=True):
        difference = image - resized(file, image.shape)
        squares.append(np.mean(difference**2))
        differences.append(difference.mean((0, 1)))
    median, worst = 10 * np.log10(255**2 / np.array([np.median(squares), np.max(squares)]))
    return {"median": median, "worst": worst, "bias": float(np.abs(np.mean(differences, 0)).max())}


def factors(image, plain):
    """Brightness, contrast, saturation, turns of hue and noise from `plain` to `image`; None if it is grey or clamped.

    A least-squares fit over the unclamped pixels: `image` = matrix · colour + offset. Grey stays grey, so the
    rows of the matrix sum to brightness · contrast, the offset is brightness · (1 − contrast) · mean grey,
    and the plane of I and Q is rotated by hue and scaled by saturation.
    """
    grey = (plain @ GREY).mean()
    inside = ((image > 3) & (image < 252)).all(2) & ((plain > 3) & (plain < 252)).all(2)
    if inside.mean() < LEAST_INSIDE or np.linalg.eigvalsh(np.cov(plain[inside].T))[0] < LEAST_COLOUR**2:
        return None
    source = np.column_stack([plain[inside], np.ones(inside.sum())])
    matrix, *_ = np.linalg.lstsq(source, image[inside], rcond=None)
    yiq = TO_YIQ @ matrix[:3].T @ np.linalg.inv(TO_YIQ)
    product, offset = yiq[0, 0], GREY @ matrix[3] / grey
    cosine, sine = (yiq[1, 1] + yiq[2, 2]) / 2, (yiq[2, 1] - yiq[1, 2]) / 2
    brightness = product + offset
    saturation, turns = np.hypot(cosine, sine) / product, np.arctan2(sine, cosine) / (2 * np.pi)
    rest = np.where(inside[..., None], image - plain @ matrix[:3] - matrix[3], np.nan)
    # Differences of neighbours: slow changes come from a different colour model, not from noise.
    noise = np.sqrt(np.nanmean(np.diff(rest, axis=1) ** 2) / 2)
    return brightness, product / brightness, saturation, turns, noise


def colour(request):
    """Each factor's spread (standard deviation) over the pictures, and the mean deviation of the noise.

    `plain` is a file of the same pictures, resized by the contender without colours.
    """
    pairs = zip(levels_of(request, "pixels"), levels_of(request, "plain"), strict=True)
    rows = [row for image, plain in pairs if (row := factors(image, plain)) is not None]
    if len(rows) < LEAST_PHOTOS:
        sys.exit(f"Expected at least {LEAST_PHOTOS} coloured photos for the check but received {len(rows)}")
    brightness, contrast, saturation, hue, noise = np.array(rows).T
    spreads = {"brightness": brightness, "contrast": contrast, "saturation": saturation, "hue": hue}
    return {**{name: values.std() for name, values in spreads.items()}, "noise": noise.mean()}


def windows(request):
    """Windows of a ramp whose red is x and whose green is y: mean area and shape, position, share mirrored."""
    rows = []
    for image in levels_of(request):
        x, y = image[..., 0].mean(0) / 255, image[..., 1].mean(1) / 255
        # Edges as shares of the picture, from a line through the middle half.
        ends = [np.polyval(np.polyfit(np.arange(56, 168), v[56:168], 1), [-0.5, 223.5]) for v in (x, y)]
        (left, right), (top, bottom) = ends
        width, height = abs(right - left), bottom - top
        ratio = np.log(width / height * request["ratio"])
        rows.append([width * height, ratio, (left + right) / 2, (top + bottom) / 2, right < left])
    area, ratio, x, y, mirrored = np.mean(rows, 0)
    return {"area": area, "ratio": ratio, "x": x, "y": y, "mirrored": mirrored}


def decode(request):
    """The mean level of all whole pictures."""
    total, count = 0, 0
    for file in request["files"]:
        with Image.open(file) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        total, count = total + int(pixels.sum(dtype=np.int64)), count + pixels.size
    return {"mean": total / count}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    looks = {look.__name__: look for look in (resize, colour, windows, decode)}
    print(json.dumps(looks[asked["look"]](asked)))
