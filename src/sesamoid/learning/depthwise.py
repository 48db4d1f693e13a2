"""Depthwise convolution whose gradient is fast on a CPU.

What PyTorch 2.13 computes the gradient of a depthwise convolution with takes more than half of a
training step of an EfficientNet on two cores; channels side by side, as here, it takes a tenth.
Forward, on a GPU, in double precision and in an exported graph it is PyTorch's own convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Floats = NDArray[np.float32]
_LEAST_CHANNELS = 64
"""With fewer side by side PyTorch is faster (measured)."""


class DepthwiseConv2d(nn.Conv2d):
    """A convolution of each channel by itself, without bias.

    Parameters
    ----------
    channels : int
    kernel : int
        Odd.
    stride : int
    """

    def __init__(self, channels: int, kernel: int, stride: int) -> None:
        super().__init__(
            channels, channels, kernel, stride, kernel // 2, groups=channels, bias=False
        )

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, rows, columns) in and out."""
        own = (
            self.training
            and torch.is_grad_enabled()
            and x.device.type == "cpu"
            and x.dtype in (torch.float32, torch.bfloat16)
            and self.weight.dtype == torch.float32
            and self.in_channels >= _LEAST_CHANNELS
        )
        if not own:
            return super().forward(x)
        result: Tensor = _Depthwise.apply(  # type: ignore[no-untyped-call]
            x, self.weight, self.stride[0], self.padding[0]
        )
        return result


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return functional.conv2d(x, weight, None, stride, padding, 1, weight.shape[0])

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        places = _channels_last(x)
        filters = np.ascontiguousarray(weight.detach().numpy()[:, 0].transpose(1, 2, 0))
        slope = _channels_last(outer[0])
        along = np.empty_like(places)
        parts = min(torch.get_num_threads(), len(places))
        per_part = np.zeros((parts, *filters.shape), np.float32)
        edges = np.linspace(0, len(places), parts + 1).astype(int)

        def work(part: int) -> None:
            own = slice(edges[part], edges[part + 1])
            _gradients(
                slope[own], places[own], filters, ctx.stride, ctx.padding,
                along[own], per_part[part],
            )  # fmt: skip

        _side_by_side(work, parts)
        of_filters = per_part.sum(axis=0).transpose(2, 0, 1)[:, None]
        of_x = torch.from_numpy(along).permute(0, 3, 1, 2)
        return of_x.to(x.dtype), torch.from_numpy(np.ascontiguousarray(of_filters)), None, None


def _channels_last(x: Tensor) -> Floats:
    """(batch, rows, columns, channels), in single precision."""
    packed = x.detach().float().contiguous(memory_format=torch.channels_last)
    places: Floats = packed.permute(0, 2, 3, 1).numpy()
    return places


def _side_by_side(work: Callable[[int], None], parts: int) -> None:
    if parts == 1:
        work(0)
        return
    others = [_pool().submit(work, part) for part in range(1, parts)]
    work(0)
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="depthwise")


@numba.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _gradients(
    slope: Floats,
    places: Floats,
    filters: Floats,
    stride: int,
    padding: int,
    along: Floats,
    of_filters: Floats,
) -> None:
    """Into `along` that of the input, added to `of_filters` that of the filters.

    Arrays (batch, rows, columns, channels); filters (rows, columns, channels).
    """
    batch, rows, columns, channels = slope.shape
    high, wide = filters.shape[:2]
    all_rows, all_columns = places.shape[1:3]
    along[:] = np.float32(0)
    for n in range(batch):
        for r in range(rows):
            for i in range(high):
                row = r * stride + i - padding
                if row < 0 or row >= all_rows:
                    continue
                # Two passes: each inner loop stores into one array, or the compiler gives up.
                for c in range(columns):
                    for j in range(wide):
                        column = c * stride + j - padding
                        if column >= 0 and column < all_columns:
                            for k in range(channels):
                                along[n, row, column, k] += slope[n, r, c, k] * filters[i, j, k]
                for c in range(columns):
                    for j in range(wide):
                        column = c * stride + j - padding
                        if column >= 0 and column < all_columns:
                            for k in range(channels):
                                of_filters[i, j, k] += slope[n, r, c, k] * places[n, row, column, k]
