"""MXNet's ImageRecordIter, with a RecordIO file packed from the same JPEG bytes; MXNet has no Gaussian noise."""
import os

import mxnet as mx
from contender import AREA, EVERYTHING, RATIO, SIDE, read_job, time_batches


def pack(job):
    """The record file of the job's pictures and its index, written once and renamed when complete."""
    record, index = (os.path.join(job["workspace"], f"mxnet-indexed.{end}") for end in ("rec", "idx"))
    if not os.path.exists(record):
        writer = mx.recordio.MXIndexedRecordIO(index, record + ".unfinished", "w")
        for number, path in enumerate(job["files"]):
            with open(path, "rb") as file:
                header = mx.recordio.IRHeader(0, 0.0, number, 0)
                writer.write_idx(number, mx.recordio.pack(header, file.read()))
        writer.close()
        os.rename(record + ".unfinished", record)
    return record, index


def view(whole):
    if whole:
        return {"resize": SIDE}
    return {
        "shuffle": True,
        "rand_mirror": True,
        "random_resized_crop": True,
        "min_random_area": AREA[0],
        "max_random_area": AREA[1],
        "min_aspect_ratio": RATIO[0],
        "max_aspect_ratio": RATIO[1],
    }


def colour(load):
    if load != "everything":
        return {}
    e = EVERYTHING
    factors = {name: e[name] for name in ("brightness", "contrast", "saturation")}
    # In OpenCV's half degrees.
    return {**factors, "random_h": round(180 * e["hue"])}


def batches(job):
    record, index = pack(job)
    iterator = mx.io.ImageRecordIter(
        path_imgrec=record,
        # Without it, shuffling decodes 64 MB of records before their first batch.
        path_imgidx=index,
        data_shape=(3, SIDE, SIDE),
        batch_size=job["batchSize"],
        preprocess_threads=job["threads"],
        prefetch_buffer=2,
        mean_r=127.0,
        mean_g=127.0,
        mean_b=127.0,
        std_r=128.0,
        std_g=128.0,
        std_b=128.0,
        **view(job["whole"]),
        **colour(job["load"]),
    )
    while True:
        iterator.reset()
        for batch in iterator:
            images = batch.data[0]
            images.wait_to_read()
            yield images


this_job = read_job()
time_batches(this_job, batches(this_job), f"MXNet {mx.__version__}", lambda batch: batch.asnumpy())
