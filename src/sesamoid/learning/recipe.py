"""A training recipe: everything that decides a result, in one frozen dataclass."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sesamoid.learning.augmentation import AugmentationSettings
from sesamoid.learning.network import NetworkSettings


class LoopRecipe(Protocol):
    """What the training loop asks of a recipe; see `SegmentationRecipe`."""

    @property
    def network(self) -> NetworkSettings: ...  # noqa: D102
    @property
    def epochs(self) -> int: ...  # noqa: D102
    @property
    def batch_size(self) -> int: ...  # noqa: D102
    @property
    def learning_rate(self) -> float: ...  # noqa: D102
    @property
    def weight_decay(self) -> float: ...  # noqa: D102
    @property
    def encoder_rate(self) -> float: ...  # noqa: D102
    @property
    def ema_decay(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class SegmentationRecipe:
    """How a segmentation network is trained.

    Parameters
    ----------
    name : str
    network : NetworkSettings
    canvas_size : tuple of int
        (rows, columns) of the network's input; a multiple of 32 each.
    grey_exponent : float
        See `sesamoid.imaging.letterbox.standardise`.
    epochs, batch_size : int
    round_pictures : int
        Pictures of an epoch, taken from an endless row of shuffled passes in which all depends on
        the place: the training is then counted in steps, whatever the number of images. 0: an
        epoch is one pass over them.
    learning_rate, weight_decay : float
        Of AdamW; one cosine cycle after a short linear warm-up.
    encoder_rate : float
        Factor on the learning rate for a `LightUNet`'s encoder.
    augmentation : AugmentationSettings
    ema_decay : float
        Decay per step of the averaged weights that are validated and exported; 0: none.
    deep_supervision : float
        Weight of the deeper decoder stages' loss, halved per stage.
    eight_bit : bool
        Export in 8 bits; else in float32.
    seed : int
    """

    name: str
    network: NetworkSettings = field(default_factory=NetworkSettings)
    canvas_size: tuple[int, int] = (256, 288)
    grey_exponent: float = 0.5
    epochs: int = 120
    batch_size: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    encoder_rate: float = 1.0
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    ema_decay: float = 0.995
    deep_supervision: float = 0.4
    eight_bit: bool = True
    seed: int = 0
    round_pictures: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For a manifest or a model card."""
        content = asdict(self)
        if not self.round_pictures:
            del content["round_pictures"]  # runs finished before there were rounds stay valid
        return content


PLAIN_UNET_FLOOR = SegmentationRecipe(
    name="plain U-Net (MONAI BasicUNet, 256 px, 45 epochs, flips/affine/gamma)",
    network=NetworkSettings(kind="basic_unet"),
    canvas_size=(256, 256),
    grey_exponent=1.0,
    epochs=45,
    augmentation=AugmentationSettings(
        rotation_deg=15.0,
        scale=0.15,
        shift=0.06,
        elastic_px=0.0,
        gamma=1.5,
        noise=0.0,
        blur=0.0,
        speckle=0.0,
        gain=0.0,
    ),
    ema_decay=0.0,
    deep_supervision=0.0,
    eight_bit=False,
)
"""The floor that a recipe of ours is compared with, on the same folds."""
