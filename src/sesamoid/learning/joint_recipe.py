"""How a joint network is trained: one frozen recipe, in phases on canvases of growing size."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sesamoid.learning.joint_augmentation import JointAugmentation
from sesamoid.learning.network import NetworkSettings


@dataclass(frozen=True)
class LossWeights:
    """Weights of the heads' losses beside each other.

    Parameters
    ----------
    labels : float
        Cross-entropy and Dice of the label map.
    deeper : float
        The same for the deeper decoder stages, halved per stage.
    nearest, inside, reversed, pose, parts, picture : float
        Cross-entropy of the nearest plane; binary of tolerance and way round; Laplace of the pose;
        binary of the parts; Huber of the picture's numbers.
    """

    labels: float = 1.0
    deeper: float = 0.4
    nearest: float = 0.5
    inside: float = 0.5
    reversed: float = 0.2
    pose: float = 0.5
    parts: float = 1.0
    picture: float = 1.0


@dataclass(frozen=True)
class Phase:
    """A part of the training on one canvas.

    Parameters
    ----------
    canvas_size : (rows, columns)
        Multiples of 32.
    rounds : int
        A round is `JointRecipe.round_pictures` pictures; a checkpoint follows each.
    batch_size : int
    learning_rate : float
        Peak of the phase's own cosine cycle.
    """

    canvas_size: tuple[int, int]
    rounds: int
    batch_size: int = 16
    learning_rate: float = 1.5e-3


@dataclass(frozen=True)
class JointRecipe:
    """How a joint network is trained.

    Parameters
    ----------
    name : str
    network : NetworkSettings
        Of encoder and decoder; an EfficientNet-Lite or the light one.
    canvas_size : (rows, columns)
        Of the packed pictures and of the network at run time.
    phases : tuple of Phase
        One after the other; each starts from the averaged weights of the one before. The last is
        on `canvas_size`.
    round_pictures : int
    hidden : int
        Width of the global branch.
    grid : (rows, columns)
        Cells into which the deepest features are averaged for it.
    weight_decay, encoder_rate, ema_decay, eight_bit, seed
        See `sesamoid.learning.recipe.SegmentationRecipe`.
    grey_exponent : float
        See `sesamoid.imaging.letterbox.standardise`.
    losses : LossWeights
    augmentation : JointAugmentation
    rare_exponent : float
        Cross-entropy weights of the label classes are (1 / share) to this power.
    """

    name: str
    network: NetworkSettings = field(
        default_factory=lambda: NetworkSettings(kind="lite0", decoder_widths=(96, 64, 48, 32))
    )
    canvas_size: tuple[int, int] = (224, 352)
    phases: tuple[Phase, ...] = (Phase((128, 192), 96), Phase((224, 352), 60))
    round_pictures: int = 2000
    hidden: int = 320
    grid: tuple[int, int] = (3, 5)
    weight_decay: float = 0.02
    encoder_rate: float = 0.5
    ema_decay: float = 0.998
    grey_exponent: float = 0.5
    losses: LossWeights = field(default_factory=LossWeights)
    augmentation: JointAugmentation = field(default_factory=JointAugmentation)
    rare_exponent: float = 0.25
    eight_bit: bool = True
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For a manifest or a model card."""
        return asdict(self)

    def of_phase(self, number: int) -> PhaseRecipe:
        """What the training loop needs for one phase."""
        return PhaseRecipe(self, self.phases[number], self.seed + 1000 * number)


@dataclass(frozen=True)
class PhaseRecipe:
    """One phase, as `sesamoid.learning.loop` takes it."""

    whole: JointRecipe
    phase: Phase
    seed: int

    @property
    def network(self) -> NetworkSettings:
        """Of encoder and decoder."""
        return self.whole.network

    @property
    def epochs(self) -> int:
        """Rounds."""
        return self.phase.rounds

    @property
    def batch_size(self) -> int:
        """Pictures a step."""
        return self.phase.batch_size

    @property
    def learning_rate(self) -> float:
        """At its peak."""
        return self.phase.learning_rate

    @property
    def weight_decay(self) -> float:
        """Of AdamW."""
        return self.whole.weight_decay

    @property
    def encoder_rate(self) -> float:
        """Factor on the encoder's learning rate."""
        return self.whole.encoder_rate

    @property
    def ema_decay(self) -> float:
        """Of the averaged weights, per step."""
        return self.whole.ema_decay
