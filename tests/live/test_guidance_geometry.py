"""Doing what guidance says brings the probe nearer: all planes, both hands, both screens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.anatomy import Axis, Plane, protocol
from sesamoid.anatomy.planes import OPPOSITE
from sesamoid.live.assessment import Estimate, PoseOffset
from sesamoid.live.directions import Heading, compass
from sesamoid.live.guidance import Guide
from sesamoid.live.instruction import Act, move
from sesamoid.live.planes import PlaneState
from sesamoid.virtual.acquisition import pose_error
from sesamoid.virtual.body import WristHand, draw_person

from .hand import in_space, in_the_model, obey
from .scripted import PROTOCOL, assessment

PARTS = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
PLANES = [p for first in PROTOCOL.planes for p in (first, *first.on_other_digits)]


@pytest.fixture(scope="module")
def body() -> WristHand:
    return WristHand(draw_person(3))


def shown(plane: Plane, turned: bool) -> Plane:
    """The plane of a site that has the other end at the left of the screen."""
    return replace(plane, left=OPPOSITE[plane.left]) if turned else plane


def thumb_axes(body: WristHand, plane: Plane) -> np.ndarray | None:
    """The thumb's own axes where the plane is one of the thumb: radial, dorsal, distal."""
    return body.anatomy.skeleton.rays[1].head.axes if plane.id == "S13" else None


def relative(error, plane: Plane) -> dict[str, float]:
    return {n: abs(getattr(error, n)) / getattr(plane.tolerance, n) for n in PARTS}


def name(plane: Plane) -> str:
    return plane.id if plane.digit is None else f"{plane.id}:{plane.digit}"


@pytest.mark.parametrize("turned", [False, True], ids=["protocol", "turned"])
@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("told", ["side known", "side unknown"])
@pytest.mark.parametrize("plane", PLANES, ids=name)
def test_each_single_error_shrinks(
    body: WristHand, plane: Plane, side: str, told: str, turned: bool
) -> None:
    known = side if told == "side known" else None
    standard = body.standard_pose(plane.id, digit=plane.digit, swap=turned)
    for part in PARTS:
        for sign in (1, -1):
            wrong = {part: sign * 2.0 * getattr(plane.tolerance, part)}
            slide = {k.replace("along", "lateral").replace("across", "elevation"): v
                     for k, v in wrong.items() if k.endswith("mm")}  # fmt: skip
            turn = {k: v for k, v in wrong.items() if k.endswith("deg")}
            pose = standard.moved(**slide).turned(**turn)
            before = pose_error(pose, standard)
            said = move(part, getattr(before, part), shown(plane, turned), side=known)
            after = obey(said.text, in_space(pose, side), side, thumb_axes(body, plane))
            left = pose_error(in_the_model(after, side), standard)
            was, now = relative(before, plane), relative(left, plane)
            assert now[part] < 0.65 * was[part], f"{said.text}: {was} -> {now}"
            assert all(now[other] < was[other] + 0.35 for other in PARTS), said.text


@pytest.mark.parametrize("turned", [False, True], ids=["protocol", "turned"])
@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("plane", PLANES, ids=name)
def test_obeying_leads_to_the_plane(body: WristHand, plane: Plane, side: str, turned: bool) -> None:
    """From anywhere near, each instruction obeyed, until it says to hold still: and there it is."""
    rng = np.random.default_rng(len(plane.id) + 10 * (plane.digit or 0) + 100 * turned)
    site = shown(plane, turned)
    rule = replace(PROTOCOL, planes=(site,))
    standard = body.standard_pose(plane.id, digit=plane.digit, swap=turned)
    for _ in range(5):
        off = rng.uniform(-2.5, 2.5, 5) * [getattr(plane.tolerance, part) for part in PARTS]
        pose = standard.moved(lateral_mm=off[0], elevation_mm=off[1]).turned(
            rotation_deg=off[2], tilt_deg=off[3], rock_deg=off[4]
        )
        guide = Guide(rule, side=side)
        held = PlaneState(plane.id, 1.0, 0.0, False)
        for step in range(15):
            error = pose_error(pose, standard)
            where = PoseOffset(plane.id, *(Estimate(getattr(error, part), 0.01) for part in PARTS))
            seen = assessment(plane.id, pose=where, digit=plane.digit)
            said = guide.update(seen, held, 3.0 * step)
            if said.act is Act.HOLD:
                break
            worst = max(relative(error, plane).values())
            assert said.severity == pytest.approx(worst, rel=0.35), "the largest error is first"
            after = obey(said.text, in_space(pose, side), side, thumb_axes(body, plane))
            pose = in_the_model(after, side)
        assert said.act is Act.HOLD
        assert max(relative(pose_error(pose, standard), plane).values()) <= 1.0


def test_sites_own_orientation_turns_the_words(tmp_path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(
        "extends: wrist-hand-15\nid: site\nversion: '1'\n"
        "orientation: {transverse: ulnar, longitudinal: distal}\n"
    )
    site = protocol(file)
    for plane in PROTOCOL.planes:
        ours, theirs = compass(plane), compass(site.plane(plane.id))
        if plane.id == "S1":  # has an orientation of its own
            assert ours == theirs
            continue
        assert theirs.right is ours.right.opposite
        assert theirs.across is ours.across.opposite


@pytest.mark.parametrize(
    ("plane", "part", "error", "words"),
    [
        ("S11", "across_mm", -4.0, "slide 4 mm toward the fingers"),
        ("S11", "along_mm", 3.6, "slide 4 mm toward the thumb side"),
        ("S2", "tilt_deg", -8.0, "tilt the handle 10° toward the elbow"),
        ("S5", "across_mm", 2.0, "slide 2 mm toward the thumb side"),
        ("S5", "along_mm", -3.0, "slide 3 mm toward the fingers"),
        ("S7", "across_mm", -3.0, "slide 3 mm toward the palm"),
        ("S13", "across_mm", -3.0, "slide 3 mm toward the tip of the thumb"),
        ("S11", "rotation_deg", -9.0, "rotate 10° clockwise"),
        ("S11", "rotation_deg", 9.0, "rotate 10° counterclockwise"),
        ("S1", "along_mm", 0.2, "slide 1 mm toward the palm"),
    ],
)
def test_wording(plane: str, part: str, error: float, words: str) -> None:
    assert move(part, error, PROTOCOL.plane(plane), side="right").text == words


def test_a_left_hand_turns_the_other_way() -> None:
    plane = PROTOCOL.plane("S11")
    assert move("rotation_deg", -9.0, plane, side="left").text == "rotate 10° counterclockwise"
    unknown = move("rotation_deg", -9.0, plane, side=None).text
    assert unknown == "turn the little-finger-side end 10° toward the fingers"


def test_every_transverse_plane_is_crossed_along_the_limb() -> None:
    for plane in PLANES:
        here = compass(plane)
        along_limb = {Heading.FINGERS, Heading.ELBOW}
        crossed = here.across if plane.axis is Axis.TRANSVERSE else here.right
        assert crossed in along_limb
