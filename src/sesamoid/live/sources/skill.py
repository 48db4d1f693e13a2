"""How well a virtual novice scans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Skill:
    """How a novice scans; every value a proposal (P), made up for virtual examinations.

    Parameters
    ----------
    first_error : (low, high)
        Largest error of the first guess, in tolerances.
    slide_mm_s, turn_deg_s : float
        How fast the hand follows.
    reaction_s : float
        From hearing to moving.
    overshoot : float
        Standard deviation of how much too far or too short a move is, as a share of it.
    patience_s : float
        After that long on one plane the novice goes on to the next. Twice the time that the novices
        of Tang 2026 took for a plane (305 s for 15, either arm; clinical facts 1.1).
    eye_bias, eye_sd : float
        Where nothing tells which way to go: how wrong the picture is read, in tolerances of each
        error; once for all of a plane, and anew with every look. Set so that virtual novices
        without help come near the conventional arm of Tang 2026 (89.3 % acquired, 80.7 % grade A;
        clinical facts 1.1).
    look_s : float
        How long such a look takes.
    rest_s : float
        Between planes, with the probe off the skin.
    regrasp_s : float
        After being told to find a plane for that long, the probe is put down anew where it is
        thought to be.
    sweep_mm, sweep_mm_s, fan_deg, fan_deg_s : float
        How far to either side, and how fast, the probe slides, or tilts and rotates, when told to
        go to and fro.
    a_little_mm : float
        What is understood by sliding a little.
    press_mm : float
    own_eyes : bool
        Whether a novice who is told to find a plane, or to go to and fro, first undoes what looks
        wrong. Without, guidance is all there is to go by.
    """

    first_error: tuple[float, float] = (1.5, 3.5)
    slide_mm_s: float = 12.0
    turn_deg_s: float = 20.0
    reaction_s: float = 0.4
    overshoot: float = 0.2
    patience_s: float = 40.0
    eye_bias: float = 0.5
    eye_sd: float = 0.3
    look_s: float = 0.8
    rest_s: float = 0.5
    regrasp_s: float = 3.0
    sweep_mm: float = 4.0
    sweep_mm_s: float = 4.0
    fan_deg: float = 10.0
    fan_deg_s: float = 10.0
    a_little_mm: float = 2.0
    press_mm: float = 0.8
    own_eyes: bool = True
