"""The pages, by NiceGUI; each calls the services and computes nothing itself."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import ui


def register(app: FastAPI) -> None:
    """Add the pages to `app`."""

    @ui.page("/")
    def start() -> None:
        """Where everything begins."""
        ui.label("Sesamoid")
        ui.label("Not a medical device. For teaching and research.")


__all__ = ["register"]
