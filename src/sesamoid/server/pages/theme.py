"""What every page's head has: styles, scripts, and the theme before the first paint."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from nicegui import ui

Theme = Literal["auto", "dark", "light"]
COOKIE = "sesamoid_theme"
STATIC = "/static"
STYLES = ("pages/theme.css", "pages/elements.css")

# Before anything is drawn, so that a dark page never flashes white.
_FIRST = """<script>(() => {{
  const root = document.documentElement; root.dataset.themeDefault = "{default}";
  const kept = document.cookie.split("; ").find((one) => one.startsWith("{cookie}="));
  const choice = kept ? kept.split("=")[1] : "{default}";
  const dark = choice === "dark"
    || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light"; root.lang = "en";
}})();</script>"""


def head_html(default: Theme) -> str:
    """For the head of a page; the visitor's own choice goes before `default`."""
    first = _FIRST.format(default=default, cookie=COOKIE)
    styles = "".join(f'<link rel="stylesheet" href="{STATIC}/{one}">' for one in STYLES)
    return f'{first}{styles}<link rel="icon" href="{STATIC}/sesamoid.svg" type="image/svg+xml">'


def chosen_theme(request: Request, default: Theme) -> Theme:
    """The visitor's choice, from the cookie that the page's script sets."""
    kept = request.cookies.get(COOKIE, "")
    if kept == "dark":
        return "dark"
    return "light" if kept == "light" else default


def dress(request: Request, *, default: Theme = "auto") -> None:
    """Give the page that is being built its styles and scripts."""
    ui.add_head_html(head_html(default))
    ui.add_body_html(f'<script src="{STATIC}/pages/shell.js" defer></script>')
    dark = {"auto": None, "dark": True, "light": False}[chosen_theme(request, default)]
    ui.dark_mode(dark)
