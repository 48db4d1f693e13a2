"""The published pair: its size and shape as published, and that it learns what we give it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.applications.wrist_hand import recipes
from sesamoid.learning import reference_training
from sesamoid.learning.joint_pack import pack_examples
from sesamoid.learning.reference_hrnet import HRNet
from sesamoid.learning.reference_recipe import pictures_shown, reference_recipe, steps_of
from sesamoid.learning.reference_training import (
    ReferenceTraining,
    export_reference,
    reference_network,
    train_reference_network,
)
from tests.learning.joint_pictures import SIZE, TASK, TINY, draw


def parameters(network: torch.nn.Module) -> float:
    return sum(p.numel() for p in network.parameters()) / 1e6


def test_hrnet_has_the_published_size():
    """29.5 M for W32 with the segmentation head (HRNetV2-W32 of the reference code: 29.55 M)."""
    network = HRNet(19)
    assert parameters(network) == pytest.approx(29.5, abs=0.3)
    with torch.no_grad():
        assert network.eval()(torch.zeros(1, 1, 64, 96)).shape == (1, 19, 16, 24)


def test_resnet_has_the_published_stem_and_size():
    """25.6 M with 1000 classes; a grey stem and 3 classes take 2.05 M off."""
    network = reference_network("resnet50", TASK)
    assert parameters(network) == pytest.approx(23.5, abs=0.1)
    strides: list[tuple[int, ...]] = []
    network.layer1.register_forward_pre_hook(lambda _, x: strides.append(tuple(x[0].shape)))
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, 64, 64))
    assert strides[0][2:] == (16, 16)  # 7 x 7 with stride 2, then pooling


@pytest.mark.parametrize("kind", ["resnet50", "hrnet_w32"])
def test_it_exports_for_timing(kind):
    network = reference_network(kind, TASK).eval()
    session = onnxruntime.InferenceSession(
        export_reference(network, kind, (64, 64)), providers=["CPUExecutionProvider"]
    )
    image = np.random.default_rng(0).normal(size=(2, 1, 64, 64)).astype(np.float32)
    found = session.run(None, {"image": image})[0]
    assert found.shape == ((2, 3) if kind == "resnet50" else (2, 3, 64, 64))
    if kind == "resnet50":
        with torch.no_grad():
            wanted = network(torch.from_numpy(image)).softmax(1).numpy()
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_frame_outside_every_tolerance_is_of_class_none(tmp_path: Path):
    pack = pack_examples(draw(tmp_path / "png", 4), TASK, SIZE, tmp_path / "pack")
    recipe = reference_recipe("resnet50", TINY).of_phase(0)
    module = ReferenceTraining(recipe, "resnet50", TASK, pack)
    sure = torch.nn.Module()
    sure.forward = lambda image: torch.tensor([[0.0, 0, 20], [0, 20, 0]])  # type: ignore[method-assign]
    module.network = sure
    batch = {
        "image": torch.zeros(2, 1, 8, 8),
        "inside": torch.tensor([0.0, 1.0]),
        "nearest": torch.tensor([0, 1]),
    }
    assert float(module.loss_of(batch)) == pytest.approx(0, abs=1e-4)
    batch["inside"][0] = 1.0
    assert float(module.loss_of(batch)) > 5
    batch["inside"][:] = float("nan")
    assert float(module.loss_of(batch)) == 0


def test_a_small_structure_counts_by_its_pixels_not_by_blocks(tmp_path: Path):
    """As published: scores at full size against the label map; here by PyTorch's own loss."""
    pack = pack_examples(draw(tmp_path / "png", 4), TASK, SIZE, tmp_path / "pack")
    recipe = reference_recipe("hrnet_w32", TINY).of_phase(0)
    module = ReferenceTraining(recipe, "hrnet_w32", TASK, pack)
    logits = torch.randn(2, 3, 8, 12, generator=torch.Generator().manual_seed(1)) * 3
    module.network = torch.nn.Module()
    module.network.forward = lambda image: logits  # type: ignore[method-assign]
    label = torch.zeros(2, 32, 48, dtype=torch.uint8)
    label[0, 5, 7:31], label[1, 20:29, 11] = 1, 2
    batch = {"image": torch.zeros(2, 1, 32, 48), "label": label, "labelled": torch.ones(2) > 0}
    full = torch.nn.functional.interpolate(logits, size=(32, 48), mode="bilinear")
    entropy = torch.nn.functional.cross_entropy(full, label.long(), weight=module.rare)
    chance = full.softmax(dim=1)
    overlaps = [
        (2 * chance[:, k][label == k].sum() + 1) / (chance[:, k].sum() + (label == k).sum() + 1)
        for k in (1, 2)
    ]
    wanted = entropy + 1 - torch.stack(overlaps).mean()
    assert float(module.loss_of(batch)) == pytest.approx(float(wanted), abs=1e-4)


@pytest.mark.parametrize(
    ("kind", "canvases"),
    [("resnet50", [(128, 128), (224, 224)]), ("hrnet_w32", [(128, 192), (224, 352)])],
)
def test_each_is_shown_as_many_pictures_as_the_joint_network(kind, canvases):
    joint = recipes.JOINT
    recipe = reference_recipe(kind, joint)
    assert pictures_shown(recipe) == sum(one.rounds for one in joint.phases) * joint.round_pictures
    assert recipe.ema_decay == joint.ema_decay
    assert [phase.canvas_size for phase in recipe.phases] == canvases
    # The joint network has 112 of its 216 rounds on the small canvas.
    assert [phase.rounds for phase in recipe.phases] == [280, 260]


def test_fewer_rounds_are_shared_out_alike_and_the_last_is_on_the_full_canvas():
    recipe = reference_recipe("hrnet_w32", recipes.JOINT, rounds=19)
    assert [phase.rounds for phase in recipe.phases] == [9, 10]
    assert pictures_shown(recipe) == 19 * 800
    (only,) = reference_recipe("hrnet_w32", recipes.JOINT, rounds=1).phases
    assert (only.canvas_size, only.rounds) == ((224, 352), 1)


def test_in_a_short_training_the_average_forgets_the_start():
    recipe = reference_recipe("hrnet_w32", recipes.JOINT, rounds=2)
    assert sum(phase.rounds for phase in recipe.phases) == 2
    for phase in recipe.phases:
        assert recipe.ema_decay ** (phase.rounds * steps_of(recipe)) < 1e-4
    assert reference_recipe("hrnet_w32", TINY, rounds=1).ema_decay < 0.7


class Small(torch.nn.Module):
    """Stands for either network: a few weights, a norm, an answer of the right shape."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 6, 5, stride=4, padding=2, bias=False),
            torch.nn.BatchNorm2d(6),
            torch.nn.ReLU(),
            torch.nn.Conv2d(6, 3, 1),
        )
        self.pooled = kind == "resnet50"

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        out = self.layers(image)
        return out.mean(dim=(2, 3)) if self.pooled else out


@pytest.mark.parametrize("kind", ["resnet50", "hrnet_w32"])
@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch, kind, stop_after
):
    monkeypatch.setattr(reference_training, "reference_network", lambda kind, task: Small(kind))
    pack = pack_examples(draw(tmp_path / "png", 24), TASK, SIZE, tmp_path / "pack")
    recipe = reference_recipe(kind, replace(TINY, round_pictures=32), rounds=3)
    small = replace(recipe.phases[0], canvas_size=(32, 64), rounds=1)
    recipe = replace(recipe, phases=(small, replace(small, canvas_size=(32, 96), rounds=2)))
    done: list[int] = []

    def train(folder: str, stop: int = 0):
        def on_round(number: int, loss: float) -> None:
            if np.isnan(loss):
                return  # a whole phase that was read back
            done.append(number)
            if number == stop:
                raise KeyboardInterrupt

        return train_reference_network(
            kind, pack, TASK, recipe, folder=tmp_path / folder, fingerprint="f" * 20, threads=1,
            on_round=on_round,
        )  # fmt: skip

    whole = train("whole")
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train("stopped", stop_after)
    assert not (tmp_path / "stopped" / f"{kind}.onnx").exists()
    done.clear()
    again = train("stopped")
    # The round in which it was stopped was done, but whether it was written hangs on the hooks.
    assert done[0] in (stop_after, stop_after + 1)
    assert done[-1] == 3
    assert again.minutes > 0, "also of what was done before it was stopped"
    image = np.random.default_rng(0).normal(size=(1, 1, 32, 96)).astype(np.float32)
    said = [
        onnxruntime.InferenceSession(one.weights, providers=["CPUExecutionProvider"])
        .run(None, {"image": image})[0]
        for one in (whole, again)
    ]  # fmt: skip
    np.testing.assert_allclose(said[0], said[1], atol=1e-4)


def test_it_trains_and_is_read_back(tmp_path: Path):
    pack = pack_examples(draw(tmp_path / "png", 24), TASK, SIZE, tmp_path / "pack")
    recipe = reference_recipe("resnet50", replace(TINY, round_pictures=16))
    phase = replace(recipe.phases[0], rounds=1, batch_size=8, canvas_size=(32, 32))
    recipe = replace(recipe, phases=(phase,))
    told: list[int] = []
    losses: list[float] = []
    first = train_reference_network(
        "resnet50", pack, TASK, recipe, folder=tmp_path, fingerprint="f" * 20, threads=1,
        on_round=lambda _, loss: losses.append(loss),
    )  # fmt: skip
    assert first.figures["pictures"] == 3
    assert len(losses) == 1
    assert np.isfinite(losses).all()
    assert first.minutes > 0
    weights = first.weights.read_bytes()
    again = train_reference_network(
        "resnet50", pack, TASK, recipe, folder=tmp_path, fingerprint="f" * 20, threads=1,
        on_round=lambda done, loss: told.append(done if np.isnan(loss) else -1),
    )  # fmt: skip
    assert told == [1]
    assert again.minutes == first.minutes
    assert first.weights.read_bytes() == weights


def test_the_pair_for_timing_has_the_published_and_the_joint_size(tmp_path: Path, monkeypatch):
    from sesamoid.applications.wrist_hand import reference_pair

    monkeypatch.setattr(
        reference_pair,
        "reference_network",
        lambda kind, task: torch.nn.Sequential(
            torch.nn.Conv2d(1, 3, 3, stride=4, padding=1),
            *([torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()] if kind == "resnet50" else ()),
        ),
    )
    sizes = [
        onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        .get_inputs()[0].shape[2:]
        for path in reference_pair.published_pair(tmp_path, (64, 96))
    ]  # fmt: skip
    assert sizes == [[224, 224], [64, 96]]
