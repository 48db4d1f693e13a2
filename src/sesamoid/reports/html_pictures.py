"""Pictures of the HTML page, as data URLs: a JPEG base and a transparent PNG of the overlay."""

from __future__ import annotations

import base64
from typing import Any

import cv2

from sesamoid.findings import Result
from sesamoid.reports.canvas import Pixels8, display_frame, display_scale, resized
from sesamoid.reports.evidence_picture import draw_evidence
from sesamoid.reports.footer import add_footer, spacing_for_scale
from sesamoid.reports.overlay import overlay_layer, png_bytes

LARGEST_PICTURE_PX = 1280
"""Longest side of an inlined picture."""

_JPEG_QUALITY = 90
_THUMBNAIL_PX = 144


def picture_of(result: Result, frame: int) -> dict[str, Any]:
    """A frame and its overlay, to lie on each other: base (JPEG, with footer) and layer (PNG)."""
    scale = display_scale(result.image.size, largest_px=LARGEST_PICTURE_PX)
    picture = resized(display_frame(result.image, frame), scale)
    rows = picture.shape[0]
    layer = overlay_layer(result, frame, scale=scale).rgba()
    whole = add_footer(picture, spacing_mm=spacing_for_scale(result, frame), scale=scale)
    return {
        "frame": frame,
        "base": jpeg(whole),
        "layer": "data:image/png;base64," + base64.b64encode(png_bytes(layer)).decode(),
        "width": whole.shape[1],
        "height": whole.shape[0],
        "layer_share": f"{100 * rows / whole.shape[0]:.4f}",
    }


def evidence_of(result: Result, name: str) -> str:
    """The heat map of one class."""
    frame = result.frames_analysed[0] if result.frames_analysed else 0
    return jpeg(draw_evidence(result, name, frame=frame, largest_px=LARGEST_PICTURE_PX))


def thumbnail_of(result: Result, frame: int) -> str:
    """A frame, small, for the summary."""
    scale = _THUMBNAIL_PX / max(result.image.size)
    picture = resized(display_frame(result.image, frame), scale)
    return jpeg(picture)


def jpeg(picture: Pixels8) -> str:
    """A picture as a data URL."""
    ordered = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, buffer = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(bytes(buffer)).decode()
