"""What the network learns from a row of truth, from a mirrored picture, and from a site's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.anatomy import protocol
from sesamoid.applications.wrist_hand import recipes
from sesamoid.applications.wrist_hand.packing import example_of, is_held_out, labelled_pictures
from sesamoid.applications.wrist_hand.task import joint_task
from sesamoid.applications.wrist_hand.training import recipe_for, train
from sesamoid.applications.wrist_hand.training_settings import TrainingSettings
from sesamoid.errors import DataError, ModelError, SesamoidError
from sesamoid.evidence.measured import MeasuredTable, with_measured
from sesamoid.learning.compact_weights import WEIGHTS
from sesamoid.learning.joint_pack import pack_examples
from sesamoid.models.joint import JointRuntime
from sesamoid.virtual.acquisition import Offset, placed
from sesamoid.virtual.acquisition.truth_table import truth_row
from tests.applications.wrist_hand.own_pictures import TINY, own
from tests.virtual.acquisition.flat_body import examination, scanner

TASK = joint_task()


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
    assert np.isnan(plane.parts).all()


def test_a_site_s_frames_go_where_their_split_says(tmp_path):
    folder = own(tmp_path / "own", 4)
    (folder / "frames.csv").write_text(
        "image,person,split,plane,nearest_plane,reversed,along_mm,across_mm,rotation_deg,"
        "tilt_deg,rock_deg\n"
        "c0.png,a,train,S11,,0,1,-2,3,-4,5\nc1.png,b,val,none,S12,1,,,,,\nc2.png,c,test,S11,,,,,,,\n"
    )
    first, held = labelled_pictures(folder, TASK).examples
    told = dict(zip(TASK.pose, first.pose.tolist(), strict=True))
    assert told == {
        "along_mm": 1, "across_mm": -2, "rotation_deg": 3, "tilt_deg": -4, "rock_deg": 5,
    }  # fmt: skip
    assert (first.label, first.reversed, first.held_out) == (None, 0, False)
    assert (TASK.planes[held.nearest], held.inside, held.reversed) == ("S12", 0, 1)
    assert held.held_out


def test_a_console_is_cut_off_as_when_it_is_analysed(tmp_path):
    folder = own(tmp_path / "own", 1)
    screen = np.zeros((300, 400), np.uint8)
    rng = np.random.default_rng(0)
    screen[60:260, 80:330] = np.clip(rng.normal(90, 30, (200, 250)), 5, 255)
    cv2.imwrite(str(folder / "c0.png"), screen)
    (folder / "frames.csv").write_text("image,person\nc0.png,a\n")
    (found,) = labelled_pictures(folder, TASK).examples
    assert found.box is not None
    assert found.box.top == pytest.approx(60, abs=12)
    assert found.box.right == pytest.approx(330, abs=12)


def test_outlines_in_nnunet_s_layout_teach_outlines_alone(tmp_path):
    folder = own(tmp_path / "own", 2)
    (folder / "frames.csv").unlink()
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir()
    for number in range(2):
        (folder / f"c{number}.png").rename(folder / "imagesTr" / f"c{number}_0000.png")
        (folder / f"c{number}-label.png").rename(folder / "labelsTr" / f"c{number}.png")
    for one in labelled_pictures(folder, TASK).examples:
        assert one.label is not None
        assert one.nearest == -1
        assert np.isnan([one.inside, one.reversed]).all()


def test_a_folder_of_data_sets_is_all_of_them(tmp_path):
    for name, count in (("b", 3), ("a", 2)):
        own(tmp_path / name, count)
    (tmp_path / "notes").mkdir()
    found = labelled_pictures(tmp_path, TASK)
    assert [one.image.parent.name for one in found.examples] == ["a"] * 2 + ["b"] * 3
    assert (found.name, found.origin) == ("own", "real")
    assert found.label_values == labelled_pictures(tmp_path / "a", TASK).label_values


def test_a_data_set_in_a_data_set_is_not_passed_over(tmp_path):
    folder = own(tmp_path / "virtual", 2)
    own(folder / "near", 2)
    with pytest.raises(DataError, match="so is near in it") as error:
        labelled_pictures(folder, TASK)
    assert error.value.path == folder


def test_data_sets_of_two_kinds_are_not_mixed(tmp_path):
    own(tmp_path / "a", 2)
    own(tmp_path / "b", 2, classes=("ulnar_nerve",))
    with pytest.raises(DataError, match="label values") as error:
        labelled_pictures(tmp_path, TASK)
    assert error.value.path == tmp_path / "b"


def test_a_class_of_another_name_is_refused(tmp_path):
    with pytest.raises(DataError, match="'nervus'"):
        labelled_pictures(own(tmp_path / "a", classes=("nervus",)), TASK)


def test_a_site_fine_tunes_from_a_bundle(tmp_path):
    folder = own(tmp_path / "own")
    first = train(folder, tmp_path / "a", TrainingSettings(threads=1), recipe=TINY)
    assert first.bundle is not None
    assert (first.bundle.folder / WEIGHTS).is_file()
    table = MeasuredTable("speed", "of old weights", "virtual", "", "", "", (), ())
    first.bundle.described(with_measured(first.bundle.manifest, [table]))
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
    assert "measured" not in second.bundle.manifest.figures, "figures of other weights"
    card = second.bundle.card.read_text()
    assert "Export checked on 6 images" in card
    assert "as this data set gives them" in card
    assert "simulator's own truth" not in card


@pytest.mark.parametrize("pictures", [3, 60, 4000])
def test_fine_tuned_weights_are_not_mostly_their_start(pictures):
    tuned = recipe_for(recipes.JOINT, pictures, TrainingSettings(initial="wrist_hand"))
    (phase,) = tuned.phases
    assert phase.batch_size <= pictures
    steps = phase.rounds * (tuned.round_pictures // phase.batch_size)
    assert steps >= 160
    assert tuned.ema_decay**steps < 0.01
    assert tuned.ema_decay <= recipes.JOINT.ema_decay


def test_a_training_from_the_beginning_keeps_its_recipe():
    assert recipe_for(recipes.JOINT, 4000, TrainingSettings()) == recipes.JOINT


def test_settings_that_cannot_be_met_are_refused():
    with pytest.raises(SesamoidError, match="no recipe 'vgg'"):
        TrainingSettings(recipe="vgg")
    with pytest.raises(SesamoidError, match="start"):
        TrainingSettings(recipe="resnet50", initial="wrist_hand")


def test_a_network_of_another_task_is_no_start_and_nothing_is_packed(tmp_path):
    settings = TrainingSettings(initial="nerve")
    with pytest.raises(ModelError, match="no network of wrist and hand"):
        train(own(tmp_path / "own"), tmp_path / "out", settings, recipe=TINY)
    assert not (tmp_path / "out").exists()


def test_labels_with_a_palette_are_learnt_by_their_indices(tmp_path):
    """A palette is how some programs store labels; its colours mean nothing."""
    plain, coloured = own(tmp_path / "plain", 2), own(tmp_path / "coloured", 2)
    for file in coloured.glob("*-label.png"):
        label = Image.fromarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE))
        label.putpalette([0, 0, 0, 250, 90, 10])
        label.save(file)
    packs = [
        pack_examples(labelled_pictures(one, TASK).examples, TASK, (64, 96), one / "pack")
        for one in (plain, coloured)
    ]
    np.testing.assert_array_equal(packs[0].labels, packs[1].labels)
    assert packs[0].labels.max() == 1
