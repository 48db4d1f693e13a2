"""A site's own protocol: what may change, and how each mistake is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sesamoid.anatomy import protocol
from sesamoid.anatomy.protocol_file import shipped_files
from sesamoid.errors import SesamoidError

Change = Callable[[dict[str, Any]], Any]


def changed(tmp_path: Path, change: Change) -> Path:
    """The shipped protocol with one change, as a full file of its own."""
    content = yaml.safe_load(shipped_files()["wrist-hand-15"].read_text("utf-8"))
    change(content)
    return written(tmp_path, yaml.safe_dump(content, sort_keys=False))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_full_file_of_ones_own_loads(tmp_path: Path) -> None:
    mine = protocol(changed(tmp_path, lambda c: c.update(id="mine")))
    assert (mine.id, len(mine.planes)) == ("mine", 15)


def test_a_path_may_be_text(tmp_path: Path) -> None:
    assert protocol(str(changed(tmp_path, lambda c: c.update(id="mine")))).id == "mine"


SITE = """
extends: wrist-hand-15
id: our-hospital
version: "2"
orientation: {transverse: ulnar}
planes:
  S11:
    tolerance: {across_mm: 3}
    structures: {UN: }
  S7:
published_labels: {UN: }
grading: {a_score: 0.9}
"""


def test_a_site_names_only_what_differs(tmp_path: Path) -> None:
    site = protocol(written(tmp_path, SITE))
    tunnel = site.plane("S11")
    assert (tunnel.left, tunnel.tolerance.across_mm, tunnel.tolerance.tilt_deg) == ("ulnar", 3, 6)
    assert "UN" not in tunnel.labels
    assert len(site.planes) == 14
    assert site.grading.a_score == 0.9


def test_a_site_leaves_the_shipped_protocol_alone(tmp_path: Path) -> None:
    protocol(written(tmp_path, SITE))
    assert protocol("wrist-hand-15").plane("S11").left == "radial"


def test_a_grade_cites_the_sites_protocol(tmp_path: Path) -> None:
    assert "our-hospital 2" in protocol(written(tmp_path, SITE)).grading.citation


def test_a_changed_protocol_needs_its_own_version(tmp_path: Path) -> None:
    path = written(tmp_path, "extends: wrist-hand-15\nid: ours\n")
    with pytest.raises(SesamoidError, match="version is missing"):
        protocol(path)


def test_only_shipped_protocols_can_be_extended(tmp_path: Path) -> None:
    with pytest.raises(SesamoidError, match=r"extends 'knee'.*wrist-hand-15"):
        protocol(written(tmp_path, "extends: knee\nid: a\nversion: '1'\n"))


def plane(content: dict[str, Any], name: str = "S11") -> dict[str, Any]:
    found: dict[str, Any] = content["planes"][name]
    return found


MISTAKES: dict[str, tuple[Change, str]] = {
    "unknown structure": (
        lambda c: plane(c)["structures"]["MN"].update(of=["medial_nerve"]),
        r"planes\.S11\.structures\.MN\.of names 'medial_nerve'.*median_nerve",
    ),
    "structure like no other": (
        lambda c: plane(c)["structures"]["MN"].update(of=["xyz"]),
        r"names 'xyz', which is not a structure.*structures\.yaml",
    ),
    "missing field": (
        lambda c: plane(c)["structures"]["MN"].pop("w"),
        r"planes\.S11\.structures\.MN\.w is missing.*add 'w'",
    ),
    "misspelt field": (
        lambda c: plane(c).update(landmrk="x"),
        r"planes\.S11\.landmrk is not known here.*landmark",
    ),
    "text for a number": (
        lambda c: plane(c)["tolerance"].update(tilt_deg="steep"),
        r"planes\.S11\.tolerance\.tilt_deg is 'steep', not a number",
    ),
    "not a number": (
        lambda c: plane(c)["tolerance"].update(tilt_deg=float("nan")),
        r"tilt_deg is nan, not a number",
    ),
    "true for a number": (
        lambda c: plane(c)["tolerance"].update(tilt_deg=True),
        r"tilt_deg is True, not a number",
    ),
    "number for the version": (lambda c: c.update(version=0.1), r'version is 0\.1.*quotes: "0\.1"'),
    "no tolerance at all": (
        lambda c: plane(c)["tolerance"].update(along_mm=0),
        r"along_mm is 0.*above 0",
    ),
    "weights": (
        lambda c: c["grading"]["weights"].update(structures=0.5),
        r"grading\.weights sum to 1\.1, not 1.*sum to 1",
    ),
    "weight missing": (
        lambda c: c["grading"]["weights"].pop("gain"),
        r"grading\.weights\.gain is missing",
    ),
    "weight below zero": (
        lambda c: c["grading"]["weights"].update(gain=-0.1, structures=0.6),
        r"grading\.weights\.gain is -0\.1.*at least 0",
    ),
    "B above A": (lambda c: c["grading"].update(b_score=0.9), r"grading\.b_score is 0\.9, above"),
    "unknown limit": (
        lambda c: c["grading"]["faults"].update(gain="D"),
        r"grading\.faults\.gain is 'D'.*C, B, none",
    ),
    "band inside out": (
        lambda c: c["grading"]["depth"].update(zero=[0.5, 1.0]),
        r"grading\.depth\.zero is \[0\.5, 1\.0\].*enclose",
    ),
    "range the wrong way round": (
        lambda c: plane(c).update(depth_mm=[25, 20]),
        r"planes\.S11\.depth_mm is \[25, 20\].*smaller number first",
    ),
    "range of three": (
        lambda c: plane(c).update(depth_mm=[15, 20, 25]),
        r"planes\.S11\.depth_mm is \[15, 20, 25\], not two numbers",
    ),
    "unknown source": (
        lambda c: plane(c)["structures"]["MN"].update(src="Smith"),
        r"structures\.MN\.src is 'Smith'.*Tang",
    ),
    "unknown axis": (lambda c: plane(c).update(axis="oblique"), r"planes\.S11\.axis is 'oblique'"),
    "end that the axis does not have": (
        lambda c: plane(c).update(left="proximal"),
        r"planes\.S11\.left is 'proximal'.*radial, ulnar",
    ),
    "yes for true": (
        lambda c: plane(c)["structures"]["MN"].update(crit="yes"),
        r"MN\.crit is 'yes'.*true or false",
    ),
    "nothing critical": (
        lambda c: [s.update(crit=False) for s in plane(c)["structures"].values()],
        r"planes\.S11\.structures has no critical structure",
    ),
    "label both required and optional": (
        lambda c: plane(c)["optional"].update(MN={"of": ["fcu"]}),
        r"planes\.S11 has label 'MN' 2 times",
    ),
    "structure under two labels": (
        lambda c: plane(c)["structures"]["FPL"].update(of=["median_nerve"]),
        r"planes\.S11 has structure 'median_nerve' 2 times",
    ),
    "both of and parts": (
        lambda c: plane(c)["structures"]["MN"].update(parts={"a": ["fcu"]}),
        r"structures\.MN needs either 'of' or 'parts'",
    ),
    "group without a name": (
        lambda c: plane(c)["structures"]["FD"].pop("name"),
        r"structures\.FD\.name is missing",
    ),
    "finger without digits": (
        lambda c: plane(c, "S8").pop("digits"),
        r"planes\.S8\.structures\.MC\.of names 'metacarpal_\{digit\}'.*'digits'",
    ),
    "sixth finger": (lambda c: plane(c, "S8").update(digits=[2, 6]), r"planes\.S8\.digits is"),
    "finger whose bone does not exist": (
        lambda c: plane(c, "S8").update(digits=[2, 1]),
        r"names 'extensor_tendon_1', which is not a structure",
    ),
    "deeper than the picture": (
        lambda c: plane(c)["structures"]["FD"].update(cd=24),
        r"planes\.S11\.structures\.FD reaches to 27 mm, below the deepest image of 25 mm",
    ),
    "published label that is not in the plane": (
        lambda c: c["published_labels"]["UN"].update(planes=["S5"]),
        r"published_labels\.UN\.planes names S5",
    ),
    "no planes": (lambda c: c.update(planes={}), r"planes is empty"),
    "planes as a list": (lambda c: c.update(planes=["S1"]), r"planes is \['S1'\], not a mapping"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_and_place(tmp_path: Path, mistake: str) -> None:
    change, message = MISTAKES[mistake]
    path = changed(tmp_path, change)
    with pytest.raises(SesamoidError, match=message) as caught:
        protocol(path)
    assert caught.value.path == path


def test_a_plane_that_stands_twice_is_named_with_its_lines(tmp_path: Path) -> None:
    text = "id: a\nplanes:\n  S1: {}\n  S1: {}\n"
    with pytest.raises(SesamoidError, match="'S1' is there twice, in lines 3 and 4") as caught:
        protocol(written(tmp_path, text))
    assert caught.value.path is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no mapping"),
        ("- a\n- b\n", "holds no mapping"),
        ("id: [1, 2\n", r"not valid YAML in line"),
        ("a: b: c\n", r"not valid YAML in line 1"),
    ],
)
def test_a_file_that_is_no_protocol_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SesamoidError, match=message):
        protocol(written(tmp_path, text))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SesamoidError, match=r"nowhere\.yaml: cannot be read"):
        protocol(Path("nowhere.yaml"))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SesamoidError, match="not UTF-8"):
        protocol(path)
