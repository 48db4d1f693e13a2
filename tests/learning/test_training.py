"""The loop end to end on drawn images: it learns, resumes, exports, and says the same in ONNX."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.errors import ModelError
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.augmentation import AugmentationSettings
from sesamoid.learning.bundling import write_bundle
from sesamoid.learning.export import check_parity, export_onnx
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.learning.segmentation import train_segmentation
from sesamoid.measure import dice
from sesamoid.models import Manifest
from sesamoid.models.runtime import SegmentationRuntime

TINY = SegmentationRecipe(
    name="tiny",
    network=NetworkSettings(
        widths=(8, 8, 16, 16, 32), blocks=(1, 1, 1, 1), decoder_widths=(16, 16, 8, 8)
    ),
    canvas_size=(64, 96),
    epochs=14,
    batch_size=4,
    learning_rate=5e-3,
    augmentation=AugmentationSettings(elastic_px=0, speckle=0, blur=0),
    ema_decay=0.9,
)


def drawn(count: int, seed: int = 0) -> list[LabelledImage]:
    """Noise with one bright and one dark disc each."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((64, 96))
    out = []
    for number in range(count):
        image = rng.normal(110, 12, (64, 96))
        label = np.zeros((64, 96), dtype=np.uint8)
        for value, grey, half in ((1, 200, 24), (2, 20, 72)):
            centre = (rng.uniform(20, 44), half + rng.uniform(-8, 8))
            disc = np.hypot(rows - centre[0], columns - centre[1]) < rng.uniform(8, 13)
            image[disc] += grey - 110
            label[disc] = value
        out.append(LabelledImage(f"d{number}", np.clip(image, 1, 255).astype(np.uint8), label))
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> torch.nn.Module:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("run")
    return train_segmentation(drawn(24), drawn(4, 9), TINY, classes=3, folder=folder).network


def manifest() -> Manifest:
    return Manifest(
        name="tiny",
        version="0",
        task="test",
        classes=("background", "nerve", "vessel"),
        canvas_size=(64, 96),
        weights_sha256="",
        weights_precision="",
        training_data=(),
    )


def test_it_learns_what_it_is_shown(trained: torch.nn.Module, tmp_path: Path) -> None:
    bundle = write_bundle(trained, manifest(), tmp_path, checks=drawn(3))
    runtime = SegmentationRuntime(bundle)
    scores = [
        dice(runtime.probabilities([case.grey])[0].argmax(axis=0) == value, case.label == value)
        for case in drawn(6, seed=5)
        for value in (1, 2)
    ]
    assert np.mean(scores) > 0.8


def test_the_export_says_what_the_network_says(trained: torch.nn.Module) -> None:
    canvases = [np.random.default_rng(i).standard_normal((64, 96), np.float32) for i in range(3)]
    parity = check_parity(trained, export_onnx(trained, (64, 96)), canvases)
    assert parity.largest_difference < 1e-3
    assert parity.same_class > 0.999


def test_eight_bits_make_a_small_file(trained: torch.nn.Module) -> None:
    wide = replace(TINY.network, widths=(16, 32, 64, 96, 160)).build(3).eval()
    canvases = [np.random.default_rng(i).standard_normal((64, 96), np.float32) for i in range(4)]
    whole = len(export_onnx(wide, (64, 96)))
    assert len(export_onnx(wide, (64, 96), calibration=canvases)) < 0.45 * whole


def test_an_export_that_says_something_else_is_refused(trained: torch.nn.Module) -> None:
    other = TINY.network.build(3).eval()
    canvases = [np.random.default_rng(i).standard_normal((64, 96), np.float32) for i in range(3)]
    with pytest.raises(ModelError, match="the network's class"):
        check_parity(trained, export_onnx(other, (64, 96)), canvases)


def test_the_export_takes_other_sizes_too(trained: torch.nn.Module) -> None:
    canvases = [np.random.default_rng(0).standard_normal((96, 160), np.float32)]
    assert check_parity(trained, export_onnx(trained, (64, 96)), canvases).same_class > 0.999


def test_a_cut_off_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    recipe = replace(TINY, epochs=7)
    seen: list[int] = []

    def stop_after_six(epoch: int, _: float) -> None:
        seen.append(epoch)
        if epoch == 6:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train_segmentation(
            drawn(8),
            [],
            recipe,
            classes=3,
            folder=tmp_path,
            fingerprint="x",
            on_epoch=stop_after_six,
        )
    again: list[int] = []
    train_segmentation(
        drawn(8),
        [],
        recipe,
        classes=3,
        folder=tmp_path,
        fingerprint="x",
        on_epoch=lambda epoch, _: again.append(epoch),
    )
    assert again == [6, 7]


def test_a_checkpoint_of_another_recipe_is_left_alone(tmp_path: Path) -> None:
    seen: list[int] = []
    for fingerprint in ("one", "other"):
        train_segmentation(
            drawn(8),
            [],
            replace(TINY, epochs=5),
            classes=3,
            folder=tmp_path,
            fingerprint=fingerprint,
            on_epoch=lambda epoch, _: seen.append(epoch),
        )
    assert seen == [1, 2, 3, 4, 5] * 2
