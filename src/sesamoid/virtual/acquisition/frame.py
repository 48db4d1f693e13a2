"""One frame of a virtual examination: picture, labels, truth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.measure.plane_grade import plane_grade
from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.evidence import plane_evidence
from sesamoid.virtual.acquisition.fine_labels import fine_labels
from sesamoid.virtual.acquisition.reference import Reference, reference_of
from sesamoid.virtual.acquisition.seen import rules, see
from sesamoid.virtual.acquisition.seen_structures import Counts, seen_structures
from sesamoid.virtual.acquisition.standards import (
    Nearest,
    StandardView,
    StandardViews,
    view_name,
)
from sesamoid.virtual.acquisition.truth import NO_PLANE, FrameTruth
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.ultrasound import ScanImage, Scanner
from sesamoid.virtual.ultrasound.picture import labels_to_picture
from sesamoid.virtual.ultrasound.settings import DEEPEST_MM

LEAST_CONTACT = 0.2
"""Share of the face below which a picture is of no plane, wherever the probe is (P)."""
COARSE = (200, 96)
"""Samples of a quick look for what lies below a picture."""


@dataclass(frozen=True)
class Frame:
    """A virtual frame.

    Parameters
    ----------
    image : ScanImage
    beam_labels : ndarray of uint8, shape (samples, beams)
        Index into `structures`; of a bone its outer line, nothing in shadow or without contact.
    structures : tuple of str
        Keys; the first, for no structure, is empty.
    truth : FrameTruth
    """

    image: ScanImage
    beam_labels: NDArray[np.uint8] = field(repr=False)
    structures: tuple[str, ...] = field(repr=False)
    truth: FrameTruth

    def labels(self, *, fine: bool = True) -> NDArray[np.uint8]:
        """`beam_labels` as they lie on the picture; not `fine` is faster and has stairs."""
        shape = self.image.pixels.shape
        if fine:
            return fine_labels(self.beam_labels, (shape[0], shape[1]))
        return labels_to_picture(self.beam_labels, (shape[0], shape[1]))


class Examination:
    """A body that is scanned by a protocol; it knows where each standard plane is.

    Parameters
    ----------
    body : Body
    protocol : Protocol
    slices : int
        Sections that make up the thickness of the picture; 1 is fastest.
    """

    def __init__(self, body: Body, protocol: Protocol, *, slices: int = 3):
        self.body, self.protocol, self.slices = body, protocol, slices
        self.views = StandardViews.of(body, protocol)
        self._sizes = dict(body.sizes())
        self._references: dict[str, Reference] = {}

    def view(self, plane: str, *, digit: int | None = None) -> StandardView:
        """A plane in this body; SesamoidError names the planes that there are."""
        wanted = view_name(self.protocol.plane(plane, digit=digit))
        return next(view for view in self.views if view.name == wanted)

    def frame(
        self,
        scanner: Scanner,
        pose: ProbePose,
        *,
        time_s: float = 0.0,
        previous: ScanImage | None = None,
        motion_mm: tuple[float, float] = (0.0, 0.0),
        faults: tuple[str, ...] = (),
    ) -> Frame:
        """Scan at a pose.

        A pose off the skin gives a picture without contact, and its truth says so.

        Parameters
        ----------
        scanner : Scanner
        pose : ProbePose
        time_s : float
            For the pulse of the arteries, blood and noise.
        previous : ScanImage, optional
            For persistence.
        motion_mm : (axial, lateral)
            How far the picture slides while it is taken.
        faults : tuple of str
            What was done wrong on purpose; only noted.
        """
        body, grid = self.body, scanner.grid()
        sections = self._sections(scanner, pose, time_s)
        image = scanner.image(
            sections, seed=body.person.seed, time_s=time_s, previous=previous, motion_mm=motion_mm
        )
        same = scanner.section_grid() == grid
        central = sections[0] if same else body.section(pose, grid, time_s=time_s)
        seen = see(central, scanner, body.structures)
        counts = Counts.of(seen, len(body.structures))
        near = self.views.nearest(pose)
        plane, rule = near.view.plane, self.protocol.grading
        evidence = plane_evidence(
            seen,
            counts,
            plane,
            body.structures,
            image.pixels,
            rule,
            reference=self._reference(near.view),
            plane_probability=self._probability(near.excess),
            reversed_=near.reversed,
        )
        missing = [k for k in plane.critical if evidence.visibility[k] < rule.present_from]
        if missing and near.excess <= self.protocol.checks.wrong_plane_factor:
            deeper = self._below(pose, grid, scanner, near, missing)
            evidence = replace(evidence, depth_cut=evidence.depth_cut | deeper)
        contact = float(seen.contact.mean())
        truth = FrameTruth(
            person=body.person,
            sizes=self._sizes,
            machine=scanner.preset.name,
            settings=scanner.settings,
            pose=pose,
            time_s=time_s,
            plane=plane.id if near.excess <= 1 and contact >= LEAST_CONTACT else NO_PLANE,
            nearest=plane.id,
            digit=plane.digit,
            error=near.error,
            excess=near.excess,
            reversed=near.reversed,
            contact=contact,
            grade=plane_grade(evidence, plane, rule),
            evidence=evidence,
            structures=seen_structures(seen, counts, body.structures),
            faults=faults,
        )
        return Frame(image, seen.structure, body.structures, truth)

    def picture(self, scanner: Scanner, pose: ProbePose, *, time_s: float = 0.0) -> ScanImage:
        """The picture of `frame` without its truth: faster, for whoever only looks."""
        sections = self._sections(scanner, pose, time_s)
        return scanner.image(sections, seed=self.body.person.seed, time_s=time_s)

    def _sections(self, scanner: Scanner, pose: ProbePose, time_s: float) -> list[Section]:
        """The plane of the picture, and those that make up its thickness, as the scanner draws."""
        grid = scanner.section_grid()
        return [
            self.body.section(pose.moved(elevation_mm=offset), grid, time_s=time_s)
            for offset in scanner.elevation_offsets_mm(self.slices)
        ]

    def _reference(self, view: StandardView) -> Reference:
        if view.name not in self._references:
            self._references[view.name] = reference_of(self.body, view)
        return self._references[view.name]

    def _probability(self, excess: float) -> float:
        """That the picture is of its nearest plane: sure within tolerance, then falling.

        It reaches the rule's limit at the number of tolerances that the protocol calls another
        plane.
        """
        limit = self.protocol.grading.plane_probability_from
        beyond = max(0.0, excess - 1) / (self.protocol.checks.wrong_plane_factor - 1)
        return max(0.0, 1 - (1 - limit) * beyond)

    def _below(
        self, pose: ProbePose, grid: SliceGrid, scanner: Scanner, near: Nearest, missing: list[str]
    ) -> frozenset[str]:
        """Missing parts that a deeper picture would show, as deep as machines go; coarse."""
        deep = min(grid.depth_mm * rules()["deeper"], DEEPEST_MM)
        deeper = scanner.with_settings(depth_mm=deep)
        coarse = SliceGrid(COARSE[0], COARSE[1], deep, grid.width_mm)
        seen = see(self.body.section(pose, coarse), deeper, self.body.structures)
        last = round(COARSE[0] * grid.depth_mm / deep)
        found = set()
        for key in missing:
            part = near.view.plane.parts[key][0]
            index = [self.body.structures.index(s) for s in part.structures]
            if np.isin(seen.structure[last:], index).any():
                found.add(key)
        return frozenset(found)
