"""Writes test/graph/operations.json.gz: what ONNX Runtime computes for one node of each operation.

    python test/graph/operations.py

Needs onnx and onnxruntime. Whole numbers are int64 there; they stand for shapes, axes and indices.
"""

import gzip
import json
import pathlib

import numpy
import onnx
import onnxruntime

FILE = pathlib.Path(__file__).parent / "operations.json.gz"
OPSET = 20

random = numpy.random.default_rng(1)


def floats(*shape):
    """With few digits, so that they are written as they are."""
    values = random.normal(size=shape).round(2).astype("float32")
    return numpy.where(values == 0, numpy.float32(1), values)


def ints(*values):
    return numpy.array(values, "int64")


def scalar(value):
    return numpy.array(value, "float32")


EMPTY = None

IMAGE = floats(1, 6, 4, 5)
SMALL = floats(1, 1, 4, 5)
ONE, TWO = floats(2, 3, 4), floats(3, 1)
WHOLE = numpy.array([[7, -7, 9], [4, -5, 6]], "int64")
DIVISORS = numpy.array([3, 3, -4], "int64")
FLAGS = ONE > 0

# Operation, inputs, attributes; outputs where there are several.
CASES = [
    *[(name, [ONE], {}) for name in "Abs Ceil Cos Erf Exp Floor Neg Reciprocal Round Sigmoid Sign Sin Softplus Tanh".split()],
    *[(name, [ONE], {}) for name in "Relu HardSwish Mish Identity Size Shape Transpose Flatten".split()],
    *[(name, [numpy.abs(ONE)], {}) for name in ["Sqrt", "Log"]],
    *[(name, [ONE, TWO], {}) for name in "Add Sub Mul Div Min Max Greater GreaterOrEqual Less LessOrEqual".split()],
    *[(name, [WHOLE, DIVISORS], {}) for name in "Add Sub Mul Div Mod Equal Greater Less".split()],
    ("Mod", [WHOLE, DIVISORS], {"fmod": 1}),
    ("Mod", [ONE, TWO], {"fmod": 1}),
    ("Pow", [numpy.abs(ONE), TWO], {}),
    ("Sum", [ONE, TWO, ONE], {}),
    ("And", [FLAGS, FLAGS[:1]], {}),
    ("Or", [FLAGS, FLAGS[:1]], {}),
    ("Not", [FLAGS], {}),
    ("Where", [FLAGS, ONE, TWO], {}),
    ("Where", [WHOLE > 0, WHOLE, DIVISORS], {}),
    ("Elu", [ONE], {}),
    ("LeakyRelu", [ONE], {"alpha": 0.3}),
    ("HardSigmoid", [ONE], {"alpha": 0.3, "beta": 0.4}),
    ("PRelu", [ONE, TWO], {}),
    ("Gelu", [ONE], {}),
    ("Gelu", [ONE], {"approximate": "tanh"}),
    ("Clip", [ONE, scalar(-0.5), scalar(0.5)], {}),
    ("Clip", [ONE, EMPTY, scalar(0.5)], {}),
    ("Clip", [ONE * 4, scalar(0), scalar(6)], {}),
    ("Softmax", [ONE], {"axis": 1}),
    ("LogSoftmax", [ONE], {}),
    *[(f"Reduce{name}", [ONE, ints(0, -1)], {}) for name in "Sum Mean Prod Max Min L1 L2 SumSquare LogSumExp".split()],
    ("ReduceSum", [ONE], {"keepdims": 0}),
    ("ReduceSum", [ONE], {"noop_with_empty_axes": 1}),
    ("ReduceMax", [WHOLE, ints(1)], {"keepdims": 0}),
    ("ReduceProd", [WHOLE], {}),
    ("CumSum", [ONE, ints(1)], {"exclusive": 1, "reverse": 1}),
    ("MatMul", [ONE, floats(4, 5)], {}),
    ("MatMul", [floats(2, 1, 3, 4), floats(5, 4, 2)], {}),
    ("MatMul", [floats(4), floats(2, 4, 3)], {}),
    ("MatMul", [ONE, floats(4)], {}),
    ("Gemm", [floats(4, 2), floats(3, 4), floats(3)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("Einsum", [ONE, floats(2, 4, 5)], {"equation": "bij,bjk->bik"}),
    ("Einsum", [floats(2, 3, 4, 5), floats(6, 7, 4)], {"equation": "bnhw, ixh -> nixw"}),
    ("Einsum", [ONE], {"equation": "ijk->ki"}),
    ("LayerNormalization", [ONE, floats(3, 4), floats(3, 4)], {"axis": 1, "epsilon": 0.1}),
    ("LayerNormalization", [ONE, floats(4)], {}),
    ("InstanceNormalization", [IMAGE, floats(6), floats(6)], {"epsilon": 0.1}),
    ("BatchNormalization", [ONE, floats(3), floats(3), floats(3), numpy.abs(floats(3))], {"epsilon": 0.1}),
    ("Conv", [IMAGE, floats(4, 3, 3, 2), floats(4)], {"group": 2, "pads": [1, 0, 2, 1], "strides": [1, 2]}),
    ("Conv", [IMAGE, floats(12, 1, 3, 3)], {"group": 6, "dilations": [2, 1], "pads": [2, 1, 2, 1]}),
    ("Conv", [IMAGE, floats(6, 1, 2, 2)], {"group": 6, "auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("Conv", [IMAGE, floats(6, 6, 2, 2)], {"auto_pad": "SAME_LOWER"}),
    ("Conv", [floats(2, 6, 5), floats(3, 6, 3)], {"pads": [1, 1]}),
    ("MaxPool", [IMAGE], {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1], "strides": [2, 2]}),
    ("MaxPool", [IMAGE], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", [IMAGE], {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("AveragePool", [IMAGE], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("GlobalMaxPool", [IMAGE], {}),
    ("GlobalAveragePool", [floats(2, 3, 5)], {}),
    ("Reshape", [ONE, ints(0, -1, 2)], {}),
    ("Flatten", [ONE], {"axis": 2}),
    ("Squeeze", [TWO, ints(-1)], {}),
    ("Squeeze", [floats(1, 3, 1)], {}),
    ("Unsqueeze", [ONE, ints(0, -1)], {}),
    ("Transpose", [ONE], {"perm": [1, 2, 0]}),
    ("Shape", [ONE], {"start": 1, "end": -1}),
    ("Concat", [ONE, floats(2, 1, 4)], {"axis": -2}),
    ("Concat", [WHOLE, WHOLE], {"axis": 0}),
    ("Slice", [ONE, ints(2, 0), ints(-9, 9), ints(1, -1), ints(-1, 2)], {}),
    ("Slice", [WHOLE, ints(1), ints(3), ints(1)], {}),
    ("Slice", [WHOLE, ints(-1), ints(-(2**62)), ints(1), ints(-1)], {}),
    ("Split", [ONE, ints(1, 2)], {"axis": 1}, 2),
    ("Split", [floats(5, 2)], {"num_outputs": 3}, 3),
    ("Split", [WHOLE], {"axis": 1, "num_outputs": 2}, 2),
    ("Gather", [ONE, ints(2, 0, 2)], {"axis": 1}),
    ("Gather", [ONE, ints(-2, -1)], {"axis": 2}),
    ("Gather", [ONE, numpy.array([[0, 2], [1, 1]])], {"axis": 1}),
    ("Gather", [ONE, numpy.array(1)], {"axis": -1}),
    ("Gather", [WHOLE, ints(2, 0)], {"axis": 1}),
    ("ScatterND", [WHOLE, numpy.array([[0, 1], [-1, -3]]), ints(5, 6)], {}),
    ("ScatterND", [WHOLE, numpy.array([[-1]]), ints(5, 6, 7).reshape(1, 3)], {}),
    ("Expand", [TWO, ints(2, 1, 4)], {}),
    ("Tile", [ONE, ints(1, 2, 3)], {}),
    ("Pad", [ONE, ints(1, 0, -1, 0, 2, 1), scalar(0.5)], {}),
    ("Pad", [ONE, ints(2, 1), EMPTY, ints(-1)], {"mode": "reflect"}),
    ("Range", [numpy.array(9), numpy.array(0), numpy.array(-4)], {}),
    ("Cast", [ONE * 3], {"to": 7}),
    ("Cast", [WHOLE], {"to": 9}),
    ("Cast", [WHOLE], {"to": 1}),
    ("CastLike", [WHOLE, ONE], {}),
    ("DepthToSpace", [floats(2, 8, 2, 3)], {"blocksize": 2}),
    ("DepthToSpace", [floats(2, 8, 2, 3)], {"blocksize": 2, "mode": "CRD"}),
    ("SpaceToDepth", [floats(2, 3, 4, 6)], {"blocksize": 2}),
    *[
        ("Resize", [SMALL, EMPTY, EMPTY, ints(1, 1, *size)], {"mode": mode, "coordinate_transformation_mode": way})
        for size in [(7, 3), (6, 8)]
        for mode in ["nearest", "linear", "cubic"]
        for way in ["half_pixel", "align_corners", "asymmetric"]
    ],
    ("Resize", [SMALL, EMPTY, numpy.array([1.5, 0.6], "float32")], {"mode": "linear", "axes": [2, 3]}),
    ("Resize", [SMALL, EMPTY, EMPTY, ints(3, 1)], {"mode": "cubic", "exclude_outside": 1, "axes": [2, 3]}),
    ("Resize", [SMALL, EMPTY, EMPTY, ints(1, 1, 8, 10)], {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}),
]


def encoded(array):
    kind = {"f": "float32", "i": "int32", "b": "bool"}[array.dtype.kind]
    values = [float(f"{value:.6g}") if kind == "float32" else int(value) for value in array.flatten()]
    return {"dtype": kind, "shape": list(array.shape), "values": values}


def result(operation, inputs, attributes, outputs=1):
    names = ["" if value is None else f"input{place}" for place, value in enumerate(inputs)]
    results = [f"output{place}" for place in range(outputs)]
    node = onnx.helper.make_node(operation, names, results, operation, **attributes)
    declared = [
        onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for name, value in zip(names, inputs, strict=True)
        if value is not None
    ]
    given = [onnx.helper.make_empty_tensor_value_info(name) for name in results]
    graph = onnx.helper.make_graph([node], operation, declared, given)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feeds = {name: value for name, value in zip(names, inputs, strict=True) if value is not None}
    return {
        "node": {"name": "tried", "operation": operation, "inputs": names, "outputs": results, "attributes": attributes},
        "inputs": [None if value is None else encoded(value) for value in inputs],
        "outputs": [encoded(value) for value in session.run(None, feeds)],
    }


def main():
    text = json.dumps([result(*case) for case in CASES], separators=(",", ":"))
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
