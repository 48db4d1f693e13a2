"""Graphs rewritten after export give the answers that they gave before."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from sesamoid.learning.onnx_graph import halved, plain_softmax


def model_of(nodes, shape, initializers=()):
    graph = helper.make_graph(
        list(nodes), "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * len(shape))],
        list(initializers),
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def answer(model, x):
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("axis", [1, -3, 2])
def test_a_softmax_over_another_axis_is_written_out_with_the_same_answer(axis):
    model = model_of(
        [
            helper.make_node("Neg", ["x"], ["z"], name="neg"),
            helper.make_node("Softmax", ["z"], ["p"], name="softmax", axis=axis),
            helper.make_node("Neg", ["p"], ["y"], name="after"),
        ],
        ("batch", 7, 5, 4),
    )
    x = np.random.default_rng(0).normal(scale=300, size=(2, 7, 5, 4)).astype(np.float32)
    wanted = answer(model, x)
    rewritten = plain_softmax(model)
    kinds = [node.op_type for node in rewritten.graph.node]
    assert kinds == ["Neg", "ReduceMax", "Sub", "Exp", "ReduceSum", "Div", "Neg"]
    found = answer(rewritten, x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=axis), -1, atol=1e-5)


@pytest.mark.parametrize(("axis", "rank_known"), [(3, True), (-1, True), (1, False)])
def test_a_softmax_that_is_fast_or_of_unknown_rank_is_left(axis, rank_known):
    nodes = [helper.make_node("Softmax", ["x" if rank_known else "z"], ["y"], axis=axis)]
    if not rank_known:  # reshaped to what only the input tells
        nodes.insert(0, helper.make_node("Reshape", ["x", "like"], ["z"]))
    model = model_of(nodes, ("batch", 7, 5, 4))
    if not rank_known:
        like = helper.make_tensor_value_info("like", TensorProto.INT64, [None])
        model.graph.input.append(like)
    assert plain_softmax(model).graph.node[-1].op_type == "Softmax"


def test_large_matrices_alone_are_stored_in_half_precision():
    rng = np.random.default_rng(1)
    large, small = (rng.normal(size=size).astype(np.float32) for size in ((80, 80), (80, 3)))
    model = model_of(
        [
            helper.make_node("MatMul", ["x", "large"], ["z"]),
            helper.make_node("MatMul", ["z", "small"], ["y"]),
        ],
        (1, 80),
        [numpy_helper.from_array(large, "large"), numpy_helper.from_array(small, "small")],
    )
    x = rng.normal(size=(1, 80)).astype(np.float32)
    wanted = answer(model, x)
    stored = {one.name: one.data_type for one in halved(model).graph.initializer}
    assert stored == {"large_half": TensorProto.FLOAT16, "small": TensorProto.FLOAT}
    np.testing.assert_allclose(answer(model, x), wanted, rtol=2e-2, atol=2e-2)
