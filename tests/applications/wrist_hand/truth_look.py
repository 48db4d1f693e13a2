"""A look that tells the simulator's truth: what a faultless network would see, or nearly so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from sesamoid.anatomy import Protocol, protocol, structure
from sesamoid.applications.wrist_hand.evidence import POSE
from sesamoid.imaging import Crop, Outlines
from sesamoid.live.sources.probe import VirtualProbe
from sesamoid.virtual.acquisition import NO_PLANE, Frame, FrameTruth
from sesamoid.virtual.acquisition.label_classes import class_values, label_classes

PROTOCOL = protocol("wrist-hand-15")
SD = (0.6, 0.6, 2.0, 2.0, 2.0)


@dataclass(frozen=True)
class ScriptedNames:
    planes: tuple[str, ...]
    parts: tuple[str, ...]
    part_owner: tuple[int, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class ScriptedLook:
    nearest: np.ndarray
    inside: np.ndarray
    reversed: float
    pose: np.ndarray
    pose_sd: np.ndarray
    parts: np.ndarray
    picture: Mapping[str, float]
    labels: np.ndarray = field(repr=False)

    @property
    def outlines(self) -> Outlines:
        return Outlines.of(self.labels)


def names_of(rule: Protocol = PROTOCOL) -> ScriptedNames:
    parts = [(key, owner) for owner, plane in enumerate(rule.planes) for key in plane.parts]
    return ScriptedNames(
        planes=tuple(plane.id for plane in rule.planes),
        parts=tuple(key for key, _ in parts),
        part_owner=tuple(owner for _, owner in parts),
        classes=label_classes(),
    )


NAMES = names_of()


def truth_look(
    truth: FrameTruth,
    labels: np.ndarray,
    *,
    sure: float = 0.97,
    rng: np.random.Generator | None = None,
) -> ScriptedLook:
    """The truth as a network would put it; with `rng` the pose has errors of `SD`."""
    evidence, planes = truth.evidence, NAMES.planes
    at = planes.index(truth.nearest)
    nearest = np.full(len(planes), (1 - sure) / (len(planes) - 1), np.float32)
    nearest[at] = sure
    inside = np.full(len(planes), 0.5, np.float32)
    inside[at] = sure if truth.plane != NO_PLANE else 1 - sure
    pose = np.zeros((len(planes), 5), np.float32)
    pose[at] = [getattr(truth.error, name) for name in POSE]
    sd = np.tile(np.float32(SD), (len(planes), 1))
    if rng is not None:
        pose[at] += rng.laplace(0, np.array(SD) / np.sqrt(2)).astype(np.float32)
    parts = np.zeros((len(NAMES.parts), 4), np.float32)
    plane = PROTOCOL.plane(truth.nearest, digit=truth.digit)
    for row, (key, owner) in enumerate(zip(NAMES.parts, NAMES.part_owner, strict=True)):
        if owner != at:
            continue
        bone = structure(plane.parts[key][0].structures[0]).category == "bone"
        quality = (evidence.continuity if bone else evidence.tendon_echo).get(key, 1.0)
        cut, lost = key in evidence.depth_cut, key in evidence.dropout
        parts[row] = (evidence.visibility.get(key, 0.0), quality, cut, lost)
    wanted = ("centre_offset", "depth_fill", "lift_off", "reverberation")
    picture = {
        name: float(getattr(evidence, name))
        for name in wanted
        if getattr(evidence, name) is not None
    }
    return ScriptedLook(
        nearest, inside, sure if truth.reversed else 1 - sure, pose, sd, parts, picture, labels
    )


def frame_look(frame: Frame, **how) -> ScriptedLook:
    return truth_look(frame.truth, class_values(frame.structures)[frame.labels()], **how)


class TruthLooker:
    """Knows the frames of a virtual probe by their pixels."""

    task = NAMES

    def __init__(self, probe: VirtualProbe, *, seed: int = 0, sure: float = 0.97):
        self.probe, self.sure = probe, sure
        self.rng = np.random.default_rng(seed)

    def look(self, frame, *, scan_area: Crop | None = None, spacing_mm=None) -> ScriptedLook:
        for time_s in reversed(self.probe._sampled.times):
            known = self.probe.frame_at(time_s)
            pixels = known.image.pixels
            if pixels.shape == frame.shape and np.array_equal(pixels, frame):
                return frame_look(known, sure=self.sure, rng=self.rng)
        raise AssertionError("this frame is not of the virtual probe")

    def last(self, frame: np.ndarray) -> ScriptedLook:
        """The look at the probe's last picture, its labels on as many pixels as `frame` has."""
        newest = self.probe._sampled.times[-1]
        found = frame_look(self.probe.frame_at(newest), sure=self.sure, rng=self.rng)
        labels = cv2.resize(found.labels, frame.shape[::-1], interpolation=cv2.INTER_NEAREST)
        return replace(found, labels=labels)
