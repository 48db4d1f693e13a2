"""Looking at planes that a site shows the other way round than the network learnt them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging import Crop, Outlines

from .look import Look, Looker, Names

HALF_TURN = np.array([-1, -1, 1, -1, -1], np.float32)
"""What makes of an offset that from the same plane with the probe held the other way round."""


@dataclass(frozen=True)
class SiteLook:
    """A `Look` in the words of the site; `reversed` is told of the nearest plane."""

    nearest: NDArray[np.float32]
    inside: NDArray[np.float32]
    reversed: float
    pose: NDArray[np.float32]
    pose_sd: NDArray[np.float32]
    parts: NDArray[np.float32]
    picture: Mapping[str, float]
    outlines: Outlines = field(repr=False)

    @property
    def labels(self) -> NDArray[np.uint8]:
        """See `Look`."""
        return self.outlines.on_frame


class SiteLooker:
    """A looker for a protocol with turned planes: it looks at these in the mirror.

    Of a mirrored picture the network knows the plane, but hardly how far off it is. Where only some
    planes are turned, a frame near one of them is looked at twice.

    Parameters
    ----------
    looker : Looker
    turned : set of str
        Ids of the planes that are shown the other way round; see `sesamoid.anatomy.is_turned`.
    """

    def __init__(self, looker: Looker, turned: frozenset[str]):
        self._looker = looker
        self._turned = np.array([plane in turned for plane in looker.task.planes])

    @property
    def task(self) -> Names:
        """See `Looker`."""
        return self._looker.task

    def look(
        self,
        frame: NDArray[np.uint8],
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> Look:
        """See `Looker`."""
        if not self._turned.all():
            plain = self._looker.look(frame, scan_area=scan_area, spacing_mm=spacing_mm)
            if not self._turned[int(np.argmax(plain.nearest))]:
                return self._told(plain, plain.outlines, plain.picture, mirrored=False)
        area = None if scan_area is None else scan_area.mirrored(frame.shape[1])
        look = self._looker.look(
            np.ascontiguousarray(frame[:, ::-1]), scan_area=area, spacing_mm=spacing_mm
        )
        picture = dict(look.picture)
        if "centre_offset" in picture:
            picture["centre_offset"] = -picture["centre_offset"]
        return self._told(look, look.outlines.mirrored(), picture, mirrored=True)

    def _told(
        self, look: Look, outlines: Outlines, picture: Mapping[str, float], *, mirrored: bool
    ) -> SiteLook:
        as_learnt = bool(self._turned[int(np.argmax(look.nearest))]) == mirrored
        return SiteLook(
            nearest=look.nearest,
            inside=look.inside,
            reversed=look.reversed if as_learnt else 1 - look.reversed,
            pose=np.where(self._turned[:, None], look.pose * HALF_TURN, look.pose),
            pose_sd=look.pose_sd,
            parts=look.parts,
            picture=picture,
            outlines=outlines,
        )
