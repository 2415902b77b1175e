"""Files that are no chain of layers, and files that lie about themselves, are rejected by name before they cost
anything."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from service.engine.activations.table import ACTIVATIONS
from service.engine.inference import predict
from service.exports.onnx.model import onnx_model
from service.imports.onnx.model import read_model
from service.schema.validation import DataError
from tests.examples import examples
from tests.unit.engine.factories import a_network, dense
from tests.unit.exports.test_onnx import plain
from tests.unit.imports.test_models import MODELS, network_of

FLOAT = TensorProto.FLOAT


def a_file(*nodes, inputs=(("x", FLOAT, ["rows", 3]),), outputs=(("y", FLOAT, ["rows", 2]),), **constants):
    """Nodes as (operator, inputs, output, attributes); W is (3, 2) unless another is given."""
    arrays = {"W": np.arange(6, dtype=np.float32).reshape(3, 2), "b": np.ones(2, np.float32)} | constants
    graph = helper.make_graph(
        [helper.make_node(kind, given, [out], name=f"n_{out}", **more) for kind, given, out, more in nodes],
        "g",
        [helper.make_tensor_value_info(*item) for item in inputs],
        [helper.make_tensor_value_info(*item) for item in outputs],
        [
            value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(value, name)
            for name, value in arrays.items()
        ],
    )
    return helper.make_model(graph)


def read(model, data=None, **options):
    content = model if isinstance(model, bytes) else model.SerializeToString()
    return read_model(content, data, **{"max_numbers": 10_000} | options)


def rejection(model, data=None, field="model", **options):
    with pytest.raises(DataError) as caught:
        read(model, data, **options)
    [issue] = caught.value.issues
    assert issue.path == (field,)
    return issue.message


def outputs_of(model, x):
    network, values = network_of(read(model))
    return predict(network, values, x)


X = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
W = np.arange(6, dtype=np.float32).reshape(3, 2)
GEMM = ("Gemm", ["x", "W", "b"], "h", {})


def test_the_first_node_that_is_not_known_is_named_with_its_place():
    message = rejection(a_file(GEMM, ("Relu", ["h"], "r", {}), ("Sin", ["r"], "y", {})))
    assert message.startswith("node 2, Sin (n_y), is not known here; known are BatchNormalization, Cast,")


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [GEMM, ("Relu", ["h"], "r", {}), ("Add", ["h", "r"], "s", {}), ("Gemm", ["s", "V"], "y", {})],
            "node 2, Add (n_s), ends an activation that the service does not have",
        ),
        ([GEMM, ("Gemm", ["h", "V"], "k", {}), ("Add", ["h", "k"], "y", {})], "node 2, Add (n_y), joins two paths"),
        ([GEMM, ("Concat", ["h", "h"], "y", {"axis": 1})], "node 1, Concat (n_y), joins two paths"),
        ([("Gemm", ["x", "V", "b"], "y", {})], "node 0, Gemm (n_y), has weights of the shape (2, 2) for 3 inputs"),
        ([("Gemm", ["W", "x"], "y", {})], "node 0, Gemm (n_y), is not known here"),
        ([("Gemm", ["x", "W"], "y", {"transA": 1})], "node 0, Gemm (n_y), transposes its rows"),
        ([GEMM, ("Softmax", ["h"], "y", {"axis": 0})], "node 1, Softmax (n_y), is of another axis than the last one"),
        ([GEMM, ("Elu", ["h"], "y", {"beta": 2.0})], "node 1, Elu (n_y), cannot be read"),
        ([GEMM, ("Flatten", ["h"], "y", {"axis": 0})], "node 1, Flatten (n_y), joins its rows; its axis must be 1"),
        ([GEMM, ("Reshape", ["h", "shape"], "y", {})], "node 1, Reshape (n_y), makes the shape [1, 4] of rows of 2"),
        ([GEMM, ("Cast", ["h"], "y", {"to": TensorProto.INT64})], "node 1, Cast (n_y), makes other numbers"),
        ([("Relu", ["z"], "y", {})], "node 0, Relu (n_y), reads z, which no node before it makes"),
        ([GEMM, ("BatchNormalization", ["h", "b", "b", "b", "W"], "y", {})], "has 6 numbers for a layer of 2"),
        (
            [GEMM, ("BatchNormalization", ["h", "b", "b", "b", "b"], "y", {"training_mode": 1})],
            "node 1, BatchNormalization (n_y), normalises by each batch itself (training_mode=1)",
        ),
        ([GEMM, ("Add", ["h", "three"], "y", {})], "node 1, Add (n_y), has 3 numbers for a layer of 2"),
        ([("Identity", ["W"], "y", {})], "has an output that does not depend on its input"),
    ],
)  # fmt: skip
def test_what_is_no_chain_of_layers_is_rejected_by_name(nodes, message):
    model = a_file(*nodes, V=np.eye(2, dtype=np.float32), shape=np.array([1, 4]), three=np.ones(3, np.float32))
    assert message in rejection(model)


def test_weights_that_are_not_finite_are_rejected_without_a_warning_of_numpy():
    found = read(a_file(("Div", ["x", "zero"], "y", {}), zero=np.zeros(3, np.float32)))
    with pytest.raises(DataError, match="finite"):
        network_of(found)


def test_inputs_and_outputs_are_one_matrix_each():
    both = [("x", FLOAT, ["rows", 3]), ("z", FLOAT, ["rows", 1])]
    assert rejection(a_file(GEMM, inputs=both)).endswith("it has x, z")
    assert "x is of another type" in rejection(a_file(GEMM, inputs=[("x", TensorProto.STRING, ["rows", 3])]))
    assert "x has [0, 0, 3]" in rejection(a_file(GEMM, inputs=[("x", FLOAT, ["rows", "t", 3])]))
    assert "x has [0, 2000000000]" in rejection(a_file(GEMM, inputs=[("x", FLOAT, ["rows", 2_000_000_000])]))
    outputs = [("h", FLOAT, ["rows", 2]), ("y", FLOAT, ["rows", 2])]
    assert rejection(a_file(GEMM, ("Relu", ["h"], "y", {}), outputs=outputs)).endswith("it has h, y")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 100, b"PK\x03\x04" + b"x" * 60, b"\x80\x04pickle"])
def test_what_is_no_onnx_file_is_rejected(content):
    assert "is no ONNX file" in rejection(content)


def test_tensors_are_checked_before_anything_is_allocated():
    huge = TensorProto(name="W", data_type=FLOAT, dims=[3, 2**40], raw_data=b"1234")
    assert rejection(a_file(GEMM, W=huge)) == "has more than 10,000 numbers up to the tensor W"
    short = TensorProto(name="W", data_type=FLOAT, dims=[3, 2], raw_data=b"1234")
    assert rejection(a_file(GEMM, W=short)) == "has a tensor W of 24 bytes that holds 4"
    listed = TensorProto(name="W", data_type=FLOAT, dims=[3, 2], float_data=[1, 2])
    assert rejection(a_file(GEMM, W=listed)) == "has a tensor W of 6 numbers that holds 2"
    negative = TensorProto(name="W", data_type=FLOAT, dims=[-3, -2], raw_data=b"1" * 24)
    assert "has a tensor W of the shape [-3, -2]" in rejection(a_file(GEMM, W=negative))
    strange = TensorProto(name="W", data_type=TensorProto.BFLOAT16, dims=[3, 2], raw_data=b"1" * 12)
    assert "of the type BFLOAT16; save its numbers as float32" in rejection(a_file(GEMM, W=strange))


def test_one_tensor_cannot_become_any_number_of_weights():
    square = np.eye(90, dtype=np.float32)
    names = ["x", *(f"v{number}" for number in range(9)), "y"]
    nodes = [
        (
            "MatMul",
            [
                a,
                "W",
            ],
            b,
            {},
        )
        for a, b in zip(names, names[1:], strict=False)
    ]
    wide = [("x", FLOAT, ["rows", 90])]
    assert "has more than 10,000 weights up to its layer 2" in rejection(a_file(*nodes, inputs=wide, W=square))
    names = ["x", *(f"v{number}" for number in range(30)), "y"]
    turns = [
        ("Mul" if number % 2 else "Relu", [a, "s"] if number % 2 else [a], b, {})
        for number, (a, b) in enumerate(zip(names, names[1:], strict=False))
    ]
    assert "has more than 10,000 weights" in rejection(a_file(*turns, inputs=wide, s=np.full(90, 2, np.float32)))
    copies = [("Transpose", ["W"], f"w{number}", {}) for number in range(30)]
    used = [("Add", [f"w{number}", f"w{number + 1}"], f"u{number}", {}) for number in range(29)]
    assert "node" in rejection(a_file(*copies, *used, ("MatMul", ["x", "u0"], "y", {}), inputs=wide, W=square))


def external(**entries):
    tensor = TensorProto(name="W", data_type=FLOAT, dims=[3, 2], data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=str(value))
    return a_file(("Gemm", ["x", "W", "b"], "y", {}), W=tensor)


def test_external_weights_come_from_the_second_file_and_from_nowhere_else():
    data = b"junk" + W.tobytes()
    model = external(location="/etc/passwd", offset=4, length=24)
    assert read(model, data).tensors[0]["weights"].tobytes() == W.tobytes()
    assert rejection(model, None, "data").startswith("is required: the model keeps its weights in a second file")
    for entries in ({"offset": 5}, {"offset": -4}, {"offset": 0, "length": 2**60}, {"offset": 30}):
        assert "ends before the tensor W does" in rejection(external(**{"length": 24} | entries), data, "data")
    assert "whose offset or length is no number" in rejection(external(offset="a"), data)
    assert "has a tensor W of 24 bytes that holds 12" in rejection(external(offset=0, length=12), data)


def test_functions_and_sparse_weights_are_rejected():
    model = a_file(GEMM)
    model.functions.add(name="mine", domain="here")
    assert "defines a function, mine" in rejection(model)
    model = a_file(GEMM)
    model.graph.sparse_initializer.add()
    assert "has sparse weights" in rejection(model)


@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_rejected_and_nothing_else(data):
    content = bytearray((MODELS / "torch_norms.script.onnx").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content[: data.draw(st.integers(1, len(content)))]))
    except DataError as error:
        assert all(issue.path in (("model",), ("data",)) for issue in error.issues)


# -- what is folded ----------------------------------------------------------------------------------------------------


def test_scalings_become_parts_of_dense_layers():
    shift, factor = np.array([1, 2, 3], np.float32), np.array([[0.5, 2, 4]], np.float32)
    last = np.array([[1, 2], [3, 4]], np.float32)
    nodes = [
        ("Sub", ["x", "shift"], "a", {}),
        ("Div", ["a", "factor"], "c", {}),
        ("MatMul", ["c", "W"], "d", {}),
        ("Add", ["b", "d"], "e", {}),
        ("Mul", ["e", "b3"], "f", {}),
        ("Tanh", ["f"], "g", {}),
        ("Mul", ["g", "b2"], "i", {}),
        ("Gemm", ["i", "V"], "j", {"alpha": 0.5}),
        ("Mul", ["j", "half"], "y", {}),
    ]
    extra = {
        "b2": np.array([3, -1], np.float32),
        "b3": np.array([0.1, 0.2], np.float32),
        "half": np.array(0.5, np.float32),
    }
    model = a_file(*nodes, shift=shift, factor=factor, V=last, **extra)
    expected = np.tanh(((X - shift) / factor @ W + 1) * extra["b3"]) * extra["b2"] @ last * 0.25
    np.testing.assert_allclose(outputs_of(model, X), expected, rtol=1e-5, atol=1e-6)
    layers = read(model).spec["layers"]
    assert [layer["type"] for layer in layers] == ["dense", "dense"]


def test_a_scaling_behind_the_last_activation_becomes_a_layer():
    model = a_file(GEMM, ("Tanh", ["h"], "t", {}), ("Mul", ["t", "s"], "y", {}), s=np.array([2, 5], np.float32))
    np.testing.assert_allclose(outputs_of(model, X), np.tanh(X @ W + 1) * [2, 5], rtol=1e-5)


def test_activations_are_found_however_they_are_written():
    scalars = {"zero": np.array(0, np.float32), "one": np.array([1], np.float32), "half": np.array(0.5, np.float32)}
    ways = {
        "relu": [("Max", ["h", "zero"], "y", {})],
        "sigmoid": [("Tanh", ["q"], "t", {}), ("Add", ["t", "one"], "u", {}), ("Mul", ["u", "half"], "y", {})],
        "softsign": [("Abs", ["h"], "t", {}), ("Add", ["t", "one"], "u", {}), ("Div", ["h", "u"], "y", {})],
        "softplus": [("Exp", ["h"], "t", {}), ("Add", ["t", "one"], "u", {}), ("Log", ["u"], "y", {})],
    }
    for name, nodes in ways.items():
        first = [GEMM, ("Mul", ["h", "half"], "q", {})] if name == "sigmoid" else [GEMM]
        layer = read(a_file(*first, *nodes, **scalars)).spec["layers"][0]
        assert layer["activation"] == {"type": name}
    leaky = read(a_file(GEMM, ("LeakyRelu", ["h"], "y", {"alpha": 0.25}))).spec["layers"][0]
    assert leaky["activation"] == {"type": "leaky_relu", "negative_slope": 0.25}
    assert "ends an activation" in rejection(a_file(GEMM, ("HardSigmoid", ["h"], "y", {"alpha": 0.2})))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_own_networks_come_back_with_equal_bits(name, dtype):
    made = plain(
        a_network(dense(5, name), dense(4, "relu", bias=False), dense(3, "softmax"), dtype=dtype, loss="cross_entropy"),
        labels=("a", "b", "c"),
    )
    found = read(onnx_model(made, by_column=False))
    network, values = network_of(found)
    assert values.tobytes() == made.values.tobytes()
    assert (found.labels, network.spec.loss, network.dtype) == (
        ("a", "b", "c"),
        made.network.spec.loss,
        np.dtype(dtype),
    )
    ours = [layer | {"weight_init": None} for layer in made.network.spec.to_json()["layers"]]
    assert [layer | {"weight_init": None} for layer in network.spec.to_json()["layers"]] == ours


def test_a_single_output_of_two_classes_comes_back():
    made = plain(a_network(dense(5, "tanh"), dense(1, "sigmoid"), loss="binary_cross_entropy"), labels=("no", "yes"))
    found = read(onnx_model(made, by_column=False))
    assert (found.labels, found.spec["loss"]) == (("no", "yes"), "binary_cross_entropy")
    assert network_of(found)[1].tobytes() == made.values.tobytes()


def test_own_networks_with_other_parts_are_rejected_by_name():
    residual = plain(a_network(dense(3), {"type": "residual", "layers": [dense(3, "tanh")]}))
    assert ", Add, joins two paths" in rejection(onnx_model(residual, by_column=False))
    assert "must have one input" in rejection(onnx_model(residual, by_column=True))
