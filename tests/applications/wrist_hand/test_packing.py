"""What the network learns from a row of truth, from a mirrored picture, and from a site's own."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.anatomy import protocol
from sesamoid.applications.wrist_hand import recipes
from sesamoid.applications.wrist_hand.packing import example_of, is_held_out, labelled_pictures
from sesamoid.applications.wrist_hand.task import joint_task
from sesamoid.applications.wrist_hand.training import TrainingSettings, train
from sesamoid.errors import DataError, SesamoidError
from sesamoid.learning.compact_weights import WEIGHTS
from sesamoid.learning.joint_recipe import Phase
from sesamoid.learning.network import NetworkSettings
from sesamoid.models.joint import JointRuntime
from sesamoid.virtual.acquisition import Offset, placed
from sesamoid.virtual.acquisition.truth_table import truth_row
from tests.virtual.acquisition.flat_body import examination, scanner

TASK = joint_task()
TINY = replace(
    recipes.JOINT,
    network=NetworkSettings(
        widths=(8, 16, 24, 32, 48), blocks=(1, 1, 1, 1), decoder_widths=(24, 24, 16, 16)
    ),
    canvas_size=(64, 96),
    phases=(Phase((64, 96), 1, batch_size=4),),
    round_pictures=16,
    hidden=32,
    eight_bit=False,
)


@pytest.fixture(scope="module")
def exam():
    return examination()


def row_of(frame) -> dict:
    rows, columns = frame.image.pixels.shape
    return truth_row(
        frame.truth, name="n", image="i.png", label="l.png", split="train", region_top=0,
        region_left=0, region_height=rows, region_width=columns,
        row_spacing_mm=frame.image.spacing_mm[0], column_spacing_mm=frame.image.spacing_mm[1],
    )  # fmt: skip


def shot(exam, offset: Offset, **settings):
    return exam.frame(scanner(**settings), placed(exam.body, exam.view("S4").pose, offset))


def test_the_task_is_the_protocol_s():
    one = protocol("wrist-hand-15")
    assert TASK.planes == tuple(plane.id for plane in one.planes)
    for index, plane in enumerate(one.planes):
        mine = [TASK.parts[i] for i in TASK.parts_of(index)]
        assert mine == list(plane.parts)
        assert TASK.tolerance[index][0] == plane.tolerance.along_mm
        for other in plane.on_other_digits:
            assert list(other.parts) == mine
    assert all(
        capture >= 2 * max(limits)
        for capture, limits in zip(TASK.capture, zip(*TASK.tolerance, strict=True), strict=True)
    )


def test_a_row_becomes_targets(exam):
    example = example_of(
        row_of(shot(exam, Offset(along_mm=2.0, tilt_deg=3.0, press_mm=0.5))), Path("d"), TASK
    )
    assert TASK.planes[example.nearest] == "S4"
    assert (example.inside, example.reversed) == (1, 0)
    told = dict(zip(TASK.pose, example.pose, strict=True))
    assert told["along_mm"] == pytest.approx(2, abs=1e-4)
    assert told["tilt_deg"] == pytest.approx(3, abs=1e-3)
    ecu, groove = (TASK.parts_of(example.nearest)[i] for i in (0, 1))
    assert TASK.parts[ecu] == "ECU"
    assert example.parts[ecu, 0] == pytest.approx(1)
    assert 0 < example.parts[ecu, 1] < 1.001  # a tendon's echo
    assert example.parts[groove, 1] > 0.9  # a bone's line
    others = [i for i in range(len(TASK.parts)) if i not in (ecu, groove)]
    assert np.isnan(example.parts[others]).all()
    assert np.isfinite(example.picture).all()


def test_without_contact_only_that_it_is_no_plane_is_known(exam):
    example = example_of(row_of(shot(exam, Offset(press_mm=-12.0))), Path("d"), TASK)
    assert (example.nearest, example.inside) == (-1, 0)
    assert np.isnan(example.pose).all()
    assert np.isnan(example.parts).all()


def test_a_probe_turned_round_is_a_mirrored_picture_with_the_same_error(exam):
    """What the flip of the augmentation rests on."""
    offset = Offset(along_mm=1.5, across_mm=1.0, rotation_deg=4.0, tilt_deg=3.0, press_mm=0.5)
    plain = shot(exam, offset)
    pose = plain.truth.pose
    turned = exam.frame(scanner(), replace(pose, lateral=-pose.lateral))
    np.testing.assert_array_equal(turned.labels(), plain.labels()[:, ::-1])
    one, other = (example_of(row_of(f), Path("d"), TASK) for f in (plain, turned))
    assert (one.reversed, other.reversed) == (0, 1)
    assert (one.nearest, one.inside) == (other.nearest, other.inside)
    np.testing.assert_allclose(other.pose, one.pose, atol=1e-4)
    np.testing.assert_allclose(other.parts, one.parts, atol=1e-6)
    sign = [-1 if name in TASK.mirrored else 1 for name in TASK.picture]
    np.testing.assert_allclose(other.picture, one.picture * sign, atol=1e-6)
    a, b = plain.image.pixels.astype(float), turned.image.pixels[:, ::-1].astype(float)
    assert np.corrcoef(cv2.GaussianBlur(a, (0, 0), 4).ravel(),
                       cv2.GaussianBlur(b, (0, 0), 4).ravel())[0, 1] > 0.9  # fmt: skip


def test_held_out_people_are_spread_evenly():
    held = [person for person in range(400) if is_held_out(person)]
    assert len(held) == 20
    assert len(set(np.diff(held))) == 1


def own(folder: Path, count: int = 6, *, classes: tuple[str, ...] = ("median_nerve",)) -> Path:
    """A site's own pictures: a bright nerve, nothing else drawn."""
    rng = np.random.default_rng(0)
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir(parents=True)
    rows = []
    for number in range(count):
        label = np.zeros((80, 120), np.uint8)
        cv2.ellipse(label, (int(rng.integers(30, 90)), 40), (14, 8), 0, 0, 360, 1, -1)
        image = np.clip(rng.normal(60, 10, label.shape) + 120 * label, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / "imagesTr" / f"c{number}_0000.png"), image)
        cv2.imwrite(str(folder / "labelsTr" / f"c{number}.png"), label)
        plane = ("S11", "none", "")[number % 3]
        rows.append({"name": f"c{number}", "plane": plane, "row_spacing_mm": 0.1,
                     "column_spacing_mm": 0.1 if plane else ""})  # fmt: skip
    labels = {name: value for value, name in enumerate(("background", *classes))}
    (folder / "dataset.json").write_text(
        json.dumps({"name": "own", "labels": labels, "file_ending": ".png"})
    )
    with (folder / "planes.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_a_site_s_pictures_say_what_they_say_and_no_more(tmp_path):
    found = labelled_pictures(own(tmp_path / "own"), TASK)
    assert found.origin == "real"
    assert found.label_values == (0, TASK.classes.index("median_nerve"))
    plane, none, silent = found.examples[:3]
    assert (TASK.planes[plane.nearest], plane.inside) == ("S11", 1)
    assert (none.nearest, none.inside) == (-1, 0)
    assert silent.nearest == -1
    assert np.isnan(silent.inside)
    assert plane.spacing_mm == (0.1, 0.1)
    assert silent.spacing_mm is None
    assert np.isnan(plane.pose).all()


def test_what_a_site_misnames_is_refused(tmp_path):
    with pytest.raises(DataError, match="'nervus'"):
        labelled_pictures(own(tmp_path / "a", classes=("nervus",)), TASK)
    folder = own(tmp_path / "b")
    (folder / "planes.csv").write_text("name,plane\nc0,S99\n")
    with pytest.raises(DataError, match="'S99'"):
        labelled_pictures(folder, TASK)
    (folder / "planes.csv").write_text("name,plane\nother,S1\n")
    with pytest.raises(DataError, match="'other'"):
        labelled_pictures(folder, TASK)


def test_a_site_fine_tunes_from_a_bundle(tmp_path):
    folder = own(tmp_path / "own")
    first = train(folder, tmp_path / "a", TrainingSettings(threads=1), recipe=TINY)
    assert first.bundle is not None
    assert (first.bundle.folder / WEIGHTS).is_file()
    said: list[tuple[str, int, int]] = []
    second = train(
        folder, tmp_path / "b", TrainingSettings(threads=1, initial=str(first.bundle.folder),
                                                 epochs=1),
        recipe=TINY, progress=lambda name, done, total, _: said.append((name, done, total)),
    )  # fmt: skip
    assert ("packing", 6, 6) in said
    assert said[-1] == ("training", 1, 1)
    assert second.bundle is not None
    assert len(second.bundle.manifest.training_data) == 2
    assert "--initial" in second.bundle.manifest.training["command"]
    look = JointRuntime(second.bundle, threads=1).look(np.full((80, 120), 90, np.uint8))
    assert look.labels.shape == (80, 120)
    assert look.parts.shape == (len(TASK.parts), 4)
    assert "Export checked on 6 images" in second.bundle.card.read_text()


def test_settings_that_cannot_be_met_are_refused():
    with pytest.raises(SesamoidError, match="no recipe 'vgg'"):
        TrainingSettings(recipe="vgg")
    with pytest.raises(SesamoidError, match="start"):
        TrainingSettings(recipe="resnet50", initial="wrist_hand")
