"""Packing and varying pictures: what is known stays true, and a run can be stopped anywhere."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sesamoid.errors import DataError
from sesamoid.imaging.geometry import Crop
from sesamoid.learning import joint_pack
from sesamoid.learning.joint_augmentation import JointAugmentation, draw_placing, usual_placing
from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_example import nothing_known
from sesamoid.learning.joint_pack import JointPack, pack_examples
from sesamoid.learning.rounds import RoundSampler, ShuffledPasses
from sesamoid.models.joint_input import SCALARS, joint_input, joint_letterbox
from tests.learning.joint_pictures import MM, PLAIN, SIZE, TASK, TINY, draw


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> JointPack:
    folder = tmp_path_factory.mktemp("pack")
    return pack_examples(draw(folder / "png", 24), TASK, SIZE, folder / "pack")


def dataset(pack: JointPack, *, augment: bool = True, **changes: float) -> JointDataset:
    recipe = replace(TINY, augmentation=replace(PLAIN, **changes))
    which = np.arange(len(pack))
    return JointDataset(pack, which, TASK, recipe, SIZE, augment=augment, seed=3)


def test_a_pack_holds_what_the_files_hold(pack, tmp_path):
    one = draw(tmp_path, 1)[0]
    np.testing.assert_array_equal(pack.images[0], cv2.imread(str(one.image), 0))
    np.testing.assert_array_equal(pack.labels[0], cv2.imread(str(one.label), 0))
    assert pack.mm(0) == pytest.approx(MM)
    assert pack.placed(0) == Crop(0, 0, *SIZE)
    assert len(pack.where(held_out=True)) == 3
    counted = np.bincount(np.asarray(pack.labels).ravel(), minlength=3) / pack.labels.size
    np.testing.assert_allclose(pack.label_share, counted)


def test_packing_goes_on_where_it_was_stopped(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(joint_pack, "CHUNK", 5)
    examples = draw(tmp_path / "png", 24)

    def stop(done: int, _: int) -> None:
        if done == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack_examples(examples, TASK, SIZE, tmp_path / "pack", on_picture=stop)
    told: list[int] = []
    whole = pack_examples(
        examples, TASK, SIZE, tmp_path / "pack", on_picture=lambda done, _: told.append(done)
    )
    assert told[0] == 11  # two chunks of five were kept
    np.testing.assert_array_equal(whole.images, pack.images)
    np.testing.assert_array_equal(whole.labels, pack.labels)
    np.testing.assert_allclose(whole.label_share, pack.label_share)
    again: list[int] = []
    pack_examples(examples, TASK, SIZE, tmp_path / "pack", on_picture=lambda d, _: again.append(d))
    assert again == []


def test_other_targets_make_another_pack(tmp_path):
    examples = draw(tmp_path / "png", 4)
    first = pack_examples(examples, TASK, SIZE, tmp_path / "pack").fingerprint
    changed = [replace(examples[0], inside=1 - examples[0].inside), *examples[1:]]
    assert pack_examples(changed, TASK, SIZE, tmp_path / "pack").fingerprint != first


def test_labels_that_do_not_fit_are_refused(tmp_path):
    examples = draw(tmp_path / "png", 2)
    cv2.imwrite(str(examples[1].label), np.full(SIZE, 3, np.uint8))
    with pytest.raises(DataError, match="values up to 3"):
        pack_examples(examples, TASK, SIZE, tmp_path / "pack")
    examples[1].image.unlink()
    with pytest.raises(DataError, match="missing"):
        pack_examples(examples, TASK, SIZE, tmp_path / "other")


def test_pixels_that_are_not_square_become_square():
    fit, mm = joint_letterbox((100, 100), Crop(0, 0, 100, 100), SIZE, (0.2, 0.4))
    assert (fit.placed.height, fit.placed.width) == (48, 96)
    assert mm == pytest.approx(0.4 * 100 / 96)
    assert joint_letterbox((100, 100), Crop(0, 0, 100, 100), SIZE, None)[1] is None


def test_scalars_say_what_the_canvas_lost():
    canvas = np.zeros(SIZE, dtype=np.uint8)
    canvas[:32] = np.arange(96, dtype=np.uint8)
    scan = Crop(0, 0, 32, 96)
    told = [
        dict(zip(SCALARS, joint_input(canvas, scan, mm, grey_exponent=0.5)[1], strict=True))
        for mm in (0.24, None)
    ]
    assert told[0]["log_scale"] == pytest.approx(np.log(2))
    assert (told[0]["scale_known"], told[1]["scale_known"], told[1]["log_scale"]) == (1, 0, 0)
    assert told[0]["height_share"] == 0.5
    brighter = joint_input(canvas * 2, scan, None, grey_exponent=0.5)
    assert brighter[1][SCALARS.index("grey_mean")] > told[0]["grey_mean"]


def test_a_mirror_toggles_the_way_round_and_nothing_of_the_pose(pack):
    plain, mirrored = dataset(pack), dataset(pack, flip=1.0)
    for place in range(6):
        one, other = plain[place], mirrored[place]
        torch.testing.assert_close(other["label"], one["label"].flip(-1))
        torch.testing.assert_close(other["image"], one["image"].flip(-1), atol=1e-4, rtol=1e-4)
        assert other["reversed"] == 1 - one["reversed"]
        torch.testing.assert_close(other["picture"], -one["picture"])
        torch.testing.assert_close(other["pose"], one["pose"])


def test_a_smaller_scan_keeps_its_size_in_mm(pack):
    sizes = []
    for place in range(6):
        one, other = dataset(pack)[place], dataset(pack, smaller=1.0)[place]

        def area(item: dict[str, torch.Tensor]) -> float:
            mm = np.exp(float(item["scalars"][SCALARS.index("log_scale")])) * 0.12
            return float((item["label"] == 1).sum()) * mm**2

        sizes.append(float((other["label"] == 1).sum() / (one["label"] == 1).sum()))
        assert area(other) == pytest.approx(area(one), rel=0.15)
    assert min(sizes) < 0.85


def test_a_cut_picture_does_not_claim_what_it_cannot_know(pack):
    cut = dataset(pack, cut_depth=1.0)[0]
    assert cut["picture"].isnan().all()
    assert cut["parts"][:, :3].isnan().all()
    assert cut["parts"][:, 3].isfinite().any()
    assert cut["pose"].isfinite().all()


def test_the_order_is_the_same_after_a_stop_and_covers_everything(pack):
    row, sampler = ShuffledPasses(np.arange(24), 0), RoundSampler(10)
    places = []
    for number in range(12):
        sampler.set_epoch(number)
        places += list(sampler)
    assert places == list(range(120))
    turn = [row.at(place) for place in range(24)]
    assert sorted(turn) == list(range(24))
    assert turn != [row.at(place) for place in range(24, 48)]
    later = dataset(pack, noise=1.0)
    first = dataset(pack, noise=1.0)
    torch.testing.assert_close(first[30]["image"], later[30]["image"])


def test_a_placing_lies_within_the_canvas():
    rng = np.random.default_rng(0)
    scan = Crop(8, 0, 48, 96)
    for _ in range(200):
        placing = draw_placing(scan, SIZE, JointAugmentation(smaller=1, cut_depth=0.5), rng)
        placed, source = placing.placed, placing.source
        assert placed.top >= 0
        assert placed.left >= 0
        assert placed.bottom <= SIZE[0]
        assert placed.right <= SIZE[1]
        assert placed.height / placed.width == pytest.approx(source.height / source.width, rel=0.06)
    usual = usual_placing(scan, (32, 64))
    assert usual.scale == pytest.approx(64 / 96)


def test_nothing_known_is_nothing_learnt():
    known = nothing_known(TASK)
    assert known["nearest"] == -1
    assert np.isnan(known["pose"]).all()
    assert known["parts"].shape == (3, 4)


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_whole_levels_are_standardised_by_a_table(exponent: float) -> None:
    canvas = np.random.default_rng(2).integers(0, 256, (64, 96), dtype=np.uint8)
    placed = Crop(4, 0, 50, 96)
    quick = joint_input(canvas, placed, 0.1, grey_exponent=exponent)
    plain = joint_input(canvas.astype(np.float64), placed, 0.1, grey_exponent=exponent)
    for one, other in zip(quick, plain, strict=True):
        np.testing.assert_allclose(one, other, atol=3e-6)
    assert not quick[0][:4].any()
    flat = joint_input(np.full((64, 96), 9, np.uint8), placed, None, grey_exponent=exponent)
    assert not flat[0].any()
