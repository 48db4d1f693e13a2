"""A Heckmatt-style grade by a stated rule: muscle echo, bone echo and loss of echo together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from sesamoid.errors import SesamoidError
from sesamoid.measure.echogenicity_muscle import MuscleEchogenicity


@lru_cache(maxsize=1)
def heckmatt_rule() -> dict[str, Any]:
    """The rule, from ``heckmatt.yaml``, with the status of every limit."""
    text = resources.files("sesamoid.measure").joinpath("heckmatt.yaml").read_text("utf-8")
    rule: dict[str, Any] = yaml.safe_load(text)
    return rule


@dataclass(frozen=True)
class BoneEcho:
    """How well the surface of the bone below a muscle is seen.

    Parameters
    ----------
    visible_share : float
        Share of the columns in which a bright line with a shadow below it stands.
    columns : int
        Columns in which the bone's line was given.
    """

    visible_share: float
    columns: int


@dataclass(frozen=True)
class HeckmattGrade:
    """A grade, or why there is none.

    Parameters
    ----------
    grade : int or None
        1 to 4.
    reason : str
        The evidence in words, or what was missing or contradictory.
    muscle_echo : {"normal", "increased", "marked"} or None
    bone_echo : {"distinct", "reduced", "lost"} or None
    z_score, visible_share, deep_to_superficial : float or None
        What these were read from.
    rule : str
        Name, version and status.
    """

    grade: int | None
    reason: str
    muscle_echo: str | None
    bone_echo: str | None
    z_score: float | None
    visible_share: float | None
    deep_to_superficial: float | None
    rule: str


def bone_echo(
    grey: NDArray[np.generic],
    bone_row: NDArray[np.floating],
    muscle: MuscleEchogenicity,
    *,
    rule: dict[str, Any] | None = None,
) -> BoneEcho:
    """Look for the bone's surface near a given line.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    bone_row : ndarray of float, shape (columns,)
        Row at which the bone's surface lies or, where it cannot be seen, must lie (from the
        opposite side, another frame or the anatomy); NaN where not known.
    muscle : MuscleEchogenicity
        Of the same image.
    rule : dict, optional
        In the form of ``heckmatt.yaml``; None: that file.

    Raises
    ------
    SesamoidError
        A line of another length, in too few columns, or without room for a shadow below it.
    """
    limits = (rule if rule is not None else heckmatt_rule())["bone_echo"]
    rows, columns = grey.shape
    line = np.asarray(bone_row, dtype=float)
    if line.shape != (columns,):
        raise SesamoidError(
            f"the bone's line has shape {line.shape}; one row for each of {columns} columns is due"
        )
    reach = max(1, round(limits["search_share"] * rows))
    shadow = max(2, round(limits["shadow_share"] * rows))
    with np.errstate(invalid="ignore"):
        room = np.isfinite(line) & (line - reach >= 0) & (line + 2 * reach + shadow <= rows)
    if np.count_nonzero(room) < limits["minimal_columns"]:
        raise SesamoidError(
            f"the bone's line lies in {np.count_nonzero(room)} columns with room for its shadow, "
            f"fewer than {limits['minimal_columns']}",
            fix="scan deeper, so that the bone and what lies below it are in the picture.",
        )
    width = max(1, round(limits["smooth_columns_share"] * columns))
    smooth = uniform_filter1d(np.asarray(grey, dtype=float), width, axis=1, mode="nearest")
    at = np.flatnonzero(room)
    centre = np.rint(line[at]).astype(int)
    near = smooth[centre[:, None] + np.arange(-reach, reach + 1), at[:, None]]
    peak_at = centre - reach + near.argmax(axis=1)
    peak = near.max(axis=1)
    below = smooth[peak_at[:, None] + reach + np.arange(shadow), at[:, None]].mean(axis=1)
    surface = (peak >= limits["over_muscle"] * muscle.deep.mean) & (
        peak >= limits["over_shadow"] * below
    )
    return BoneEcho(visible_share=float(surface.mean()), columns=len(at))


def heckmatt_grade(
    muscle: MuscleEchogenicity,
    *,
    z_score: float | None,
    bone: BoneEcho | None,
    rule: dict[str, Any] | None = None,
) -> HeckmattGrade:
    """Grade by the table of ``heckmatt.yaml``, or say why not.

    Parameters
    ----------
    muscle : MuscleEchogenicity
    z_score : float or None
        Of the muscle's echo intensity, see `EchogenicityReference.z_score`.
    bone : BoneEcho or None
        From `bone_echo`; None where no bone is known to lie in the picture.
    rule : dict, optional

    Returns
    -------
    HeckmattGrade
        With grade None where evidence is missing or contradicts itself.
    """
    settings = rule if rule is not None else heckmatt_rule()
    muscle_word = None if z_score is None else _muscle_word(z_score, settings["muscle_echo"])
    bone_word = None if bone is None else _bone_word(bone, settings["bone_echo"])
    fading = muscle.deep_to_superficial
    grade, reason = _decided(muscle_word, bone_word, z_score, bone, fading, settings)
    return HeckmattGrade(
        grade=grade,
        reason=reason,
        muscle_echo=muscle_word,
        bone_echo=bone_word,
        z_score=z_score,
        visible_share=None if bone is None else bone.visible_share,
        deep_to_superficial=fading if math.isfinite(fading) else None,
        rule=f"{settings['rule']} {settings['version']} (status {settings['status']}: proposal, "
        "not published)",
    )


def _muscle_word(z_score: float, limits: dict[str, Any]) -> str:
    if not math.isfinite(z_score):
        raise SesamoidError(f"a z-score of {z_score} says nothing")
    if z_score >= limits["marked"]:
        return "marked"
    return "increased" if z_score >= limits["increased"] else "normal"


def _bone_word(bone: BoneEcho, limits: dict[str, Any]) -> str:
    if bone.visible_share >= limits["distinct"]:
        return "distinct"
    return "lost" if bone.visible_share < limits["lost"] else "reduced"


def _decided(
    muscle: str | None,
    bone: str | None,
    z_score: float | None,
    evidence: BoneEcho | None,
    fading: float,
    settings: dict[str, Any],
) -> tuple[int | None, str]:
    if muscle is None or z_score is None:
        return None, (
            "no grade: without reference values of this machine and preset the grey level does not "
            "tell whether the muscle's echo is increased"
        )
    if bone is None or evidence is None:
        return None, (
            "no grade: no bone is known to lie in the picture, and the grey level alone is no grade"
        )
    seen = (
        f"muscle echo {muscle} (z {z_score:.1f}), bone echo {bone} (seen in "
        f"{evidence.visible_share:.0%} of {evidence.columns} columns)"
    )
    least = settings["attenuation"]["lost_below"]
    if bone == "lost" and not fading < least:
        return None, (
            f"no grade: {seen}, but the echo does not fade within the muscle (deep over "
            f"superficial third {fading:.2f}, not below {least}), so the bone may lie elsewhere or "
            "the probe be tilted"
        )
    grade = next(
        row["grade"] for row in settings["table"] if (row["muscle"], row["bone"]) == (muscle, bone)
    )
    if grade is None:
        return None, f"no grade: {seen} contradict one another; check probe angle, depth and gain"
    return int(grade), f"{seen}: {settings['grades'][grade]}"
