"""The page on protocols says what the protocol's file says."""

from __future__ import annotations

import re

from sesamoid.anatomy import Plane, Protocol, protocol
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "protocols.md").read_text("utf-8")
HAND = protocol("wrist-hand-15")


def planes_table(of: Protocol) -> str:
    """What the page must hold between its marks; print it to renew the page."""
    rows = [
        "| plane | name | name is | probe | must show (critical in bold) | depth, mm |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*rows, *(_row(plane) for plane in of.planes)])


def _row(plane: Plane) -> str:
    shown = []
    for needed in plane.required:
        count = f" x{len(needed.group.parts)}" if len(needed.group.parts) > 1 else ""
        label = f"{needed.label}{count}"
        shown.append(f"**{label}**" if needed.critical else label)
    name = f"**{plane.name}**" if plane.name_fixed else plane.name
    status = "published" if plane.name_fixed else "proposal"
    low, high = plane.depth_mm
    return (
        f"| {plane.id} | {name} | {status} | {plane.side}, {plane.axis} | {', '.join(shown)} "
        f"| {low:g}-{high:g} |"
    )


def tolerance_table(of: Protocol) -> str:
    """Tolerances of the pose, as the page has them."""
    rows = [
        "| plane | along, mm | across, mm | rotation, ° | tilt, ° | rock, ° | left of the screen |",
        "|---|---|---|---|---|---|---|",
    ]
    for plane in of.planes:
        t = plane.tolerance
        figures = (t.along_mm, t.across_mm, t.rotation_deg, t.tilt_deg, t.rock_deg)
        cells = " | ".join(f"{figure:g}" for figure in figures)
        rows.append(f"| {plane.id} | {cells} | {plane.left} |")
    return "\n".join(rows)


def marked(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", PAGE, re.DOTALL)
    assert found is not None, f"{name} is not marked in the page"
    return found[1].strip()


def test_the_table_of_planes_is_that_of_the_protocol() -> None:
    assert marked("planes") == planes_table(HAND)


def test_the_tolerances_are_those_of_the_protocol() -> None:
    assert marked("tolerances") == tolerance_table(HAND)


def test_the_published_labels_are_all_named() -> None:
    text = marked("labels")
    for published in HAND.published_labels:
        assert f"`{published.label}`" in text


def test_every_label_of_the_tables_is_explained() -> None:
    text = marked("labels") + marked("own-labels")
    for label in HAND.labels:
        assert f"`{label}`" in text, label


def test_the_example_of_a_site_loads(tmp_path) -> None:  # type: ignore[no-untyped-def]
    example = re.search(r"```yaml\n(extends:.*?)```", PAGE, re.DOTALL)
    assert example is not None
    path = tmp_path / "our-hospital.yaml"
    path.write_text(example[1], "utf-8")
    site = protocol(path)
    assert site.plane("S11").left == "ulnar"


def test_the_limits_of_the_rule_are_those_of_the_protocol() -> None:
    rule = HAND.grading
    text = marked("rule")
    for aspect, weight in rule.weights.items():
        assert re.search(rf"\| {aspect} \| {weight:.2f} \|", text), aspect
    for figure in (rule.a_score, rule.b_score):
        assert f"{figure:.2f}" in text
