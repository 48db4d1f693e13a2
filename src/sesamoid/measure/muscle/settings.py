"""The numbers of ``settings.yaml``, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def settings() -> dict[str, Any]:
    """All sections; treat as read-only."""
    text = resources.files(__package__).joinpath("settings.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
