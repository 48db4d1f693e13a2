"""The demo of the assistant: a virtual hand, scanned, kept, measured, and its true sizes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sesamoid.cli.analyze import FORMATS
from sesamoid.cli.console import output, plain, table
from sesamoid.cli.live import examine, summarise
from sesamoid.cli.live_source import Opened
from sesamoid.errors import OutputError

FIRST_PERSON = 710_000
"""Seed of the first hand: nobody of a training set."""
SIZES = (
    ("S11/MN", "cross_sectional_area", "median_nerve_csa_inlet_mm2"),
    ("S11/MN", "flattening_ratio", "median_nerve_flattening_inlet"),
    ("S11/UN", "cross_sectional_area", "ulnar_nerve_csa_mm2"),
    ("S12/MN", "cross_sectional_area", "median_nerve_csa_outlet_mm2"),
    ("S5/R-C.JS", "recess_depth", "radiocarpal_recess_mm"),
    ("S5/L-C.JS", "recess_depth", "midcarpal_recess_mm"),
    ("S13/A1", "thickness", "a1_thickness_1_mm"),
    ("S14/A1:index", "thickness", "a1_thickness_2_mm"),
    ("S14/A1:middle", "thickness", "a1_thickness_3_mm"),
)
"""Measured part, quantity, and the name of the body's own size."""


def scan_hand(out: Path, seed: int) -> None:
    """Scan, report, and show what is measured beside what is true."""
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.applications.wrist_hand.scanned import scanned_protocol
    from sesamoid.applications.wrist_hand.virtual_session import virtual_novice

    _make_room(out / "session")
    rule = scanned_protocol()
    looker, bundle = APPLICATION.looker(AnalysisSettings())
    hand = virtual_novice(rule, person=FIRST_PERSON + seed, seed=seed)
    result, checklist = examine(
        Opened.virtual(hand), rule, out, looker=looker, bundle=bundle, formats=FORMATS
    )  # fmt: skip
    summarise(result, checklist, out)
    if not checklist.kept:
        return
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    measured = {
        (one["evidence"][0], one["key"]): one
        for row in content["results"]
        for one in row["measurements"]
    }
    true = dict(hand.exam.body.sizes())
    shown = table("Virtual hand", "part", "quantity", ">true", ">measured", "unit")
    for part, key, size in SIZES:
        found = measured.get((part, key))
        value = None if found is None else found["value"]
        shown.add_row(
            part,
            key.replace("_", " "),
            f"{true[size]:.2f}",
            "not measured" if value is None else f"{value:.2f}",
            "" if found is None else plain(found["unit"]),
        )
    output.print(shown)


def _make_room(folder: Path) -> None:
    """An earlier demo's session is removed, so that this one begins anew; nobody else's is."""
    from sesamoid.live import recorded

    if not folder.exists():
        return
    starts = [line for line in recorded(folder) if line["kind"] == "start"]
    if not starts or any(line["origin"] != "virtual" for line in starts):
        raise OutputError(
            "a session that is not virtual is recorded there",
            path=folder,
            fix="give --out another folder.",
        )
    shutil.rmtree(folder)
