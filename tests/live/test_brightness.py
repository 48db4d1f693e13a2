"""How bright a tendon was while the probe was turned."""

from __future__ import annotations

from sesamoid.live.assessment import NO_PLANE, Assessment, SeenPart
from sesamoid.live.brightness import Brightness

from .scripted import assessment


def picture(plane: str = "S11", **greys: float | None) -> Assessment:
    return assessment(plane, "A", seen={key: SeenPart(1.0, None, g) for key, g in greys.items()})


def followed(*greys: float, step_s: float = 0.1) -> Brightness:
    one = Brightness(memory_s=8)
    for n, grey in enumerate(greys):
        one.update(picture(FD=grey), n * step_s)
    return one


def test_a_tendon_that_was_brighter_is_dark_now() -> None:
    assert followed(100, 140, 140, 140, 100).loss(picture(FD=100.0)) == 40


def test_the_darkest_tendon_counts_and_bones_do_not() -> None:
    one = Brightness(memory_s=8)
    for n in range(3):
        one.update(picture(FD=120.0, FPL=150.0, Sca=None), 0.1 * n)
    assert one.loss(picture(FD=115.0, FPL=110.0, Sca=None)) == 40


def test_one_frame_with_a_wrong_outline_makes_nothing_bright() -> None:
    assert followed(100, 100, 250, 100, 100).loss(picture(FD=100.0)) == 0


def test_what_was_long_ago_is_forgotten() -> None:
    assert followed(*[200.0] * 5, *[100.0] * 7, step_s=2).loss(picture(FD=100.0)) == 0


def test_another_plane_begins_anew_and_none_in_between_does_not() -> None:
    one = followed(140, 140, 140)
    one.update(assessment(NO_PLANE), 1.0)
    assert one.loss(picture(FD=100.0)) == 40
    one.update(picture("S12", FD=100.0), 1.1)
    assert one.loss(picture("S12", FD=100.0)) == 0
    assert one.loss(picture("S11", FD=10.0)) == 0, "of another plane nothing is known"


def test_without_tendons_nothing_is_dark() -> None:
    assert Brightness(memory_s=8).loss(assessment("S11", "A")) == 0
