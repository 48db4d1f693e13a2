"""Which protocol is scanned where none is named."""

from __future__ import annotations

from sesamoid.anatomy import Protocol, protocol

PROTOCOL = "wrist-hand-15"


def scanned_protocol(one: Protocol | None = None) -> Protocol:
    """The one that is given, else the one that ships."""
    return one if one is not None else protocol(PROTOCOL)
