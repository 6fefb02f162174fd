"""The forward pass by a runtime for inference: `onnxruntime` or `openvino`, of the network that torch exports; by `keras`, or by `torch`, compiled."""
import sys
import tempfile

from predict_job import time_passes
from train_job import CLASSES, Job

SIDE = 224


def exported(job, folder):
    """The network with the job's weights as an ONNX file, batch normalisation folded by the exporter; its input is NCHW."""
    import torch
    from train_torch_nets import network

    file = f"{folder}/network.onnx"
    torch.onnx.export(
        network(job.net, CLASSES, job.weights()).eval(),
        torch.zeros(1, 3, SIDE, SIDE),
        file,
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        dynamic_axes={"image": {0: "batch"}},
    )
    return file


def channels_first(job, batch):
    return job.images()[:batch].transpose(0, 3, 1, 2).copy()


def with_onnxruntime(job):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job.threads
    with tempfile.TemporaryDirectory() as folder:
        session = onnxruntime.InferenceSession(exported(job, folder), options, providers=["CPUExecutionProvider"])

    def pass_of(batch):
        images = channels_first(job, batch)
        return lambda: session.run(None, {"image": images})[0]

    return pass_of, f"onnxruntime {onnxruntime.__version__}"


def with_openvino(job):
    import openvino

    core = openvino.Core()
    with tempfile.TemporaryDirectory() as folder:
        model = core.read_model(exported(job, folder))

    def pass_of(batch):
        model.reshape([batch, 3, SIDE, SIDE])
        # By default it computes in bfloat16 where the processor can.
        config = {"INFERENCE_NUM_THREADS": job.threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        compiled, images = core.compile_model(model, "CPU", config), channels_first(job, batch)
        return lambda: compiled(images)[0]

    return pass_of, f"openvino {openvino.__version__.split('-')[0]}"


def with_keras(job):
    import keras
    import tensorflow as tf
    from train_keras import network

    model = network(job)
    forward = tf.function(lambda images: model(images, training=False))

    def pass_of(batch):
        images = tf.constant(job.images()[:batch])
        return lambda: forward(images).numpy()

    return pass_of, f"keras {keras.__version__}, tensorflow {tf.__version__}"


def with_torch(job):
    import torch
    from train_torch_nets import network

    torch.set_num_threads(job.threads)
    layout = torch.channels_last
    net = network(job.net, CLASSES, job.weights()).eval().to(memory_format=layout)
    run = torch.compile(net)

    def pass_of(batch):
        images = torch.from_numpy(channels_first(job, batch)).contiguous(memory_format=layout)

        def forward():
            with torch.inference_mode():
                return run(images).numpy()

        return forward

    return pass_of, f"torch {torch.__version__}"


RUNTIMES = {"onnxruntime": with_onnxruntime, "openvino": with_openvino, "keras": with_keras, "torch": with_torch}
time_passes(*RUNTIMES[sys.argv[2]](Job()))
