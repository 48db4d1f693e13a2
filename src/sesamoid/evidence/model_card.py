"""The model card of a bundle, written from its manifest, so that no figure is typed by hand.

Fields after Model Facts (Sendak 2020, doi 10.1038/s41746-020-0253-3) and clinical facts 14.7.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from sesamoid import NOT_A_MEDICAL_DEVICE
from sesamoid.imaging import atomic_path
from sesamoid.models import ModelBundle


def write_card(
    bundle: ModelBundle, *, texts: dict[str, Any] | None = None, figures_section: str = ""
) -> Path:
    """Write ``card.md`` into the bundle.

    Parameters
    ----------
    bundle : ModelBundle
    texts : dict, optional
        What no figure says: ``intended_use``, ``out_of_scope`` (list), ``limits`` (list),
        ``reference_standard``, ``error_analysis`` (list).
    figures_section : str
        Markdown in place of the figures of a segmentation.
    """
    source = resources.files("sesamoid.evidence").joinpath("model_card.md.j2").read_text("utf-8")
    environment = jinja2.Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Markdown, made from our own manifest
    )
    environment.filters["figure"] = _figure
    manifest = bundle.manifest
    content = environment.from_string(source).render(
        manifest=manifest,
        figures=manifest.figures,
        figures_section=figures_section,
        size_mb=bundle.weights.stat().st_size / 1e6,
        disclaimer=NOT_A_MEDICAL_DEVICE,
        texts={
            "intended_use": "not stated",
            "out_of_scope": [],
            "limits": [],
            "reference_standard": "not stated",
            "error_analysis": [],
            **(texts or {}),
        },
    )
    with atomic_path(bundle.card) as path:
        path.write_text(content, encoding="utf-8")
    return bundle.card


def _figure(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
