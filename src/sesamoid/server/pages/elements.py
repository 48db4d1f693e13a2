"""Plain HTML elements with a text, and the few that every page needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

ButtonKind = Literal["", "primary", "danger", "quiet"]
Handler = Callable[..., Any]


class Tag(TextElement):
    """An element of any kind with a text in it.

    Parameters
    ----------
    tag : str
    text : str
    classes : str
    attributes
        Underscores become dashes: ``aria_label="…"``. None and False leave one out; True gives it
        without a value.
    """

    def __init__(self, tag: str, text: str = "", classes: str = "", **attributes: Any) -> None:
        super().__init__(text=text, tag=tag)
        if classes:
            self.classes(classes)
        for name, value in attributes.items():
            if value is None or value is False:
                continue
            self._props[name.strip("_").replace("_", "-")] = "" if value is True else value

    def put(self, **attributes: Any) -> None:
        """Change attributes; None takes one away."""
        for name, value in attributes.items():
            key = name.strip("_").replace("_", "-")
            if value is None or value is False:
                self._props.pop(key, None)
            else:
                self._props[key] = "" if value is True else value
        self.update()


def icon(name: str) -> Tag:
    """A sign of the Material set; it says nothing to a screen reader."""
    return Tag("span", name, "material-icons", aria_hidden="true")


def button(
    text: str,
    on_click: Handler | None = None,
    *,
    kind: ButtonKind = "",
    sign: str = "",
    key: str = "",
    small: bool = False,
    **attributes: Any,
) -> Tag:
    """A button.

    Parameters
    ----------
    text : str
    on_click : callable, optional
    kind : {"", "primary", "danger", "quiet"}
    sign : str
        Name of an icon.
    key : str
        Keyboard shortcut; it is shown on the button and in the help overlay.
    small : bool
    attributes
        As of `Tag`.
    """
    classes = " ".join(part for part in ("button", kind, "small" if small else "") if part)
    made = Tag("button", "", classes, type="button", data_key=key or None, **attributes)
    _fill(made, text, sign, key)
    if key and "data_key_text" not in attributes:
        made.put(data_key_text=text)
    if on_click is not None:
        made.on("click", on_click, [])
    return made


def link_button(
    text: str,
    href: str,
    *,
    kind: ButtonKind = "",
    sign: str = "",
    key: str = "",
    small: bool = False,
    **more: Any,
) -> Tag:
    """A link that looks like a button; parameters are those of `button`."""
    classes = " ".join(part for part in ("button", kind, "small" if small else "") if part)
    keys = {"data_key": key, "data_key_text": text} if key else {}
    made = Tag("a", "", classes, href=href, **keys, **more)
    _fill(made, text, sign, key)
    return made


def _fill(made: Tag, text: str, sign: str, key: str) -> None:
    with made:
        if sign:
            icon(sign)
        if text:
            Tag("span", text)
        if key:
            shown = {"Escape": "Esc"}.get(key, key.upper() if len(key) == 1 else key)
            Tag("kbd", shown, aria_hidden="true")


def box(classes: str, tag: str = "div", **attributes: Any) -> Tag:
    """Something to put elements into."""
    return Tag(tag, "", classes, **attributes)


def go(path: str) -> None:
    """To another page."""
    ui.navigate.to(path)
