"""A data set drawn by a field simulator: the same frames, resumed, named, refused without it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sesamoid.errors import OutputError, SesamoidError
from sesamoid.virtual.acquisition.dataset import make_dataset
from sesamoid.virtual.acquisition.renderers import PYMUST
from sesamoid.virtual.acquisition.simulation import Simulation
from sesamoid.virtual.ultrasound.field import FieldScanner, installed

needs_pymust = pytest.mark.skipif(
    importlib.util.find_spec("pymust") is None, reason="PyMUST is not installed"
)
SAME = (
    "name", "image", "label", "plane", "scanner", "frequency_mhz", "depth_mm", "gain_db", "mode",
    "along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg", "structures", "parts",
)  # fmt: skip


def simulation(out: Path, **changes) -> Simulation:
    usual = Simulation(
        out=out,
        people=(100_000,),
        planes=("S4", "S14"),
        machines=("gannet-s9", "halcyon-u2"),
        frames_per_plane=1,
        pixels_per_mm=6,
        slices=1,
        mode="standard",
    )
    return replace(usual, **changes)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grey in place of PyMUST's minutes; counts the frames. What it draws is tested elsewhere."""
    frames: list[int] = []

    def levels(self, sections, *, seed=0, time_s=0.0):
        frames.append(seed)
        assert len(sections) == 1
        assert sections[0].grid == self.section_grid()
        return np.full((self.grid().rows, self.grid().columns), 5, np.float32)

    monkeypatch.setattr(FieldScanner, "levels", levels)
    return frames


def table(folder: Path) -> list[dict]:
    return pq.read_table(folder / "truth.parquet").to_pylist()


def digests(folder: Path, kind: str) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob(f"{kind}/*")
    }


@needs_pymust
def test_labels_and_pose_are_those_of_the_virtual_scanner_s_frames(drawn, tmp_path):
    make_dataset(simulation(tmp_path / "field", renderer=PYMUST))
    make_dataset(simulation(tmp_path / "ours"))
    assert digests(tmp_path / "field", "labelsTs") == digests(tmp_path / "ours", "labelsTs")
    field, ours = table(tmp_path / "field"), table(tmp_path / "ours")
    assert len(drawn) == len(field) == 2
    for one, other in zip(field, ours, strict=True):
        assert {key: one[key] for key in SAME} == {key: other[key] for key in SAME}
    assert digests(tmp_path / "field", "imagesTs") != digests(tmp_path / "ours", "imagesTs")


@needs_pymust
def test_all_frames_lie_on_their_plane_and_are_for_testing(drawn, tmp_path):
    make_dataset(simulation(tmp_path, renderer=PYMUST))
    for row in table(tmp_path):
        assert row["split"] == "test"
        assert row["mode"] == "standard"
        assert row["plane"] == row["name"].split("-")[1]
        assert not row["faults"]


@needs_pymust
def test_the_renderer_is_named(drawn, tmp_path):
    from importlib.metadata import version

    make_dataset(simulation(tmp_path, renderer=PYMUST, planes=("S4",)))
    said = json.loads((tmp_path / "dataset.json").read_text())
    assert said["renderer"] == f"PyMUST {version('pymust')}, virtual"
    assert said["renderer"] in said["name"]
    assert said["origin"] == "virtual"
    assert said["simulation"]["renderer"] == said["renderer"]


@needs_pymust
def test_a_stopped_run_goes_on_frame_by_frame(drawn, tmp_path):
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    wanted = simulation(tmp_path, renderer=PYMUST)
    with pytest.raises(KeyboardInterrupt):
        make_dataset(wanted, on_frame=stop)
    make_dataset(wanted)
    before = len(drawn)
    outcome = make_dataset(wanted)
    assert outcome.resumed == outcome.frames == 2
    assert len(drawn) == before
    for image in tmp_path.glob("images*/*"):
        assert image.suffix == ".png"


@needs_pymust
def test_pictures_of_two_renderers_are_not_mixed(drawn, tmp_path):
    make_dataset(simulation(tmp_path, planes=("S4",)))
    with pytest.raises(OutputError, match="another renderer"):
        make_dataset(simulation(tmp_path, planes=("S4",), renderer=PYMUST))
    make_dataset(simulation(tmp_path / "field", planes=("S4",), renderer=PYMUST))
    with pytest.raises(OutputError, match="another renderer"):
        make_dataset(simulation(tmp_path / "field", planes=("S4",)))


def test_without_pymust_the_error_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(installed.util, "find_spec", lambda name: None)
    with pytest.raises(SesamoidError, match="PyMUST") as caught:
        simulation(tmp_path, renderer=PYMUST)
    assert "sesamoid[pymust]" in str(caught.value.fix)
    assert not list(tmp_path.iterdir())


def test_unknown_renderers_and_modes_name_the_known(tmp_path):
    with pytest.raises(SesamoidError, match="field2"):
        simulation(tmp_path, renderer="field2")
    with pytest.raises(SesamoidError, match="careful"):
        simulation(tmp_path, mode="careful")


def test_a_fixed_mode_leaves_the_frames_that_have_it_as_they_were(tmp_path):
    """Of those drawn by chance, the standard ones are the same where only standard ones are."""
    free = simulation(tmp_path / "free", mode="", planes=("S4",), frames_per_plane=6)
    make_dataset(free)
    make_dataset(replace(free, out=tmp_path / "standard", mode="standard"))
    chance, fixed = table(tmp_path / "free"), table(tmp_path / "standard")
    kept = [i for i, row in enumerate(chance) if row["mode"] == "standard"]
    assert 0 < len(kept) < 6
    for i in kept:
        image = chance[i]["image"]
        assert (tmp_path / "free" / image).read_bytes() == (
            tmp_path / "standard" / image
        ).read_bytes()
    assert {row["mode"] for row in fixed} == {"standard"}
