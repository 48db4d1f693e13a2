"""Whether a B-mode frame can be measured on: contact, gain, depth and sharpness, as a grade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings.grades import Grade, GradeLetter, SubScore
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import content_box
from sesamoid.measure.checks import checked_mask, same_shape

WHITE = 255
"""The limits are for 8-bit grey levels; other frames are brought to it by their full scale."""

ROUNDING_VARIANCE = 0.76 / 12
"""What rounding to whole grey levels adds to the finest band: the variance 1/12 of rounding times
the share of white noise that 1 - G(1 pixel) passes; else a dark blurred frame would look sharp."""


@dataclass(frozen=True)
class _Aspect:
    score: float
    detail: str
    caps: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@cache
def quality_rule() -> dict[str, Any]:
    """The limits and the rule, from ``quality.yaml``."""
    text = resources.files("sesamoid.measure").joinpath("quality.yaml").read_text("utf-8")
    rule: dict[str, Any] = yaml.safe_load(text)
    return rule


def image_quality(
    grey: NDArray[np.generic],
    *,
    scan_area: Crop | None = None,
    structure: NDArray[np.generic] | None = None,
    full_scale: float | None = None,
    rule: dict[str, Any] | None = None,
    frame: int = 0,
) -> Grade:
    """Grade a B-mode frame A, B or C (not measurable), with sub-scores and plain reasons.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        8- or 16-bit grey levels as stored.
    scan_area : Crop, optional
        Where the echo is drawn, e.g. the calibrated region of the file. None: the part that is not
        black; then columns without contact at the side of the aperture cannot be seen as such.
    structure : ndarray, optional
        Outlined structure of the frame's shape: faulted where it reaches below the visible depth.
    full_scale : float, optional
        Level of white; None: the largest of the type. Give 4095 for 12 bits stored in 16.
    rule : dict, optional
        In the form of ``quality.yaml``; None: that file.
    frame : int

    Returns
    -------
    Grade
        Worst reason first; its `rule` says that the limits are a proposal.

    Raises
    ------
    SesamoidError
        The frame is not a 2-D array of 8 or 16 bits, or the scan area leaves nothing.

    Notes
    -----
    The four aspects and their limits: ``quality.yaml``, with sources. They follow the gain, depth
    and artefact terms of the clinical facts 1.4 [P]; anatomy is graded elsewhere.
    """
    limits = rule if rule is not None else quality_rule()
    levels = _eight_bits(grey, full_scale)
    box = scan_area if scan_area is not None else content_box(levels)
    part = levels[box.top : box.bottom, box.left : box.right]
    if min(part.shape) < 16:
        raise SesamoidError(f"a scan area of {part.shape} pixels is too small to grade")
    bottom = None
    if structure is not None:
        same_shape(structure, grey)
        lowest = int(np.flatnonzero(checked_mask(structure).any(axis=1))[-1])
        bottom = (lowest + 1 - box.top) / part.shape[0]
    part = _shrunk(part, limits["working_rows"])
    aspects = limits["aspects"]
    found = {
        "gain": _gain(part, aspects["gain"]),
        "contact": _contact(part, aspects["contact"]),
        "depth": _depth(part, aspects["depth"], bottom),
        "sharpness": _sharpness(part, aspects["sharpness"]),
    }
    return _graded(found, limits, frame)


def _graded(found: dict[str, _Aspect], limits: dict[str, Any], frame: int) -> Grade:
    aspects, grade = limits["aspects"], limits["grade"]
    total = sum(aspects[name]["weight"] for name in found)
    score = sum(aspects[name]["weight"] * aspect.score for name, aspect in found.items()) / total
    faults = [text for aspect in found.values() for text in aspect.faults]
    caps = [text for aspect in found.values() for text in aspect.caps]
    if faults or score < grade["b_score"]:
        letter = GradeLetter.C
        faults = faults or [f"overall quality {score:.2f} is below {grade['b_score']:.2f}"]
    elif caps or score < grade["a_score"]:
        letter = GradeLetter.B
    else:
        letter = GradeLetter.A
    reasons = [f"C: {text}" for text in faults] + [f"B: {text}" for text in caps]
    if letter is GradeLetter.B and not caps:
        worst = min(found, key=lambda name: found[name].score)
        reasons = [f"B: {worst} is not ideal: {found[worst].detail}"]
    return Grade(
        letter=letter,
        score=float(score),
        sub_scores=tuple(SubScore(n, float(a.score), a.detail) for n, a in found.items()),
        reasons=tuple(reasons),
        rule=f"{limits['rule']} {limits['version']} (status {limits['status']}: "
        f"{'proposal, not published' if limits['status'] == 'P' else 'see its sources'})",
        frame=frame,
    )


def _eight_bits(grey: NDArray[np.generic], full_scale: float | None) -> NDArray[np.float32]:
    if grey.ndim != 2 or grey.dtype not in (np.uint8, np.uint16):
        raise SesamoidError(
            f"quality is graded on a 2-D frame of 8 or 16 bits, not {grey.ndim}-D {grey.dtype}",
            fix="give Image.grey(frame) as it was read.",
        )
    white = full_scale if full_scale is not None else 2.0 ** (8 * grey.dtype.itemsize) - 1
    return grey.astype(np.float32) * np.float32(WHITE / white)


def _shrunk(part: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    part = np.ascontiguousarray(part)
    if part.shape[0] <= rows:
        return part
    columns = max(1, round(part.shape[1] * rows / part.shape[0]))
    return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA))


def _ramp(value: float, good: float, bad: float) -> float:
    return float(np.clip((value - bad) / (good - bad), 0, 1))


def _gain(part: NDArray[np.float32], limits: dict[str, Any]) -> _Aspect:
    mean = float(part.mean())
    black = float((part < limits["black"]["level"]).mean())
    bright = float((part > limits["saturated"]["level"]).mean())
    (low, high), (dark, glare) = limits["mean"]["good"], limits["mean"]["fail"]
    score = min(
        _ramp(mean, low, dark),
        _ramp(mean, high, glare),
        _ramp(black, limits["black"]["good"], limits["black"]["bad"]),
        _ramp(bright, limits["saturated"]["good"], limits["saturated"]["bad"]),
    )
    detail = f"mean grey {mean:.0f} of 255, {black:.0%} black, {bright:.0%} saturated"
    cap_dark, cap_glare = limits["mean"]["cap_b"]
    faults, caps = [], []
    if black > 0.999:
        faults.append("no echo: the image is black")
    elif mean < dark or black > limits["black"]["fail"]:
        faults.append(f"gain far too low: {detail}")
    elif mean < cap_dark or black > limits["black"]["cap_b"]:
        caps.append(f"gain low: {detail}")
    if bright > 0.999:
        faults.append("no picture: the image is white")
    elif mean > glare or bright > limits["saturated"]["fail"]:
        faults.append(f"gain far too high: {detail}")
    elif mean > cap_glare or bright > limits["saturated"]["cap_b"]:
        caps.append(f"gain high: {detail}")
    return _Aspect(score, detail, tuple(caps), tuple(faults))


def _contact(part: NDArray[np.float32], limits: dict[str, Any]) -> _Aspect:
    rows = part.shape[0]
    smooth = cv2.GaussianBlur(part, (0, 0), 1.5)
    near = smooth[int(limits["near_skip"] * rows) : int(limits["near_end"] * rows)]
    silent = float((np.percentile(near, 90, axis=0) < limits["silent_grey"]).mean())
    detail = f"{silent:.0%} of the aperture without echo"
    return _limited(silent, limits, detail, f"probe contact lost: {detail}", f"contact: {detail}")


def _depth(part: NDArray[np.float32], limits: dict[str, Any], bottom: float | None) -> _Aspect:
    brightest = np.percentile(cv2.GaussianBlur(part, (0, 0), 2.0), 90, axis=1)
    visible = brightest > limits["visible_grey"]
    share = float(visible.mean())
    detail = f"echo over {share:.0%} of the depth"
    aspect = _limited(
        share, limits, detail, f"too little depth shown: {detail}", f"penetration: {detail}"
    )
    deepest = (np.flatnonzero(visible)[-1] + 1) / len(visible) if visible.any() else 0.0
    if bottom is not None and bottom > deepest + 0.02:
        text = f"the structure reaches below the visible depth ({bottom:.0%} against {deepest:.0%})"
        aspect = _Aspect(aspect.score, aspect.detail, (*aspect.caps, text), aspect.faults)
    return aspect


def _sharpness(part: NDArray[np.float32], limits: dict[str, Any]) -> _Aspect:
    fine = cv2.GaussianBlur(part, (0, 0), limits["fine_px"])
    coarse = cv2.GaussianBlur(part, (0, 0), limits["coarse_px"])
    below = float((fine - coarse).std())
    above = float(np.sqrt(max(float((part - fine).var()) - ROUNDING_VARIANCE, 0.0)))
    ratio = above / below if below > 1e-6 else 0.0
    detail = f"fine over coarse detail {ratio:.2f}"
    return _limited(ratio, limits, detail, f"blurred: {detail}", f"slightly blurred: {detail}")


def _limited(value: float, limits: dict[str, Any], detail: str, fault: str, cap: str) -> _Aspect:
    """Score on the ramp; a fault beyond `fail`, a cap beyond `cap_b`, on the side of `bad`."""
    side = 1 if limits["bad"] > limits["good"] else -1
    score = _ramp(value, limits["good"], limits["bad"])
    if side * value > side * limits["fail"]:
        return _Aspect(score, detail, (), (fault,))
    if side * value > side * limits["cap_b"]:
        return _Aspect(score, detail, (cap,), ())
    return _Aspect(score, detail)
