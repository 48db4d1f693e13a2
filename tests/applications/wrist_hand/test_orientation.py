"""A site that shows planes the other way round: by the truth, and by the network that ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.anatomy import is_turned, protocol
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.applications.wrist_hand.evidence import POSE
from sesamoid.errors import SesamoidError
from sesamoid.findings import GradeLetter
from sesamoid.live import Act, Guide, PlaneState
from sesamoid.models import bundle
from sesamoid.models.joint import JointRuntime
from sesamoid.virtual.acquisition import Examination, Offset, placed

from .conftest import ScriptedLooker, take
from .truth_look import PROTOCOL

OFF = {"along_mm": 2.0, "across_mm": -1.5, "rotation_deg": 6.0, "tilt_deg": 4.0, "rock_deg": -3.0}


@pytest.fixture(scope="module", params=["distal", "proximal"], ids=["all turned", "some turned"])
def site(request, tmp_path_factory):
    file = tmp_path_factory.mktemp("site") / "site.yaml"
    file.write_text(
        "extends: wrist-hand-15\nid: site\nversion: '1'\n"
        f"orientation: {{transverse: ulnar, longitudinal: {request.param}}}\n"
        "planes: {S1: {left: dorsal}}\n"
    )
    return protocol(file)


@pytest.fixture(scope="module")
def there(exam, site) -> Examination:
    """The same body, examined as the site does."""
    return Examination(exam.body, site, slices=1)


class Mirroring(ScriptedLooker):
    """Knows a frame and its mirror image, both as the protocol that ships has them."""

    def __init__(self, plain):
        super().__init__(plain)
        [(pixels, look)] = self.known
        pose = look.pose.copy()
        if plain.truth.reversed:  # of a reversed probe what is beyond the half turn
            pose[:, 2] = (pose[:, 2] + 360) % 360 - 180
        look = replace(look, pose=pose)
        in_mirror = replace(
            look,
            reversed=1 - look.reversed,
            labels=look.labels[:, ::-1],
            picture={**look.picture, "centre_offset": -look.picture["centre_offset"]},
        )
        self.known = [(pixels, look), (pixels[:, ::-1], in_mirror)]


def seen(frame, looker, site):
    return WristHandAssessor(looker, site).assess(
        frame.image.pixels, spacing_mm=frame.image.spacing_mm, time_s=0.0
    )


@pytest.mark.parametrize("plane", ["S1", "S5", "S11"])
def test_a_turned_plane_is_held_half_way_round(exam, there, site, plane: str) -> None:
    ours, theirs = exam.view(plane).pose, there.view(plane).pose
    way = -1 if is_turned(site.plane(plane)) else 1
    assert way == (1 if plane == "S5" and site.plane("S5").left == "proximal" else -1)
    np.testing.assert_allclose(theirs.lateral, way * ours.lateral, atol=1e-9)
    np.testing.assert_allclose(theirs.origin, ours.origin, atol=1e-9)


@pytest.mark.parametrize("plane", ["S1", "S5", "S11"])
def test_offset_and_side_are_those_of_the_site(exam, there, site, plane: str) -> None:
    pose = placed(there.body, there.view(plane).pose, Offset(press_mm=0.8, **OFF))
    frame, here = (take(one, plane, pose=pose) for one in (there, exam))
    assert np.array_equal(frame.image.pixels, here.image.pixels)
    assert here.truth.reversed is is_turned(site.plane(plane))
    assert not frame.truth.reversed
    found = seen(frame, Mirroring(here), site)
    assert found.plane == plane
    assert found.evidence is not None
    assert not found.evidence.reversed
    assert found.pose is not None
    for name in POSE:
        wanted = getattr(frame.truth.error, name)
        assert getattr(found.pose, name).value == pytest.approx(wanted, abs=1e-3), name
    assert found.grade is not None
    assert found.grade.letter is frame.truth.grade.letter


def test_the_usual_way_round_is_reversed_there(exam, there, site) -> None:
    frame = take(exam, "S11")
    found = seen(frame, Mirroring(frame), site)
    assert found.evidence is not None
    assert found.evidence.reversed
    assert found.pose is None
    assert found.grade is not None
    assert found.grade.letter is GradeLetter.C


@pytest.mark.parametrize("plane", ["S11", "S14", "S8"])
def test_the_network_that_ships_leads_there_too(there, site, plane: str) -> None:
    left, right = {
        "ulnar": ("little-finger side", "thumb side"),
        "distal": ("fingers", "elbow"),
        "proximal": ("elbow", "fingers"),
    }[site.plane(plane).left]
    runtime = JointRuntime(bundle("wrist_hand"))
    tolerance = site.plane(plane).tolerance
    for sign in (1, -1):
        off = sign * 2.0 * tolerance.along_mm
        frame = take(there, plane, along_mm=off)
        found = seen(frame, runtime, site)
        assert found.evidence is not None
        assert not found.evidence.reversed
        assert found.pose is not None
        assert found.pose.plane == plane
        assert found.pose.along_mm.value == pytest.approx(off, abs=0.5 * abs(off))
        said = Guide(site, side="right").update(
            found, PlaneState(plane, 1.0, 0.0, changed=False), 0.0
        )
        # The probe has gone to the right of the picture, and must go back to what lies left.
        assert said.act is Act.SLIDE
        assert (left if sign > 0 else right) in said.text


def test_what_no_half_turn_brings_to_the_left_is_refused() -> None:
    odd = replace(PROTOCOL.plane("S1"), left="radial")
    with pytest.raises(SesamoidError, match="plane S1 cannot have radial at the left") as caught:
        is_turned(odd)
    assert "palmar or dorsal" in str(caught.value)
