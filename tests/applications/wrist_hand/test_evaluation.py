"""Figures by hand, and the truth as a network scores full marks on what `simulate` writes."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from sesamoid.applications.wrist_hand.evaluation import evaluate
from sesamoid.applications.wrist_hand.evaluation_set import read_set
from sesamoid.applications.wrist_hand.figures import (
    f1_by_plane,
    grade_figures,
    plane_figures,
    quadratic_kappa,
    segmentation_figures,
)
from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.applications.wrist_hand.pose_figures import pose_figures
from sesamoid.applications.wrist_hand.scored import FrameTruthRow, ScoredFrame, label_figures
from sesamoid.errors import DataError
from sesamoid.findings import DataOrigin, ModelReference
from sesamoid.live import NO_PLANE
from sesamoid.models import bundle
from sesamoid.virtual.acquisition.truth_table import read_table

from .conftest import PLANES
from .file_looker import FileLooker
from .truth_look import NAMES, PROTOCOL

MODEL = ModelReference("scripted", "0", "0" * 64, "nothing", DataOrigin.VIRTUAL, "")
CAPTURE = {
    "along_mm": 15.0, "across_mm": 15.0, "rotation_deg": 40.0, "tilt_deg": 30.0, "rock_deg": 30.0,
}  # fmt: skip


def scored(plane: str, seen: str | None = None, **more) -> ScoredFrame:
    truth = {"name": "x", "person": "1", "plane": plane, "nearest": "S1", "grade": "A"}
    names = [*PLANES, NO_PLANE]
    chances = np.full(16, 0.01)
    chances[names.index(seen if seen is not None else plane)] = 0.85
    fields = {"nearest": "S1", "grade": "A"}
    fields |= {k: more.pop(k) for k in ("dice", "grade", "nearest", "pose", "pose_sd") if k in more}
    return ScoredFrame(FrameTruthRow(**(truth | more)), tuple(chances), **fields)


def test_f1_weighs_frames_of_none_as_much_as_the_others() -> None:
    truth = np.array([0, 0, 1, 1, 2])
    chosen = np.array([0, 0, 1, 1, 1])
    # The one frame of none counts four times: plane 1 has 2 right of 2 there and 6 said.
    np.testing.assert_allclose(f1_by_plane(truth, chosen, 3), [1.0, 2 * 2 / (2 + 6)])


def test_macro_f1_is_the_mean_over_planes_and_has_its_confusion() -> None:
    rows = [scored(p, person=str(n % 3)) for n, p in enumerate(PLANES * 2)]
    rows += [scored(NO_PLANE, person="0", excess=4.0) for _ in range(30)]
    full = plane_figures(rows, PROTOCOL)
    assert full["macro_f1"] == 1
    assert full["ci95"]["macro_f1"] == [1, 1]
    rows[0] = scored("S1", "S2", person="0")
    worse = plane_figures(rows, PROTOCOL)
    assert worse["f1"]["S1"] == pytest.approx(2 / 3)
    assert worse["f1"]["S2"] == pytest.approx(4 / 5)
    assert worse["macro_f1"] == pytest.approx((13 + 2 / 3 + 4 / 5) / 15)
    assert worse["confusion"][0][1] == 1
    assert worse["ci95"]["macro_f1"][0] < worse["macro_f1"] < 1
    assert full["ece"] == pytest.approx(0.15, abs=1e-6)


def test_frames_by_a_hair_are_left_out_of_the_clear_ones() -> None:
    rows = [scored(p, excess=0.5, person=str(n % 2)) for n, p in enumerate(PLANES)]
    rows += [scored(NO_PLANE, "S1", excess=1.3), scored(NO_PLANE, excess=3.0)]
    found = plane_figures(rows, PROTOCOL)
    assert found["macro_f1"] < 1
    assert found["macro_f1_clear"] == 1
    assert found["n_clear"] == 16


def test_kappa_by_hand() -> None:
    truth, given = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    from sklearn.metrics import cohen_kappa_score

    expected = cohen_kappa_score(truth, given, weights="quadratic")
    assert quadratic_kappa(truth, given) == pytest.approx(expected)
    assert quadratic_kappa(truth, truth) == 1
    rows = [scored("S1", grade=g, person=str(n)) for n, g in enumerate("AABC")]
    found = grade_figures(rows)
    assert found["n"] == 4
    assert found["agreement"] == 0.5
    assert found["quadratic_kappa"] == 0


def test_dice_is_of_the_published_labels_on_their_planes() -> None:
    rows = []
    for one in PROTOCOL.published_labels:
        rows.append(scored(one.planes[0], dice={one.label: 0.5}))
        rows.append(scored("S2", dice={one.label: 0.0}))
        rows.append(scored(one.planes[0], dice={one.label: 0.0}, person="2"))
        rows[-1] = replace(rows[-1], truth=replace(rows[-1].truth, grade="C"))
    found = segmentation_figures(rows, PROTOCOL)
    assert found["mean_dice_of"] == 17
    assert found["mean_dice"] == 0.5
    assert found["mean_dice_of_grade_c"] == 0
    fewer = segmentation_figures(rows[3:], PROTOCOL)
    assert fewer["mean_dice"] is None, "a label that was never there is not passed over"


def test_pose_counts_inside_the_capture_range_only() -> None:
    zero = (0.0,) * 5
    near = scored("S1", pose=(3.0, 4.0, 2.0, 1.0, 2.0), pose_sd=(9.0,) * 5)
    near = replace(near, truth=replace(near.truth, pose=zero))
    far = replace(near, truth=replace(near.truth, pose=(16.0, 0.0, 0.0, 0.0, 0.0)))
    back = replace(near, truth=replace(near.truth, reversed=True))
    other = replace(near, nearest="S2")
    found = pose_figures([near, far, back, other], CAPTURE)
    assert (found["n"], found["n_in_range"]) == (1, 2)
    assert found["median_mm"] == 5
    assert found["median_deg"] == 3
    assert found["within_two_sd"] == 1
    assert found["axes"]["along_mm"]["bias"] == 3


def test_a_pose_is_held_against_the_guess_that_there_is_no_error() -> None:
    near = scored("S1", pose=(0.0,) * 5, pose_sd=(9.0,) * 5)
    near = replace(near, truth=replace(near.truth, pose=(0.6, 0.8, 1.0, 2.0, 2.0), excess=0.4))
    off = replace(near, truth=replace(near.truth, pose=(6.0, 8.0, 0.0, 12.0, 0.0), excess=2.0))
    half = replace(off, pose=(6.0, 4.0, 0.0, 0.0, 0.0))
    found = pose_figures([near, near, near, off, half], CAPTURE)
    assert found["unmoved"] == {"median_mm": 1, "median_deg": 3}
    assert found["off_plane"]["n"] == 2
    assert found["off_plane"]["unmoved"] == {"median_mm": 10, "median_deg": 12}
    assert found["off_plane"]["median_mm"] == 7
    left = found["off_plane"]["left"]
    assert left == {
        "along_mm": 0.5, "across_mm": 0.75, "rotation_deg": None, "tilt_deg": 1, "rock_deg": None,
    }  # fmt: skip


def test_labels_are_compared_by_what_they_stand_for() -> None:
    truth = np.zeros((20, 20), np.uint8)
    seen = truth.copy()
    value = NAMES.classes.index
    truth[2:6, 2:6], seen[2:6, 3:7] = value("finger_flexors"), value("finger_flexors")
    truth[10:12, 2:6] = value("median_nerve")
    seen[15:17, 2:6] = value("lunate")
    overlaps, away = label_figures(seen, truth, PROTOCOL.plane("S11"), NAMES.classes, (0.5, 0.5))
    assert overlaps["FD"] == 0.75
    assert overlaps["MN"] == 0
    assert overlaps["Lun"] == 0
    assert "UA" not in overlaps, "neither has it"
    assert away == {"FD": pytest.approx(0.5)}


def test_the_truth_scores_full_marks(data: Path) -> None:
    found = evaluate(data, FileLooker(data), model=MODEL)
    assert found["n_images"] == 24
    assert found["n_people"] == 2
    assert found["plane"]["macro_f1"] == 1
    assert found["grade"]["quadratic_kappa"] > 0.95
    assert found["pose"]["median_mm"] == pytest.approx(0, abs=1e-4)
    assert {row["dice"] for row in found["segmentation"]["labels"].values() if row["n"]} == {1.0}
    assert found["data"]["origin"] == "virtual"
    assert "virtual" in found["table"]["title"]


def test_figures_become_tables_of_the_card(data: Path) -> None:
    found = evaluate(data, FileLooker(data), model=MODEL)
    manifest = replace(bundle("wrist_hand").manifest, weights_sha256=MODEL.sha256)
    whole, planes, labels = measured_tables(found, manifest)
    assert {one.origin for one in (whole, planes, labels)} == {"virtual"}
    assert whole.title == "virtual-wrist-hand, 24 frames of 2 people"
    assert whole.command == f"sesamoid evaluate wrist_hand {data.name}"
    assert ("plane.macro_f1", "1.000", "") in whole.rows, "every resample is alike: no interval"
    assert "Frames of no plane weigh together as much as all others." in whole.note
    assert planes.rows[0] == ("S1", "-"), "no frame of S1"
    assert ("S5", "1.000") in planes.rows
    assert len(labels.rows) == 17
    assert {row[2] for row in labels.rows if row[1] != "0"} == {"1.000"}


def test_a_site_s_own_pictures_are_read(data: Path, tmp_path: Path) -> None:
    rows = read_table(data / "truth.parquet").to_pylist()[:3]
    for row in rows:
        for kind in ("image", "label"):
            (tmp_path / Path(row[kind]).name).write_bytes((data / row[kind]).read_bytes())
    labels = json.loads((data / "dataset.json").read_text())["labels"]
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}))
    with (tmp_path / "frames.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["image", "person", "plane", "label", "grade", "mm_per_pixel"])
        for row in rows:
            out.writerow([
                Path(row["image"]).name, "p1", row["plane"], Path(row["label"]).name,
                row["grade"], row["row_spacing_mm"],
            ])  # fmt: skip
    found = evaluate(tmp_path, FileLooker(data), model=MODEL)
    assert (found["n_images"], found["data"]["origin"]) == (3, "real")
    assert found["pose"]["median_mm"] is None, "no pose was stated"
    assert found["plane"]["macro_f1"] == 1
    assert "No part of this data set is kept for testing" in found["warning"]


def test_labels_that_a_site_did_not_draw_are_not_scored(data: Path, tmp_path: Path) -> None:
    row = next(r for r in read_table(data / "truth.parquet").to_pylist() if r["plane"] == "S11")
    nerve = NAMES.classes.index("median_nerve")
    for kind in ("image", "label"):
        pixels = cv2.imread(str(data / row[kind]), cv2.IMREAD_UNCHANGED)
        kept = pixels if kind == "image" else np.uint8(pixels == nerve)
        cv2.imwrite(str(tmp_path / f"{kind}.png"), kept)
    (tmp_path / "dataset.json").write_text('{"labels": {"background": 0, "median_nerve": 1}}')
    (tmp_path / "frames.csv").write_text("image,person,plane,label\nimage.png,p,S11,label.png\n")
    labels = evaluate(tmp_path, FileLooker(data), model=MODEL)["segmentation"]["labels"]
    assert labels["MN"]["dice"] == 1
    assert {name for name, entry in labels.items() if entry["n"]} == {"MN"}


def test_labels_with_a_palette_are_their_indices(data: Path, tmp_path: Path) -> None:
    row = next(r for r in read_table(data / "truth.parquet").to_pylist() if r["plane"] == "S11")
    cv2.imwrite(str(tmp_path / "image.png"), cv2.imread(str(data / row["image"])))
    labels = cv2.imread(str(data / row["label"]), cv2.IMREAD_UNCHANGED)
    coloured = Image.fromarray(labels)
    coloured.putpalette(np.random.default_rng(0).integers(0, 256, 768, dtype=np.uint8).tobytes())
    coloured.save(tmp_path / "label.png")
    (tmp_path / "dataset.json").write_text((data / "dataset.json").read_text())
    (tmp_path / "frames.csv").write_text("image,person,plane,label\nimage.png,p,S11,label.png\n")
    (frame,) = read_set(tmp_path, PROTOCOL, NAMES.classes).frames
    _, read, _ = frame.read()
    assert read is not None
    np.testing.assert_array_equal(read, labels)


def test_frames_for_testing_are_scored_alone_and_need_their_plane(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    table = tmp_path / "frames.csv"
    table.write_text("image,person,split,plane\na.png,1,train,\na.png,2,test,S1\n")
    found = read_set(tmp_path, PROTOCOL, NAMES.classes)
    assert [frame.truth.person for frame in found.frames] == ["2"]
    assert found.part == "test"
    table.write_text("image,person,plane\na.png,1,S1\na.png,2,\n")
    with pytest.raises(DataError, match="line 3 has no plane"):
        read_set(tmp_path, PROTOCOL, NAMES.classes)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"neither truth\.parquet nor frames\.csv"):
        read_set(tmp_path, PROTOCOL, NAMES.classes)
