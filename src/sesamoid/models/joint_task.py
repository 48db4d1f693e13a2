"""What a joint network answers: names and units of its numbers, nothing of how it computes them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sesamoid.errors import ModelError

ASPECTS = ("visibility", "quality", "depth_cut", "dropout")
"""What is said of every part, each 0..1: how much of it is seen; how whole its bone line or how
bright its tendon is; that the lower edge cuts it; that it lies under lost contact."""


@dataclass(frozen=True)
class JointTask:
    """The heads of a joint network.

    Parameters
    ----------
    protocol : str
        Id and version of the protocol that planes and parts belong to.
    planes : tuple of str
        Ids, in the protocol's order: P of them.
    parts : tuple of str
        What the planes must show, all planes one after the other: Q of them.
    part_owner : tuple of int
        Index of each part's plane.
    classes : tuple of str
        Names by label value; the first is the background.
    pose : tuple of str
        Names of the errors of a pose, with their unit as ending: J of them.
    pose_unit : tuple of float
        What counts as 1 inside the network, in mm or degrees.
    capture : tuple of float
        Largest error at which the pose is to be told.
    tolerance : tuple of tuple of float, P x J
        Error of each plane within which a picture is of it.
    picture : tuple of str
        Names of further numbers about the whole picture.
    mirrored : tuple of str
        Those of `picture` that change their sign in a left-right mirror.
    """

    protocol: str
    planes: tuple[str, ...]
    parts: tuple[str, ...]
    part_owner: tuple[int, ...]
    classes: tuple[str, ...]
    pose: tuple[str, ...]
    pose_unit: tuple[float, ...]
    capture: tuple[float, ...]
    tolerance: tuple[tuple[float, ...], ...]
    picture: tuple[str, ...]
    mirrored: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, found, wanted in (
            ("part_owner", len(self.part_owner), len(self.parts)),
            ("pose_unit", len(self.pose_unit), len(self.pose)),
            ("capture", len(self.capture), len(self.pose)),
            ("tolerance", len(self.tolerance), len(self.planes)),
        ):
            if found != wanted:
                raise ModelError(f"{what} has {found} entries, not {wanted}")

    def parts_of(self, plane: int) -> tuple[int, ...]:
        """Indices of a plane's parts."""
        return tuple(i for i, owner in enumerate(self.part_owner) if owner == plane)

    def as_dict(self) -> dict[str, Any]:
        """For a manifest."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> JointTask:
        """From a manifest's ``outputs``.

        Raises
        ------
        ModelError
            It is not that of a joint network.
        """
        try:
            fields = {k: _tuples(v) for k, v in content.items()}
            return cls(**fields)
        except TypeError as error:
            raise ModelError(
                f"the manifest does not say what a joint network gives ({error})",
                fix="give the bundle of a joint network, such as wrist_hand.",
            ) from None


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list | tuple) else value
