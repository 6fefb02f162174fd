"""Computes exported networks: `compute.py FOLDER…` prints what each gives for its levels.bin, as JSON.

A folder has saved_model.pb, which TensorFlow loads, or model.onnx, which ONNX Runtime loads, and levels.bin: float32 images.
"""

import json
import pathlib
import sys

import numpy


def levels_of(folder, side):
    return numpy.fromfile(folder / "levels.bin", numpy.float32).reshape([-1, side, side, 3])


def saved_model(folder):
    import tensorflow

    model = tensorflow.saved_model.load(str(folder))
    serve = model.signatures["serving_default"]
    _, inputs = serve.structured_input_signature
    levels = levels_of(folder, inputs["images"].shape[1])
    batches = [serve(images=levels[:1]), serve(images=levels[1:])]
    classes = model.signatures["classes"]()
    return {
        name: {
            "probabilities": numpy.concatenate([each[name] for each in batches]).tolist(),
            "classes": [text.decode() for text in classes[name].numpy()],
        }
        for name in classes
    }


def onnx(folder):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    [images] = session.get_inputs()
    levels = levels_of(folder, images.shape[2]).transpose(0, 3, 1, 2)
    names = [output.name for output in session.get_outputs()]
    batches = [session.run(names, {images.name: each}) for each in (levels[:1], levels[1:])]
    metadata = session.get_modelmeta().custom_metadata_map
    classes = json.loads(metadata["classes"])
    return {
        name: {
            "probabilities": numpy.concatenate([each[i] for each in batches]).tolist(),
            "classes": classes[name],
        }
        for i, name in enumerate(names)
    }


def main():
    folders = [pathlib.Path(each) for each in sys.argv[1:]]
    results = [(onnx if (each / "model.onnx").exists() else saved_model)(each) for each in folders]
    print(json.dumps(results))


main()
