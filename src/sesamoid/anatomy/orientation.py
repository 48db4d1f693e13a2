"""Which way round a site shows a plane, against the protocol that ships."""

from __future__ import annotations

from sesamoid.anatomy.planes import OPPOSITE, Plane
from sesamoid.anatomy.protocols import protocols
from sesamoid.errors import SesamoidError

USUAL = "wrist-hand-15"
"""The protocol whose screen virtual bodies and the networks trained on them know."""


def is_turned(plane: Plane) -> bool:
    """Whether the probe is held half a turn from how `USUAL` holds it on this plane.

    What lies at the left there lies at the right here: the picture is its mirror image. A plane
    that `USUAL` does not have is not turned.

    Raises
    ------
    SesamoidError
        The site has something at the left that `USUAL` has at neither end.
    """
    usual = {one.id: one for one in protocols()[USUAL].planes}.get(plane.id)
    if usual is None or plane.left == usual.left:
        return False
    if plane.left == OPPOSITE[usual.left]:
        return True
    raise SesamoidError(
        f"plane {plane.id} cannot have {plane.left} at the left of the screen",
        fix=f"give {usual.left} or {usual.right}.",
    )
