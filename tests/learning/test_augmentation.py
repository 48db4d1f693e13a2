import numpy as np
import pytest

pytest.importorskip("monai")

from sesamoid.learning.augmentation import (
    AugmentationSettings,
    geometry_transform,
    intensity_transform,
)

OFF = AugmentationSettings(
    flip=0,
    rotation_deg=0,
    scale=0,
    shift=0,
    elastic_px=0,
    gamma=1,
    noise=0,
    blur=0,
    speckle=0,
    gain=0,
)


def marked() -> dict[str, np.ndarray]:
    """A bright square in a dark image, and its label."""
    image = np.full((1, 96, 128), 0.2, dtype=np.float32)
    image[0, 30:50, 20:60] = 0.9
    return {"image": image, "label": (image > 0.5).astype(np.uint8)}


def test_with_everything_off_nothing_changes() -> None:
    out = geometry_transform(OFF, (96, 128))(intensity_transform(OFF)(marked()))
    np.testing.assert_allclose(np.asarray(out["image"]), marked()["image"], atol=1e-4)


def test_image_and_label_move_together() -> None:
    settings = AugmentationSettings(gain=0, noise=0, speckle=0, blur=0, gamma=1)
    transform = geometry_transform(settings, (96, 128))
    transform.set_random_state(3)
    for _ in range(20):
        out = transform(marked())
        bright = np.asarray(out["image"])[0] > 0.55
        label = np.asarray(out["label"])[0] > 0
        overlap = 2 * (bright & label).sum() / max(1, bright.sum() + label.sum())
        assert overlap > 0.9


def test_labels_stay_whole_numbers() -> None:
    transform = geometry_transform(AugmentationSettings(), (96, 128))
    transform.set_random_state(0)
    values = {
        float(v) for _ in range(10) for v in np.unique(np.asarray(transform(marked())["label"]))
    }
    assert values <= {0.0, 1.0}


def test_grey_values_stay_in_range() -> None:
    settings = AugmentationSettings(noise=0)
    transform = intensity_transform(settings)
    transform.set_random_state(0)
    for _ in range(30):
        image = np.asarray(transform(marked())["image"])
        assert image.min() >= -1e-6
        assert image.max() <= 1 + 1e-6


def test_the_same_seed_gives_the_same_pictures() -> None:
    pictures = []
    for _ in range(2):
        transform = geometry_transform(AugmentationSettings(), (96, 128))
        transform.set_random_state(11)
        pictures.append(np.asarray([np.asarray(transform(marked())["image"]) for _ in range(4)]))
    np.testing.assert_array_equal(pictures[0], pictures[1])
