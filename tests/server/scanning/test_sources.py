"""Recordings as sources of an exam: played once or again and again, frozen, refused."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.live import LiveFrame, SourceEvent
from sesamoid.live.sources.base import PacedSource
from sesamoid.server.scanning.looping import Looped
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.sources import Opened, open_source

GREYS = (10, 120, 230)


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    folder = tmp_path / "stills"
    folder.mkdir()
    for number, grey in enumerate(GREYS):
        Image.fromarray(np.full((30, 40), grey, np.uint8)).save(folder / f"{number}.png")
    return folder


def opened(rule: Protocol, address: Path, *, loop: bool) -> Opened:
    request = ScanRequest(kind="file", address=str(address), loop=loop, mm_per_pixel=0.1)
    return open_source(request, rule, Bodies())


def frames(source: object) -> list[LiveFrame]:
    return [item for item in source if isinstance(item, LiveFrame)]  # type: ignore[attr-defined]


def test_a_recording_is_played_once(rule: Protocol, stills: Path) -> None:
    shown = frames(opened(rule, stills, loop=False).source)
    assert [int(one.pixels[0, 0]) for one in shown] == list(GREYS)


@pytest.mark.parametrize("what", ["folder", "picture"])
def test_the_scale_that_is_stated_is_used(rule: Protocol, stills: Path, what: str) -> None:
    address = stills if what == "folder" else stills / "0.png"
    shown = frames(opened(rule, address, loop=False).source)
    assert {one.spacing_mm for one in shown} == {(0.1, 0.1)}


def test_or_again_and_again_and_time_goes_on(rule: Protocol, stills: Path) -> None:
    source = opened(rule, stills, loop=True).source
    shown = list(islice((one for one in source if isinstance(one, LiveFrame)), 7))
    source.stop()
    assert [int(one.pixels[0, 0]) for one in shown] == [*GREYS, *GREYS, GREYS[0]]
    assert [one.index for one in shown] == list(range(7))
    assert np.diff([one.time_s for one in shown]) == pytest.approx(0.1)
    assert shown[6].spacing_mm == (0.1, 0.1)


class Nothing(PacedSource):
    def frames(self):
        yield from ()


class Single(PacedSource):
    def frames(self):
        yield LiveFrame(np.zeros((4, 4), np.uint8), 0.0, 0)
        yield SourceEvent("gone", "it breaks off", 0.5)  # type: ignore[arg-type]


def test_what_has_no_frame_ends() -> None:
    assert list(Looped(Nothing("empty", pace=False))) == []


def test_a_single_picture_is_shown_once_a_second() -> None:
    shown = list(islice(Looped(Single("one", pace=False)), 4))
    assert [round(one.time_s, 3) for one in shown] == [0.0, 0.5, 1.0, 1.5]


def test_a_recording_that_is_not_there_is_refused_by_its_name(
    rule: Protocol, tmp_path: Path
) -> None:
    with pytest.raises(SesamoidError, match=r"gone\.dcm: there is no such"):
        opened(rule, tmp_path / "gone.dcm", loop=False)
