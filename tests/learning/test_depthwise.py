"""The fast gradient of depthwise convolutions is PyTorch's gradient."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from sesamoid.learning.depthwise import DepthwiseConv2d


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 1), (5, 2)])
@pytest.mark.parametrize("size", [(8, 12), (7, 11), (2, 3)])
@pytest.mark.parametrize("threads", [1, 2])
def test_gradients_are_those_of_pytorch(
    kernel: int, stride: int, size: tuple[int, int], threads: int
) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        torch.manual_seed(kernel + stride)
        layer = DepthwiseConv2d(72, kernel, stride)
        x = torch.randn(3, 72, *size)
        results = []
        for own in (True, False):
            layer.train(own)
            layer.zero_grad()
            inputs = x.clone().requires_grad_()
            out = layer(inputs)
            assert ("Depthwise" in type(out.grad_fn).__name__) is own
            (out * torch.linspace(-1, 1, out.numel()).reshape(out.shape)).sum().backward()
            results.append((out.detach(), inputs.grad, layer.weight.grad))
    finally:
        torch.set_num_threads(before)
    for mine, theirs in zip(*results, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_bfloat16_activations_have_bfloat16_gradients_and_single_filters() -> None:
    layer = DepthwiseConv2d(64, 5, 1).train()
    x = torch.randn(2, 64, 9, 9, dtype=torch.bfloat16, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        out = layer(x)
    assert out.dtype == torch.bfloat16
    out.float().square().sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == torch.bfloat16
    assert layer.weight.grad is not None
    assert layer.weight.grad.dtype == torch.float32
    single = x.detach().float().requires_grad_()
    layer.eval()(single).square().sum().backward()
    assert single.grad is not None
    error = (x.grad.float() - single.grad).abs().max() / single.grad.abs().max()
    assert float(error) < 0.03  # eight bits of mantissa


def test_few_channels_and_evaluation_go_to_pytorch() -> None:
    x = torch.randn(1, 32, 8, 8, requires_grad=True)
    assert "Depthwise" not in type(DepthwiseConv2d(32, 3, 1).train()(x).grad_fn).__name__
    with torch.no_grad():
        assert DepthwiseConv2d(64, 3, 1)(torch.randn(1, 64, 8, 8)).grad_fn is None
