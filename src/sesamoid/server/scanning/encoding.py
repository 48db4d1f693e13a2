"""One encoded frame for all viewers: a JPEG without drawing, and what is to be said about it."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError

JPEG_QUALITY = 88
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Packet:
    """A frame as it goes to browsers.

    Parameters
    ----------
    number : int
        Counted by the room, from 1, over all frames.
    head : bytes
        JSON object, UTF-8.
    jpeg : bytes
        Empty where the picture is the one before.
    """

    number: int
    head: bytes = field(repr=False)
    jpeg: bytes = field(repr=False)

    def message(self, extra: Mapping[str, Any]) -> bytes:
        """The binary message to one viewer: uint32 length of the header, header, JPEG.

        Parameters
        ----------
        extra : mapping
            What this viewer alone is told, added to the header.
        """
        head = self.head[:-1] + b"," + compact(extra)[1:] if extra else self.head
        return _LENGTH.pack(len(head)) + head + self.jpeg


def packet(number: int, header: Mapping[str, Any], jpeg: bytes) -> Packet:
    """A packet; its header gets the number as ``"n"``."""
    return Packet(number, compact({"n": number, **header}), jpeg)


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and JPEG of a binary message."""
    (length,) = _LENGTH.unpack_from(message)
    head = message[_LENGTH.size : _LENGTH.size + length]
    return json.loads(head), message[_LENGTH.size + length :]


def jpeg_of(picture: NDArray[np.uint8], *, quality: int = JPEG_QUALITY) -> bytes:
    """A picture as JPEG: grey, or red, green, blue."""
    shown = picture if picture.ndim == 2 else picture[..., ::-1]
    good, packed = cv2.imencode(
        ".jpg", np.ascontiguousarray(shown), (cv2.IMWRITE_JPEG_QUALITY, quality)
    )
    if not good:
        raise SesamoidError(f"a picture of shape {picture.shape} cannot be made a JPEG")
    return bytes(packed)


def compact(content: Mapping[str, Any]) -> bytes:
    """JSON without spaces."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
