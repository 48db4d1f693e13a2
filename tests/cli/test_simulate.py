"""`sesamoid simulate`, as a user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from sesamoid.cli.simulate_choices import people_of, planes_of
from sesamoid.errors import SesamoidError
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
QUICK = ("--slices", 1, "--pixels-per-mm", 4, "--frames-per-plane", 2, "--jobs", 1)


def test_a_data_set_with_its_table(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid(
        "simulate", "wrist_hand", "--planes", "s4", "--people", "3", *QUICK, "--out", tmp_path
    )
    assert ran.code == 0
    assert "2 virtual frames" in ran.out
    assert pq.read_table(tmp_path / "truth.parquet").num_rows == 2
    assert len(list((tmp_path / "imagesTr").iterdir())) == 2
    again = sesamoid(
        "simulate", "wrist_hand", "--planes", "s4", "--people", "3", *QUICK, "--out", tmp_path
    )
    assert again.code == 0
    assert "1 plane visits were there before" in again.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--planes", "S16"), ("S16", "S1", "S15")),
        (("--scanner", "acme"), ("acme", "aster-a3", "train", "test")),
        (("--pathology", "gout"), ("gout", "carpal_tunnel")),
        (("--people", "3:1"), ("3:1", "0:100")),
        (("--people", "all"), ("all", "0:100")),
        (("--format", "jpeg"), ("jpeg", "png or dicom")),
        (("--frame", "none"), ("none", "bare")),
        (("--slices", "2"), ("middle", "odd")),
        (("--mode", "careful"), ("careful", "standard", "elsewhere")),
        (("--renderer", "field"), ("field", "scanner or pymust")),
        (("--sweep", "--mode", "standard"), ("cine", "leave out")),
        (("--preview", "sheet.bmp"), ("sheet.bmp", ".png")),
        (("--preview", "sheet.png", "--sweep"), ("sheet.png", ".webp")),
    ],
)
def test_bad_input_is_named_with_what_would_do(
    sesamoid: Run, tmp_path: Path, options: tuple[str, ...], said: tuple[str, ...]
) -> None:
    ran = sesamoid("simulate", "wrist_hand", *options, "--out", tmp_path / "set")
    assert ran.code == 1
    assert all(word in ran.err for word in said), ran.err
    assert "Traceback" not in ran.err


def test_an_unknown_body_names_the_known(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid("simulate", "knee", "--out", tmp_path)
    assert ran.code == 1
    assert "wrist_hand" in ran.err


def test_a_file_is_no_folder(sesamoid: Run, tmp_path: Path) -> None:
    (tmp_path / "set").write_text("")
    ran = sesamoid("simulate", "wrist_hand", "--people", "0", "--out", tmp_path / "set")
    assert ran.code == 1
    assert "this is a file" in ran.err


def test_a_sheet_of_planes(sesamoid: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    ran = sesamoid(
        "simulate", "wrist_hand", "--planes", "S4,S1", "--people", 2, "--slices", 1,
        "--preview", sheet,
    )  # fmt: skip
    assert ran.code == 0
    with Image.open(sheet) as picture:
        assert min(picture.size) > 200
    assert list(tmp_path.iterdir()) == [sheet]


@pytest.mark.parametrize("suffix", [".webp", ".gif"])
def test_a_moving_picture_of_a_search(sesamoid: Run, tmp_path: Path, suffix: str) -> None:
    cine = tmp_path / f"sweep{suffix}"
    ran = sesamoid(
        "simulate", "wrist_hand", "--planes", "S4", "--people", 2, "--sweep",
        "--frames-per-plane", 4, "--preview", cine,
    )  # fmt: skip
    assert ran.code == 0
    with Image.open(cine) as picture:
        assert picture.n_frames == 4  # type: ignore[attr-defined]


def test_people_and_planes_are_read_in_order() -> None:
    assert people_of("7, 0:3,1") == (0, 1, 2, 7)
    assert planes_of("S14,s2") == ("S2", "S14")
    assert len(planes_of("all")) == 15
    with pytest.raises(SesamoidError, match="no people"):
        people_of(" ")
