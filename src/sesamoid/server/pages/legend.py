"""Which colour is which structure: the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from sesamoid.anatomy import LabelGroup
from sesamoid.server.pages.elements import Tag


def legend(groups: Iterable[LabelGroup]) -> Tag:
    """Colour, short label and name of each label group; colours are of Okabe and Ito's palette."""
    made = Tag("ul", "", "legend", aria_label="Colours of the outlines")
    with made:
        for group in groups:
            with Tag("li", ""):
                Tag("span", "", "swatch", aria_hidden="true").style(f"--colour: {group.colour}")
                Tag("strong", group.label)
                Tag("span", group.name, "muted")
    return made
