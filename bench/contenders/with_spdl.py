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


def window():
    """A crop in FFmpeg's own terms: a side that would leave the picture is cut to it, not drawn anew."""
    area = random.uniform(*AREA)
    ratio = math.exp(random.uniform(math.log(RATIO[0]), math.log(RATIO[1])))
    width = f"min(iw\\,sqrt({area * ratio}*iw*ih))"
    height = f"min(ih\\,sqrt({area / ratio}*iw*ih))"
    return f"crop=w={width}:h={height}:x=(iw-ow)*{random.random()}:y=(ih-oh)*{random.random()}"


def filters(load):
    steps = [window(), f"scale={SIDE}:{SIDE}:flags=bilinear"]
    if random.random() < 0.5:
        steps.append("hflip")
    if load == "everything":
        e = EVERYTHING
        # FFmpeg has no factor of brightness: a share of the range is added instead.
        brightness = random.uniform(-e["brightness"], e["brightness"]) / 2
        steps.append(f"eq=brightness={brightness}:contrast={around_one(e['contrast'])}")
        turn = random.uniform(-360 * e["hue"], 360 * e["hue"])
        steps.append(f"hue=h={turn}:s={around_one(e['saturation'])}")
        steps.append(f"noise=alls={round(e['noise'])}:allf=t")
    return ",".join([*steps, "format=pix_fmts=rgb24"])


def batches(job):
    def paths():
        while True:
            yield from random.sample(job["files"], len(job["files"]))

    def render(path):
        buffer = spdl.io.load_image(path, filter_desc=filters(job["load"]))
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
