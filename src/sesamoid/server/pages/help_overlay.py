"""What "?" shows: the keys of this page and those of every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sesamoid.server.pages.elements import Tag, box, button


@dataclass(frozen=True)
class Shortcuts:
    """Keys that belong together.

    Parameters
    ----------
    title : str
    keys : tuple of (key, text)
        The key as it is printed on a keyboard; several are separated by spaces.
    """

    title: str
    keys: tuple[tuple[str, str], ...]


EVERYWHERE = Shortcuts(
    "Everywhere",
    (("?", "This overview"), ("Tab", "To the next field or button"), ("Esc", "Close a dialog")),
)


def help_overlay(shortcuts: Sequence[Shortcuts] = ()) -> None:
    """A closed dialog; ``shell.js`` opens it and fills in the keys of the page's buttons."""
    with Tag("dialog", "", "sheet", id="help", aria_labelledby="help-title"), box(""):
        with box("row-line"):
            Tag("h2", "Keyboard shortcuts", "grow", id="help-title")
            button("Close", small=True, data_close=True)
        with box("sheet-columns"):
            Tag("dl", "", "keys", data_help_page=True)
            for group in (*shortcuts, EVERYWHERE):
                with Tag("dl", "", "keys"):
                    Tag("h3", group.title)
                    for keys, text in group.keys:
                        with Tag("dt"):
                            for key in keys.split():
                                Tag("kbd", key)
                        Tag("dd", text)
