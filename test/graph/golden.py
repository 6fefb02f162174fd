"""Writes test/graph/fixtures: small torch modules as graphs, with what torch computes.

    python test/graph/golden.py [NAME …]

Needs torch and onnx. Each module is exported by torch.onnx and written as JSON in the dialect of src/graph/graph.ts. The fixture
has its weights, a batch, the output, the gradients of sum(output * factors), and, of modules that keep running averages, the
same in training with the averages after one pass. Arrays are little-endian float32 in base64.
"""

import base64
import gzip
import io
import json
import pathlib
import sys
import warnings

import onnx
import torch
from modules import MODULES

FOLDER = pathlib.Path(__file__).parent / "fixtures"
OPSET = 20


def encoded(tensor):
    values = tensor.detach().numpy().astype("<f4")
    return {"shape": list(values.shape), "values": base64.b64encode(values.tobytes()).decode()}


def constant(tensor):
    array = onnx.numpy_helper.to_array(tensor)
    kind = {"f": "float32", "i": "int32", "b": "bool"}[array.dtype.kind]
    number = float if kind == "float32" else int
    return {"dtype": kind, "shape": list(array.shape), "values": [number(value) for value in array.flatten()]}


def attributes(node):
    found = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        found[attribute.name] = list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value
    return found


def graph_of(model, module):
    """The exported model in the dialect of src/graph/graph.ts; `model` is an onnx.ModelProto."""
    trainable = {name for name, _ in module.named_parameters()}
    state = module.state_dict()
    constants, weights, nodes = {}, [], []
    for tensor in model.graph.initializer:
        if tensor.name in state:
            weights.append({"name": tensor.name, "shape": list(tensor.dims), "trainable": tensor.name in trainable})
        else:
            constants[tensor.name] = constant(tensor)
    for node in model.graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = constant(node.attribute[0].t)
            continue
        if node.op_type == "ConstantOfShape":
            # In the dialect it is an Expand of a constant.
            number = f"{node.output[0]}:value"
            constants[number] = constant(node.attribute[0].t) | {"shape": []}
            node = onnx.helper.make_node("Expand", [number, *node.input], node.output, node.name)
        nodes.append(
            {
                "name": node.name,
                "operation": node.op_type,
                "inputs": list(node.input),
                "outputs": list(node.output),
                "attributes": attributes(node),
            }
        )
    image = model.graph.input[0]
    sides = [dim.dim_value or None for dim in image.type.tensor_type.shape.dim]
    return {
        "input": {"name": image.name, "shape": sides},
        "nodes": nodes,
        "outputs": [output.name for output in model.graph.output],
        "weights": weights,
        "constants": constants,
    }


def exported(module, images):
    file = io.BytesIO()
    torch.onnx.export(
        module.eval(),
        images,
        file,
        dynamo=False,
        opset_version=OPSET,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["images"],
        dynamic_axes={"images": {0: "batch"}},
    )
    return onnx.load_from_string(file.getvalue())


def pass_of(module, images, factors):
    module.zero_grad()
    output = module(images)
    (output * factors).sum().backward()
    gradients = {name: encoded(weight.grad) for name, weight in module.named_parameters()}
    return {"output": encoded(output), "gradients": gradients}


def perturb(module):
    """Zeros and ones hide half of a module, and torch.onnx merges equal weights."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.ndim == 1 and tensor.is_floating_point():
                noise = torch.rand(tensor.shape, generator=generator)
                tensor.add_(noise if "running_var" in name else noise - 0.5)


def fixture(module, images):
    perturb(module)
    graph = graph_of(exported(module, images), module)
    weights = {name: encoded(tensor) for name, tensor in module.state_dict().items() if tensor.ndim > 0}
    factors = torch.randn(module.eval()(images).shape, generator=torch.Generator().manual_seed(2))
    record = {"graph": graph, "weights": weights, "images": encoded(images), "factors": encoded(factors)}
    record["evaluation"] = pass_of(module, images, factors)
    averages = [name for name in module.state_dict() if "running" in name]
    if averages:
        record["training"] = pass_of(module.train(), images, factors)
        state = module.state_dict()
        record["averages"] = {name: encoded(state[name]) for name in averages}
    return record


def main():
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or MODULES:
        build, shape = MODULES[name]
        torch.manual_seed(0)
        images = torch.randn(shape, generator=torch.Generator().manual_seed(3))
        record = fixture(build(), images)
        text = json.dumps(record, separators=(",", ":"))
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        operations = sorted({node["operation"] for node in record["graph"]["nodes"]})
        print(name, *operations)


if __name__ == "__main__":
    main()
