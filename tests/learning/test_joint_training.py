"""The joint network: losses that leave the unknown alone, training, export, fine-tuning."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from torch.utils.data import default_collate

from sesamoid.errors import ModelError
from sesamoid.learning import joint_training
from sesamoid.learning.compact_weights import WEIGHTS, load_compact, save_compact
from sesamoid.learning.joint_bundling import TrainedJoint, train_joint_bundle
from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_example import nothing_known
from sesamoid.learning.joint_export import check_joint_parity, export_joint
from sesamoid.learning.joint_loss import head_losses, label_loss
from sesamoid.learning.joint_network import JointNetwork, _cells, _moments
from sesamoid.learning.joint_pack import JointPack, pack_examples
from sesamoid.learning.joint_recipe import Phase
from sesamoid.learning.joint_validation import validate_joint
from sesamoid.measure import dice
from sesamoid.models import Manifest
from sesamoid.models.joint import JointRuntime
from tests.learning.joint_pictures import MM, SIZE, TASK, TINY, draw

MANIFEST = Manifest(
    name="discs", version="0", task="joint", classes=(), canvas_size=SIZE, weights_sha256="",
    weights_precision="", training_data=(),
)  # fmt: skip


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> JointPack:
    folder = tmp_path_factory.mktemp("joint")
    return pack_examples(draw(folder / "png", 320), TASK, SIZE, folder / "pack")


@pytest.fixture(scope="module")
def trained(pack: JointPack, tmp_path_factory: pytest.TempPathFactory) -> TrainedJoint:
    folder = tmp_path_factory.mktemp("trained")
    return train_joint_bundle(pack, TASK, TINY, MANIFEST, folder, threads=1)


def batch_of(pack: JointPack, count: int = 6) -> dict[str, torch.Tensor]:
    data = JointDataset(pack, np.arange(count), TASK, TINY, SIZE, augment=False)
    return default_collate([data[i] for i in range(count)])


def test_it_learns_plane_pose_and_anatomy(pack, trained, tmp_path):
    found = validate_joint(trained.bundle, pack, pack.where(held_out=True), threads=1)
    assert found["nearest_accuracy"] == 1.0
    assert found["pose_median_mm"] < 1.5
    assert found["mean_dice"] > 0.85
    assert found["plane_macro_f1"] > 0.65
    runtime = JointRuntime(trained.bundle, threads=1)
    for one in draw(tmp_path, 12, 5):
        frame = cv2.imread(str(one.image), 0)
        look = runtime.look(frame, spacing_mm=(MM, MM))
        assert look.planes.sum() == pytest.approx(1, abs=1e-5)
        assert dice(look.labels == 1, cv2.imread(str(one.label), 0) == 1) > 0.8
        assert abs(look.picture["centre_offset"] - one.picture[0]) < 0.1


def test_labels_come_back_on_the_frame_s_pixels(trained, tmp_path):
    one = draw(tmp_path, 1, 7)[0]
    frame, label = (cv2.imread(str(path), 0) for path in (one.image, one.label))
    large = np.zeros((200, 300), np.uint8)
    large[20:148, 60:252] = cv2.resize(frame, (192, 128), interpolation=cv2.INTER_CUBIC)
    from sesamoid.imaging import Crop

    runtime = JointRuntime(trained.bundle, threads=1)
    look = runtime.look(large, scan_area=Crop(20, 60, 128, 192), spacing_mm=(MM / 2, MM / 2))
    whole = np.zeros((200, 300), np.uint8)
    whole[20:148, 60:252] = cv2.resize(label, (192, 128), interpolation=cv2.INTER_NEAREST)
    assert look.labels.shape == (200, 300)
    assert not look.labels[:20].any()
    assert dice(look.labels == 1, whole == 1) > 0.85
    rows, columns = np.nonzero(look.labels == 1)
    wanted = np.nonzero(whole == 1)
    assert abs(rows.mean() - wanted[0].mean()) < 1
    assert abs(columns.mean() - wanted[1].mean()) < 1
    # The same pictures with pixels twice as high as wide.
    flat = cv2.resize(frame, (96, 32), interpolation=cv2.INTER_AREA)
    squeezed = runtime.look(flat, spacing_mm=(2 * MM, MM))
    assert squeezed.labels.shape == (32, 96)
    assert np.abs(squeezed.pose - look.pose).max() < 2.5


def test_the_evidence_lies_on_what_was_seen(trained, tmp_path):
    runtime = JointRuntime(trained.bundle, threads=1)
    one = next(one for one in draw(tmp_path, 20, 8) if one.inside and one.nearest == 1)
    frame = cv2.imread(str(one.image), 0)
    evidence = runtime.evidence_map(frame, 1, spacing_mm=(MM, MM))
    assert evidence.shape == frame.shape
    assert evidence.max() == pytest.approx(1, abs=0.05)
    assert evidence.min() >= 0
    near = cv2.dilate(cv2.imread(str(one.label), 0), np.ones((15, 15), np.uint8)) > 0
    assert evidence[near].mean() > 1.5 * evidence[~near].mean()


def test_a_run_that_was_stopped_ends_with_the_same_weights(pack, tmp_path):
    recipe = replace(TINY, phases=(Phase((32, 64), 2, batch_size=8), Phase(SIZE, 3, batch_size=8)))
    whole = train_joint_bundle(pack, TASK, recipe, MANIFEST, tmp_path / "a", threads=1)
    rounds: list[int] = []

    def stop(done: int, _: float) -> None:
        rounds.append(done)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train_joint_bundle(pack, TASK, recipe, MANIFEST, tmp_path / "b", threads=1, on_round=stop)
    assert not (tmp_path / "b" / "bundle").exists()
    rounds.clear()
    again = train_joint_bundle(
        pack, TASK, recipe, MANIFEST, tmp_path / "b", threads=1,
        on_round=lambda done, _: rounds.append(done),
    )  # fmt: skip
    assert rounds[:1] == [2]  # the first phase was read back
    assert len(rounds) <= 4
    one, other = (load_compact(x.bundle.folder / WEIGHTS) for x in (whole, again))
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, atol=2e-3, rtol=2e-2)


def test_what_is_not_known_costs_nothing(pack):
    torch.manual_seed(0)
    network = JointNetwork(TINY, TASK).train()
    owner = torch.tensor(TASK.part_owner)
    batch = batch_of(pack)
    out = network(batch["image"], batch["scalars"])
    known = nothing_known(TASK)
    for name in ("inside", "reversed", "pose", "parts", "picture"):
        batch[name][:] = torch.as_tensor(known[name])
    batch["nearest"][:] = -1
    losses = head_losses(out, batch, TASK, owner)
    assert not any(bool(value.any()) for value in losses.values())
    torch.stack(list(losses.values())).sum().backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert all(bool(torch.isfinite(g).all()) and not bool(g.any()) for g in gradients)


def test_of_no_plane_lowers_every_plane_s_tolerance(pack):
    network = JointNetwork(TINY, TASK).train()
    batch = batch_of(pack, 2)
    out = network(batch["image"], batch["scalars"])
    batch["nearest"][:], batch["inside"][:] = -1, 0.0
    loss = head_losses(out, batch, TASK, torch.tensor(TASK.part_owner))["inside"]
    gradient = torch.autograd.grad(loss, out.inside)[0]
    assert (gradient > 0).all()


def test_the_pose_is_learnt_at_the_nearest_plane_and_within_capture_only(pack):
    network = JointNetwork(TINY, TASK).train()
    batch = batch_of(pack, 4)
    out = network(batch["image"], batch["scalars"])
    batch["nearest"][:] = 1
    batch["pose"][:] = torch.tensor([2.0, 0.0])
    batch["pose"][0, 0] = TASK.capture[0] + 1
    loss = head_losses(out, batch, TASK, torch.tensor(TASK.part_owner))["pose"]
    gradient = torch.autograd.grad(loss, out.pose)[0]
    assert not gradient[:, 0].any()
    assert not gradient[0].any()
    assert gradient[1:, 1].any()


def test_the_label_loss_is_that_of_every_label_pixel():
    torch.manual_seed(1)
    scores = torch.randn(2, 3, 4, 6)
    label = torch.randint(0, 3, (2, 8, 12), dtype=torch.uint8)
    every, known = torch.ones(2, dtype=torch.bool), torch.ones(3, dtype=torch.bool)
    found = label_loss(scores, label, every, torch.ones(3), known)
    full = scores.repeat_interleave(2, 2).repeat_interleave(2, 3)
    chance = full.softmax(1)
    one_hot = torch.nn.functional.one_hot(label.long(), 3).permute(0, 3, 1, 2)
    entropy = torch.nn.functional.cross_entropy(full, label.long())
    common, total = (chance * one_hot).sum((0, 2, 3)), (chance + one_hot).sum((0, 2, 3))
    expected = entropy + (1 - (2 * common + 1) / (total + 1))[1:].mean()
    assert float(found) == pytest.approx(float(expected), rel=1e-4)


def test_classes_that_were_not_drawn_hide_in_the_background():
    scores = torch.full((1, 3, 2, 2), -8.0)
    scores[:, 2] = 8.0  # sure of a class that this site has not drawn
    label = torch.zeros(1, 4, 4, dtype=torch.uint8)
    every = torch.ones(1, dtype=torch.bool)
    drawn = label_loss(scores, label, every, torch.ones(3), torch.tensor([True, True, True]))
    hidden = label_loss(scores, label, every, torch.ones(3), torch.tensor([True, True, False]))
    assert float(drawn) > 5
    assert float(hidden) == pytest.approx(0, abs=1e-3)


def test_pictures_without_labels_cost_the_label_map_nothing():
    scores = torch.randn(2, 3, 4, 6, requires_grad=True)
    label = torch.randint(0, 3, (2, 8, 12), dtype=torch.uint8)
    only = torch.tensor([True, False])
    loss = label_loss(scores, label, only, torch.ones(3), torch.ones(3, dtype=torch.bool))
    gradient = torch.autograd.grad(loss, scores)[0]
    assert gradient[0].any()
    assert not gradient[1].any()
    none = label_loss(scores, label, ~(only | True), torch.ones(3), torch.ones(3).bool())
    assert none.item() == 0


def test_moments_say_where_a_class_lies():
    scores = torch.zeros(1, 2, 8, 12)
    scores[:, 1] = -20
    scores[:, 1, 1:3, 9:11] = 20
    told = _moments(scores)[0]
    size, peak, places, spread = told[:2], told[2:4], told[4:8].view(2, 2), told[8:]
    assert size[0] > size[1] > 0
    assert peak[1] == pytest.approx(1)
    assert places[1, 0] < -2
    assert places[1, 1] > 2
    assert spread[1] < spread[0]


def test_cells_are_means_also_where_they_do_not_fit():
    x = torch.arange(35.0).view(1, 1, 5, 7)
    cells = _cells(x, (5, 7))
    torch.testing.assert_close(cells, x)
    assert float(_cells(x, (2, 3)).mean()) == pytest.approx(float(x.mean()), rel=1e-5)
    assert _cells(x, (2, 3)).shape == (1, 1, 2, 3)


def test_eight_bits_say_the_same_and_are_smaller(pack, trained):
    network = joint_training.bare_network(TINY, TASK).eval()
    network.load_state_dict(load_compact(trained.bundle.folder / WEIGHTS))
    data = JointDataset(pack, np.arange(24), TASK, TINY, SIZE, augment=False)
    given = [(one["image"][0].numpy(), one["scalars"].numpy()) for one in data]
    whole = export_joint(network, TASK, SIZE)
    small = export_joint(network, TASK, SIZE, calibration=given)
    assert len(small) < len(whole)
    assert check_joint_parity(network, TASK, whole, given).pose < 1e-4
    parity = check_joint_parity(network, TASK, small, given)
    assert parity.same_class_decided > 0.99
    other = JointNetwork(replace(TINY, seed=1), TASK).eval()
    with pytest.raises(ModelError, match="agrees"):
        check_joint_parity(other, TASK, small, given)


def test_compact_weights_are_close_and_small(tmp_path):
    torch.manual_seed(0)
    network = JointNetwork(TINY, TASK)
    save_compact(tmp_path / "w.npz", network.state_dict())
    back = load_compact(tmp_path / "w.npz")
    assert set(back) == set(network.state_dict())
    for name, value in network.state_dict().items():
        if value.ndim >= 2 and value.numel() >= 512:
            largest = value.abs().flatten(1).amax(1).view(-1, *[1] * (value.ndim - 1))
            assert ((back[name] - value).abs() <= largest / 253).all()
        else:
            torch.testing.assert_close(back[name], value)
    numbers = sum(v.numel() for v in network.state_dict().values())
    assert (tmp_path / "w.npz").stat().st_size < 2.2 * numbers
    with pytest.raises(ModelError, match="cannot be read"):
        load_compact(tmp_path / "none.npz")


def test_fine_tuning_keeps_what_nobody_told(pack, trained, tmp_path):
    start = load_compact(trained.bundle.folder / WEIGHTS)
    examples = [
        replace(one, **nothing_known(TASK), held_out=False) for one in draw(tmp_path / "png", 16, 3)
    ]
    own = pack_examples(examples, TASK, SIZE, tmp_path / "pack")
    recipe = replace(
        TINY, phases=(Phase(SIZE, 2, batch_size=8, learning_rate=5e-4),), round_pictures=32
    )
    tuned = train_joint_bundle(
        own, TASK, recipe, MANIFEST, tmp_path / "run", initial=start, threads=1
    )
    before, after = (
        validate_joint(x.bundle, pack, pack.where(held_out=True), threads=1)
        for x in (trained, tuned)
    )
    assert after["mean_dice"] > before["mean_dice"] - 0.05
    assert after["nearest_accuracy"] > 0.8
    end = load_compact(tuned.bundle.folder / WEIGHTS)
    assert not torch.equal(end["encoder.stem.0.0.weight"], start["encoder.stem.0.0.weight"])


def test_a_bundle_of_another_task_is_refused(tmp_path, threshold_bundle):
    with pytest.raises(ModelError, match="not a joint network"):
        JointRuntime(threshold_bundle)
