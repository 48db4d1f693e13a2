"""The joint network beside the published pair: the same frames and people, differences in pairs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sesamoid.applications.wrist_hand.comparison import compare, differences
from sesamoid.applications.wrist_hand.comparison_models import joint_entry, pair_entry
from sesamoid.applications.wrist_hand.evaluation import evaluate
from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.applications.wrist_hand.scored import ScoredFrame
from sesamoid.errors import DataError, ModelError
from sesamoid.evidence.measured import measured_section, with_measured
from sesamoid.findings import DataOrigin, ModelReference
from sesamoid.live import NO_PLANE
from sesamoid.models import bundle
from sesamoid.models.joint_task import JointTask
from sesamoid.models.published_pair import PublishedPair
from tests.models.pair_files import write_pair

from .conftest import PLANES
from .file_looker import FileLooker
from .test_evaluation import scored
from .truth_look import NAMES, PROTOCOL

JOINT = replace(
    bundle("wrist_hand").manifest,
    training={
        "starting_weights": "encoder: ImageNet (Google, Apache-2.0); decoder: random",
        "recipe": {"phases": [{"rounds": 2}, {"rounds": 3}], "round_pictures": 4000},
    },
)
MODEL = ModelReference(
    "wrist_hand", "0", JOINT.weights_sha256, "virtual people", DataOrigin.VIRTUAL, ""
)
TASK = JointTask(
    protocol="p 1", planes=NAMES.planes, parts=(), part_owner=(), classes=NAMES.classes, pose=(),
    pose_unit=(), capture=(), tolerance=((),) * len(NAMES.planes), picture=(),
)  # fmt: skip


def standard(person: int, dice: float) -> list[ScoredFrame]:
    """A standard picture of each plane, every published label outlined equally well."""
    return [
        scored(
            plane, person=str(person),
            dice={one.label: dice for one in PROTOCOL.published_labels if plane in one.planes},
        )
        for plane in PLANES
    ]  # fmt: skip


def test_what_differs_between_people_falls_out_of_the_difference() -> None:
    """Every frame is outlined better by 0.1; people differ by far more than that."""
    theirs = [row for person in range(8) for row in standard(person, 0.1 * person)]
    ours = [row for person in range(8) for row in standard(person, 0.1 * person + 0.1)]
    found = differences(ours, theirs, PROTOCOL)["segmentation.mean_dice"]
    assert (found["joint"], found["pair"]) == (pytest.approx(0.45), pytest.approx(0.35))
    assert found["ci95"] == [pytest.approx(0.1), pytest.approx(0.1)]
    assert found["finding"] == "higher"
    back = differences(theirs, ours, PROTOCOL)["segmentation.mean_dice"]
    assert back["difference"] == pytest.approx(-0.1)
    assert back["finding"] == "lower"


def test_f1_differs_by_the_people_of_whom_a_plane_was_missed() -> None:
    ours = [row for person in range(10) for row in standard(person, 0.5)]
    assert [row.truth.plane for row in ours[:15]] == list(PLANES)
    theirs = [
        scored("S1", NO_PLANE, person=row.truth.person)
        if row.truth.plane == "S1" and int(row.truth.person) < 5
        else row
        for row in ours
    ]
    found = differences(ours, theirs, PROTOCOL)["plane.macro_f1"]
    # Of S1 five in ten are missed: F1 2 * 5 / (5 + 10); the other planes are 1.
    assert found["pair"] == pytest.approx((14 + 2 / 3) / 15)
    assert found["difference"] == pytest.approx(1 / 45)
    low, high = found["ci95"]
    assert 0 < low < 1 / 45 < high < 1 / 15
    assert found["finding"] == "higher"


def test_a_difference_is_called_what_its_interval_allows() -> None:
    ours = [row for person in range(10) for row in standard(person, 0.5)]
    same = differences(ours, ours, PROTOCOL)
    assert {row["finding"] for row in same.values()} == {"not lower by 0.01"}
    wide = [row for person in range(10) for row in standard(person, 0.5 + 0.2 * (-1) ** person)]
    assert differences(ours, wide, PROTOCOL)["segmentation.mean_dice"]["finding"] == (
        "no difference is shown"
    )
    alone = differences(ours[:15], ours[:15], PROTOCOL)["plane.macro_f1"]
    assert alone["ci95"] is None
    assert alone["finding"].startswith("not known")


def test_frames_by_a_hair_count_in_one_of_the_two_f1_alone() -> None:
    ours = [row for person in range(3) for row in standard(person, 0.5)]
    hair = [scored(NO_PLANE, person=str(n), excess=1.3) for n in range(3)]
    called = [replace(row, chances=scored("S2").chances) for row in hair]
    found = differences([*ours, *hair], [*ours, *called], PROTOCOL)
    assert found["plane.macro_f1"]["difference"] > 0
    assert found["plane.macro_f1_clear"]["difference"] == 0


def test_labels_that_are_nowhere_give_no_difference() -> None:
    rows = [row for person in range(3) for row in standard(person, 0.5) if row.truth.plane != "S14"]
    assert set(differences(rows, rows, PROTOCOL)) == {"plane.macro_f1", "plane.macro_f1_clear"}


@dataclass
class Blind:
    """Says plane and anatomy as the truth has them, but of every other frame none; nothing else."""

    knows: FileLooker
    task: JointTask = TASK
    asked: int = 0

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        whole = self.knows.look(frame)
        self.asked += 1
        inside = whole.inside * (self.asked % 2)

        @dataclass(frozen=True)
        class PlaneAndAnatomy:
            nearest = whole.nearest
            outlines = whole.outlines
            labels = whole.labels

        found = PlaneAndAnatomy()
        object.__setattr__(found, "inside", inside)
        return found


@pytest.fixture
def pair(tmp_path: Path) -> PublishedPair:
    return PublishedPair([write_pair(tmp_path / "pair", TASK, (64, 96))], threads=1)


def test_both_are_scored_on_the_same_frames_by_the_same_code(data: Path, pair) -> None:
    found = compare(
        data, FileLooker(data), Blind(FileLooker(data)), model=joint_entry(MODEL, JOINT),
        pair_model=pair_entry(pair),
    )  # fmt: skip
    alone = evaluate(data, FileLooker(data), model=MODEL)
    for key in ("plane", "segmentation", "grade", "pose", "data", "protocol", "n_images"):
        assert found.joint[key] == alone[key]
    assert found.pair["segmentation"] == alone["segmentation"]
    assert found.pair["n_images"] == alone["n_images"]
    assert 0.3 < found.pair["plane"]["macro_f1"] < 0.95
    assert "grade" not in found.pair
    assert "pose" not in found.pair
    assert {row[0].split(".")[0] for row in found.pair["table"]["rows"]} == {
        "plane", "segmentation",
    }  # fmt: skip
    row = found.differences["differences"]["plane.macro_f1"]
    assert row["joint"] == alone["plane"]["macro_f1"]
    assert row["pair"] == found.pair["plane"]["macro_f1"]


def test_the_pair_is_never_taken_for_the_joint_network(data: Path, pair) -> None:
    found = compare(
        data, FileLooker(data), pair, model=joint_entry(MODEL, JOINT), pair_model=pair_entry(pair)
    )
    said = found.pair["model"]
    assert said["name"] == "published pair: resnet50 + hrnet_w32"
    assert said["origin"] == "virtual"
    assert said["method"] == "published pair"
    digests = [said["networks"][name]["sha256"] for name in ("resnet50", "hrnet_w32")]
    assert said["sha256"] == "+".join(digests)
    assert [len(one) for one in digests] == [64, 64]
    with pytest.raises(DataError, match=r"other weights \(published pair"):
        measured_tables(found.pair, JOINT)


def test_the_comparison_goes_onto_the_card_under_a_heading_that_says_virtual(
    data: Path, pair
) -> None:
    found = compare(
        data, FileLooker(data), pair, model=joint_entry(MODEL, JOINT), pair_model=pair_entry(pair)
    )
    content = json.loads(json.dumps(found.differences))
    tables = measured_tables(content, JOINT)
    card = measured_section(with_measured(JOINT, tables).figures)
    title = "beside the published pair: resnet50 + hrnet_w32: virtual-wrist-hand, 24 frames of 2"
    assert f"### VIRTUAL: {title} people" in card
    row = found.differences["differences"]["plane.macro_f1"]
    assert f"| plane.macro_f1 | 1.000 | {row['pair']:.3f} | {row['difference']:+.3f} |" in card
    assert "the joint network 20,000 pictures (start: encoder: ImageNet)" in card
    assert "hrnet_w32 1,800 pictures in 42 min (start: random)" in card
    assert content["reference"]["networks"]["resnet50"]["sha256"][:12] in card
    with pytest.raises(DataError, match="other weights"):
        measured_tables(content, replace(JOINT, weights_sha256="0" * 64))


def test_networks_of_other_planes_or_classes_are_not_compared(data: Path) -> None:
    for changed in ({"planes": PLANES[::-1]}, {"classes": NAMES.classes[:-1]}):
        other = Blind(FileLooker(data), replace(TASK, **changed))
        with pytest.raises(ModelError, match=f"other {next(iter(changed))} than the joint"):
            compare(data, FileLooker(data), other, model={}, pair_model={})
