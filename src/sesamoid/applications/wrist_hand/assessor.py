"""The assistant's eye: a look at a frame becomes a live assessment."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, Protocol, is_turned
from sesamoid.errors import ModelError
from sesamoid.imaging import Crop
from sesamoid.live import (
    NO_PLANE,
    Assessment,
    Estimate,
    PoseOffset,
    SeenPart,
    lift_off,
    sharpness,
)
from sesamoid.measure import plane_grade, tendons_across

from .evidence import POSE, evidence_of, part_rows
from .look import VISIBILITY, Look, Looker, PlaneLook
from .plane_masks import plane_masks
from .rules import AssessingRules, assessing_rules
from .scan_finder import ScanFinder
from .site_looker import SiteLooker

BLANK_SIZE = (96, 128)
"""(rows, columns) of the picture to warm up with."""


class WristHandAssessor:
    """Assesses frames by a network and the protocol's rule.

    Parameters
    ----------
    looker : Looker
        The network's runtime.
    protocol : Protocol
        Its planes must be those that the network knows.
    scan_area : Crop, "find" or None
        Where the scan lies in every frame; "find": the console's furniture is looked for; None:
        the frames are the scan.
    rules : AssessingRules, optional
        Those that ship if left out.

    Raises
    ------
    ModelError
        The network knows other planes than the protocol.
    SesamoidError
        The protocol holds the probe on a plane as no half turn makes it.
    """

    def __init__(
        self,
        looker: Looker,
        protocol: Protocol,
        *,
        scan_area: Crop | Literal["find"] | None = None,
        rules: AssessingRules | None = None,
    ):
        self.looker, self.protocol = looker, protocol
        self.rules = rules if rules is not None else assessing_rules()
        self._fixed = scan_area if isinstance(scan_area, Crop) else None
        self._finder = ScanFinder(self.rules.scan_area_every_s) if scan_area == "find" else None
        known, wanted = set(looker.task.planes), {plane.id for plane in protocol.planes}
        if known != wanted:
            raise ModelError(
                f"the model knows planes {', '.join(looker.task.planes)}, and protocol "
                f"{protocol.id} has {', '.join(p.id for p in protocol.planes)}",
                fix="use the protocol that the model was trained for, or train one for this.",
            )
        turned = frozenset(plane.id for plane in protocol.planes if is_turned(plane))
        self._eye = SiteLooker(looker, turned) if turned else looker

    def warm_up(self) -> None:
        """Load and compile what a first frame would wait for, a second or more; nothing is kept."""
        blank, spacing = np.full(BLANK_SIZE, 60, np.uint8), (0.1, 0.1)
        area = Crop(0, 0, *BLANK_SIZE)
        look = self.look(blank, area, spacing_mm=spacing)
        self.judge(look, blank, area, spacing_mm=spacing)

    def assess(
        self,
        frame: NDArray[np.uint8],
        *,
        spacing_mm: tuple[float, float] | None,
        time_s: float,
    ) -> Assessment:
        """Assess one frame; see `sesamoid.live.Assessor`."""
        area = self.scan_area(frame, time_s)
        look = self.look(frame, area, spacing_mm=spacing_mm)
        return self.judge(look, frame, area, spacing_mm=spacing_mm)

    def scan_area(self, frame: NDArray[np.uint8], time_s: float) -> Crop:
        """Where the scan lies in a frame."""
        whole = Crop(0, 0, *frame.shape)
        if self._fixed is not None:
            box = self._fixed
            return box if box.bottom <= whole.height and box.right <= whole.width else whole
        return whole if self._finder is None else self._finder.find(frame, time_s)

    def look(
        self, frame: NDArray[np.uint8], area: Crop, *, spacing_mm: tuple[float, float] | None
    ) -> Look:
        """What the network sees, told as the protocol has its planes on the screen."""
        return self._eye.look(frame, scan_area=area, spacing_mm=spacing_mm)

    def judge(
        self,
        look: Look,
        frame: NDArray[np.uint8],
        area: Crop,
        *,
        spacing_mm: tuple[float, float] | None,
    ) -> Assessment:
        """What follows from a look: plane, offset, evidence, grade."""
        names, rules = self.looker.task, self.rules
        part = np.s_[area.top : area.bottom, area.left : area.right]
        scan = np.ascontiguousarray(frame[part])
        chances = plane_chances(look, names.planes)
        seen_as = max(chances, key=lambda name: chances[name])
        nearest = names.planes[int(np.argmax(look.nearest))]
        plane = self.protocol.plane(nearest if seen_as == NO_PLANE else seen_as)
        # Where parts lie and end is told on the network's own pixels, a tenth of the frame's.
        shown = look.outlines.within(area)
        coarse_mm = _of_larger(spacing_mm, scan.shape, shown.shape)
        whole = area == look.outlines.box
        masks = plane_masks(
            shown, plane, names.classes, spacing_mm=coarse_mm, rules=rules,
            there=look.outlines.values if whole else None,
        )  # fmt: skip
        lifted = lift_off(scan, spacing_mm=spacing_mm)
        evidence = evidence_of(
            look, names, plane, self.protocol, scan, masks,
            lift_off=lifted, rules=rules, bounds=(0, shown.shape[1]), spacing_mm=coarse_mm,
        )  # fmt: skip
        rows = part_rows(names, plane)
        small = look.outlines.grey if whole else None
        greys = masks.greys(tendons_across(rows, plane), scan if small is None else small)
        return Assessment(
            plane=seen_as,
            probabilities=chances,
            grade=plane_grade(evidence, plane, self.protocol.grading),
            pose=self._pose(look, plane, evidence.reversed),
            seen={
                key: SeenPart(
                    float(look.parts[row, VISIBILITY]),
                    masks.area_mm2(key, coarse_mm),
                    greys.get(key),
                )
                for key, row in rows.items()
            },
            evidence=evidence,
            lift_off=lifted,
            outlines=look.outlines,
            label_names=("", *names.classes[1:]),
            sharpness=sharpness(scan),
        )

    def _pose(self, look: Look, plane: Plane, reversed_: bool) -> PoseOffset | None:
        """The offset from the plane, where it is more than a guess."""
        index = self.looker.task.planes.index(plane.id)
        if look.nearest[index] < self.rules.pose_from or reversed_:
            return None
        parts = {
            name: Estimate(float(value), float(sd))
            for name, value, sd in zip(POSE, look.pose[index], look.pose_sd[index], strict=True)
        }
        return PoseOffset(plane.id, **parts)


def _of_larger(
    spacing_mm: tuple[float, float] | None, fine: tuple[int, ...], coarse: tuple[int, ...]
) -> tuple[float, float] | None:
    """Spacing of the same picture on fewer pixels."""
    if spacing_mm is None:
        return None
    return spacing_mm[0] * fine[0] / coarse[0], spacing_mm[1] * fine[1] / coarse[1]


def plane_chances(look: PlaneLook, planes: tuple[str, ...]) -> dict[str, float]:
    """Probability by plane, and of none: P(plane) = P(nearest) x P(inside); they sum to 1."""
    pairs = zip(look.nearest.tolist(), look.inside.tolist(), strict=True)
    both = [min(max(nearest * inside, 0.0), 1.0) for nearest, inside in pairs]
    total = max(1.0, sum(both))
    chances = {plane: one / total for plane, one in zip(planes, both, strict=True)}
    return {**chances, NO_PLANE: max(0.0, 1 - sum(chances.values()))}
