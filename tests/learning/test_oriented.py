"""Partly labelled structures and stroke directions: canvases, loss, and a run end to end."""

from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.imaging.geometry import Crop
from sesamoid.learning.augmentation import AugmentationSettings
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.oriented import OrientedTask, _Oriented
from sesamoid.learning.oriented_bundling import train_oriented_bundle
from sesamoid.learning.oriented_data import OrientedCanvasDataset, PartlyLabelled
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.measure import dice
from sesamoid.models import Manifest
from sesamoid.models.oriented import OrientedRuntime

TINY = SegmentationRecipe(
    name="tiny",
    network=NetworkSettings(
        widths=(8, 16, 24, 32, 48), blocks=(1, 1, 1, 1), decoder_widths=(24, 24, 16, 16)
    ),
    canvas_size=(64, 64),
    epochs=16,
    batch_size=8,
    learning_rate=8e-3,
    augmentation=AugmentationSettings(elastic_px=0, speckle=0, blur=0, noise=0, gain=0),
    ema_decay=0.9,
    eight_bit=False,
)
TASK = OrientedTask(structures=("band", "stroke"), sparse=("stroke",), directed="stroke")


def drawn(
    count: int, seed: int = 0, *, band: bool = True, stroke: bool = True
) -> list[PartlyLabelled]:
    """A bright horizontal band above parallel strokes, half of which are labelled."""
    rng = np.random.default_rng(seed)
    out = []
    for number in range(count):
        image = rng.normal(70, 10, (64, 64)).astype(np.float32)
        bands, strokes = np.zeros((2, 64, 64), dtype=np.uint8)
        row = int(rng.integers(6, 16))
        bands[row : row + 5] = 1
        angle = np.deg2rad(rng.uniform(10, 40) * rng.choice([-1, 1]))
        every = np.zeros((64, 64), dtype=np.uint8)
        for index, start in enumerate(range(-40, 110, 9)):
            line = np.zeros((64, 64), dtype=np.uint8)
            left = (0, round(start + 32 * np.tan(angle)))
            right = (63, round(start - 31 * np.tan(angle)))
            cv2.line(line, left, right, 1, 2)
            line[: row + 8] = 0
            every |= line
            if index % 2:
                strokes |= line
        image[every > 0] += 90
        image[bands > 0] += 140
        out.append(
            PartlyLabelled(
                f"d{number}",
                np.clip(image, 1, 255).astype(np.uint8),
                None,
                (bands > 0 if band else None, strokes > 0 if stroke else None),
            )
        )
    return out


def test_what_is_not_labelled_is_not_held() -> None:
    items = OrientedCanvasDataset(drawn(1, band=False), TINY, directed=1, augment=False)[0]
    assert not items["labelled"][0].any()
    assert items["labelled"][1].all()
    assert items["directed"].any()
    nothing = OrientedCanvasDataset(drawn(1, stroke=False), TINY, directed=1, augment=False)[0]
    assert not nothing["directed"].any()


def test_the_scan_area_fills_the_canvas() -> None:
    case = drawn(1)[0]
    large = np.zeros((100, 140), dtype=np.uint8)
    large[20:84, 40:104] = case.grey
    masks = []
    for mask in case.masks:
        assert mask is not None
        placed = np.zeros(large.shape, dtype=bool)
        placed[20:84, 40:104] = mask
        masks.append(placed)
    moved = PartlyLabelled("m", large, Crop(20, 40, 64, 64), tuple(masks))
    for key in ("image", "mask", "direction"):
        one = OrientedCanvasDataset([case], TINY, directed=1, augment=False)[0][key]
        other = OrientedCanvasDataset([moved], TINY, directed=1, augment=False)[0][key]
        torch.testing.assert_close(other, one)


def test_directions_turn_with_the_image() -> None:
    always_flip = SegmentationRecipe(
        name="flip",
        canvas_size=(64, 64),
        augmentation=AugmentationSettings(
            flip=1.0, rotation_deg=0, scale=0, shift=0, elastic_px=0, gamma=1, noise=0, blur=0,
            speckle=0, gain=0,
        ),
    )  # fmt: skip
    case = drawn(1)[0]
    plain = OrientedCanvasDataset([case], always_flip, directed=1, augment=False)[0]
    flipped = OrientedCanvasDataset([case], always_flip, directed=1, augment=True)[0]
    torch.testing.assert_close(flipped["image"], plain["image"].flip(-1), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(
        flipped["direction"][1], -plain["direction"][1].flip(-1), atol=1e-4, rtol=1e-4
    )


def test_a_pixel_that_is_not_held_costs_nothing() -> None:
    torch.manual_seed(0)
    module = _Oriented(TINY, TASK)
    batch = {
        k: v[None]
        for k, v in OrientedCanvasDataset(drawn(1), TINY, directed=1, augment=False)[0].items()
    }
    logits = torch.randn(1, 4, 64, 64)
    changed = logits.clone()
    changed[:, 0, :, :32] += 5
    batch["labelled"][:, 0, :, :32] = 0
    assert torch.equal(module._one(logits, batch), module._one(changed, batch))
    batch["labelled"][:, 0, :, :32] = 1
    assert not torch.equal(module._one(logits, batch), module._one(changed, batch))


def test_it_learns_bands_and_directions(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    training = drawn(24) + drawn(16, 1, band=False) + drawn(16, 2, stroke=False)
    manifest = Manifest(
        name="tiny",
        version="0",
        task="test",
        classes=("background", *TASK.structures),
        canvas_size=(64, 64),
        grey_exponent=TINY.grey_exponent,
        mirror=True,
        weights_sha256="",
        weights_precision="",
        training_data=(),
    )
    trained = train_oriented_bundle(
        TINY, TASK, training, (), manifest, tmp_path, fingerprint="x" * 20
    )
    runtime = OrientedRuntime(trained.bundle, threads=1)
    overlap, error = [], []
    for case in drawn(8, 9):
        maps = runtime.maps(case.grey)
        band, stroke = case.masks
        assert band is not None
        assert stroke is not None
        overlap.append(dice(maps.probability["band"] > 0.5, band))
        truth = OrientedCanvasDataset([case], TINY, directed=1, augment=False)[0]
        known = truth["directed"][0].numpy() > 0
        doubled = truth["direction"].numpy()
        angle = np.arctan2(doubled[1], doubled[0]) / 2
        off = np.degrees(maps.angle - angle)[known]
        error.append(np.median(np.abs((off + 90) % 180 - 90)))
    assert np.mean(overlap) > 0.85
    assert np.median(error) < 4
    again = train_oriented_bundle(
        TINY, TASK, training, (), manifest, tmp_path, fingerprint="x" * 20
    )
    assert again.bundle.manifest.weights_sha256 == trained.bundle.manifest.weights_sha256
