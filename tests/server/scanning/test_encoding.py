from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image as Pillow

from sesamoid.server.scanning.encoding import jpeg_of, packet, unpacked

# Different at each corner, so that a turned or mirrored picture is found out.
GREY = np.zeros((48, 64), np.uint8)
GREY[:24, :32], GREY[:24, 32:], GREY[24:, :32], GREY[24:, 32:] = 20, 90, 160, 230


def test_a_message_is_header_then_picture() -> None:
    made = packet(7, {"t": 1.5, "name": "Fußball"}, b"JPEG")
    head, picture = unpacked(made.message({"sent": 3}))
    assert head == {"n": 7, "t": 1.5, "name": "Fußball", "sent": 3}
    assert picture == b"JPEG"
    assert unpacked(made.message({}))[0] == {"n": 7, "t": 1.5, "name": "Fußball"}


def test_a_header_with_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        packet(1, {"t": float("nan")}, b"")


def test_a_jpeg_shows_what_was_put_in() -> None:
    shown = np.array(Pillow.open(io.BytesIO(jpeg_of(GREY))))
    assert shown.shape == GREY.shape
    assert np.abs(shown.astype(int) - GREY).mean() < 2


def test_colours_keep_their_order() -> None:
    colour = np.zeros((16, 16, 3), np.uint8)
    colour[..., 0] = 200
    shown = np.array(Pillow.open(io.BytesIO(jpeg_of(colour))))
    assert shown[8, 8, 0] > 180
    assert shown[8, 8, 2] < 40


def test_a_header_is_small() -> None:
    made = packet(1, {"lines": [[1, 2, 3, 4]] * 10}, b"")
    assert b" " not in made.head
    assert json.loads(made.head)["lines"][9] == [1, 2, 3, 4]
