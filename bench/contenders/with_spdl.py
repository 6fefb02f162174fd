"""SPDL: FFmpeg decodes and filters each picture in a thread; the pipeline normalises and collects batches."""
import math
import random
from importlib.metadata import version

import numpy as np
import spdl.io
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches
from spdl.pipeline import PipelineBuilder


def around_one(strength):
    return random.uniform(1 - strength, 1 + strength)


def window(width, height):
    """A window drawn like torchvision's, as an FFmpeg filter; the whole picture (no filter) if ten do not fit."""
    for _ in range(10):
        area = random.uniform(*AREA) * width * height
        ratio = math.exp(random.uniform(math.log(RATIO[0]), math.log(RATIO[1])))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if w <= width and h <= height:
            x, y = random.randint(0, width - w), random.randint(0, height - h)
            # Otherwise it would start only at whole chroma samples.
            return [f"crop={w}:{h}:{x}:{y}:exact=1"]
    return []


def colour():
    """FFmpeg's filters, on luma and chroma; contrast is about middle grey, not the picture's mean."""
    e = EVERYTHING
    brightness, contrast = around_one(e["brightness"]), around_one(e["contrast"])
    factor = brightness * contrast
    # FFmpeg's formula: factor · (luma − ½) + ½ + brightness.
    steps = [f"eq=contrast={factor}:brightness={(brightness - 1) / 2}"]
    turn = random.uniform(-360 * e["hue"], 360 * e["hue"])
    steps.append(f"hue=h={turn}:s={factor * around_one(e['saturation'])}")
    # Added to luma and chroma; check.ts measures that the standard deviation in RGB is the requested one.
    steps.append(f"noise=alls={round(1.2 * e['noise'])}:allf=t")
    return steps


def filters(job, width, height):
    view = []
    if not job["whole"]:
        view = window(width, height) + random.choice([[], ["hflip"]])
    steps = [*view, f"scale={SIDE}:{SIDE}:flags=bilinear"]
    if job["load"] == "everything":
        steps += colour()
    return ",".join([*steps, "format=pix_fmts=rgb24"])


def batches(job):
    files = list(job["files"])

    def paths():
        while True:
            if not job["whole"]:
                random.shuffle(files)
            yield from files

    def render(path):
        packets = spdl.io.demux_image(path)
        chain = filters(job, packets.width, packets.height)
        buffer = spdl.io.convert_frames(spdl.io.decode_packets(packets, filter_desc=chain))
        return (spdl.io.to_numpy(buffer).astype(np.float32) - 127) / 128

    pipeline = (
        PipelineBuilder()
        .add_source(paths())
        .pipe(render, concurrency=job["threads"])
        .aggregate(job["batchSize"])
        .pipe(np.stack)
        .add_sink(2)
        .build(num_threads=job["threads"])
    )
    with pipeline.auto_stop():
        yield from pipeline.get_iterator()


this_job = read_job()
running = batches(this_job)
time_batches(this_job, running, f"SPDL {version('spdl')}")
running.close()
