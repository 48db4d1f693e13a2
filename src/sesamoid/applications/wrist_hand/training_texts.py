"""The wrist-hand model card: what it says beside the figures, and how it shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sesamoid.evidence.measured import heading, measured_section, rows_of
from sesamoid.evidence.model_card import write_card
from sesamoid.models import Manifest, ModelBundle

SIMULATOR = "Sesamoid's simulator"
"""The credit of pictures that `sesamoid simulate` drew."""

_VIRTUAL = {
    "intended_use": "Teaching and research on ultrasound of wrist and hand: which of 15 standard "
    "planes a picture shows, its anatomy, its quality, and where the probe should go.",
    "out_of_scope": [
        "Diagnosis.",
        "Curved probes, Doppler, elastography, children.",
        "Pictures of other regions: the network knows no other and would name a plane anyway.",
    ],
    "reference_standard": "the simulator's own truth: labels, poses and grades of virtual people "
    "are known exactly and are nobody's opinion.",
    "limits": [
        "Learnt from virtual people on virtual machines only; no figure on real pictures of wrist "
        "and hand exists, for none are public with labels.",
        "The planes but S5, S11 and S14, the tolerances and the grade rule are proposals of this "
        "project.",
        "Thin structures (A1 pulley, joint recesses) are two or three pixels on the network's "
        "canvas.",
    ],
}

_OWN = {
    **_VIRTUAL,
    "reference_standard": "planes and outlines as this data set gives them; nothing is known here "
    "of who drew them, or how well two of them agree.",
    "limits": [
        "What the data set says nothing about (poses, sub-scores of the grade, structures that are "
        "not drawn) is as the network knew it before; it was not checked on these pictures.",
        "No figure on people who are not in the training is known until it is measured: "
        "`sesamoid evaluate wrist_hand`.",
        "Pictures of few people and one machine: others may look different.",
    ],
}

_ROWS = (
    ("plane_macro_f1", "plane, macro-F1 over 15 planes, with off-plane pictures", 3),
    ("nearest_accuracy", "nearest plane, accuracy", 3),
    ("mean_dice", "label classes, mean Dice of the canvas", 3),
    ("pose_median_mm", "pose, median error, mm", 2),
    ("pose_median_deg", "pose, median error, degrees", 2),
    ("visibility_error", "visibility of a part, mean absolute error", 3),
)


def write_joint_card(bundle: ModelBundle) -> Path:
    """Write the card of a joint network from its manifest."""
    manifest = bundle.manifest
    section = figures_section(manifest.figures)
    return write_card(bundle, texts=card_texts(manifest), figures_section=section)


def card_texts(manifest: Manifest) -> dict[str, Any]:
    """What the card says beside the figures, by the pictures that were last trained on."""
    return _VIRTUAL if manifest.training_data[-1].credit == SIMULATOR else _OWN


def figures_table(found: dict[str, Any], origin: str) -> dict[str, Any]:
    """Figures of `sesamoid.learning.joint_validation.validate_joint`, as a table for people."""
    return {
        "title": f"{origin} people held out of the training, {found['pictures']} pictures",
        "columns": ["figure", "value"],
        "rows": [
            [name, "-" if found[key] is None else f"{found[key]:.{digits}f}"]
            for key, name, digits in _ROWS
        ],
    }


def figures_section(figures: dict[str, Any]) -> str:
    """The card's figures, Markdown; empty where there are none."""
    parts = [_of_training(figures)] if "table" in figures else []
    parts.append(measured_section(figures))
    return "\n".join(part for part in parts if part)


def _of_training(figures: dict[str, Any]) -> str:
    shown = figures["table"]
    lines = [
        heading("people held out of the training", figures["origin"]),
        "",
        f"On {shown['title']}, from the machines of the training (the figures on other machines "
        "are those of `sesamoid evaluate wrist_hand`):",
        "",
        *rows_of(shown["columns"], shown["rows"]),
    ]
    return "\n".join(lines) + "\n"
