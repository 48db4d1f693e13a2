"""The last words of an analysis: a line an image, and where the reports are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sesamoid.cli.console import output, plain, shown_path, table


def summarise(content: dict[str, Any], out: Path) -> None:
    """What succeeded, what failed and why, and where the reports are."""
    shown = table("", "image", "grade", "found", "status")
    for row in content["results"]:
        found: dict[str, int] = {}
        for region in row["regions"]:
            name = region["structure"]["name"].lower()
            found[name] = found.get(name, 0) + 1
        grade = row["grade"]
        status = row["status"]
        if status != "measured":
            status = f"[red]{status}[/]: {plain(_why(row))}"
        elif refused := [m for m in row["measurements"] if m["value"] is None]:
            many = f"{len(refused)} number{'' if len(refused) == 1 else 's'}"
            status = f"measured; {many} refused: {plain(_why(row))}"
        shown.add_row(
            shown_path(row["path"]),
            grade["letter"],
            ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in found.items())
            or "nothing",
            status,
        )
    for row in content["failed"]:
        shown.add_row(shown_path(row["path"]), "", "", f"[red]failed[/]: {plain(row['error'])}")
    output.print(shown)
    for line in content.get("pair", {}).get("text", ()):
        output.print(plain(line), highlight=False, soft_wrap=True)
    measured = sum(row["status"] == "measured" for row in content["results"])
    bad = len(content["results"]) - measured + len(content["failed"])
    output.print(f"{measured} measured, {bad} not. Reports: {plain(out / 'report.html')}")


def _why(row: dict[str, Any]) -> str:
    if row["status"] == "not measurable":
        return "; ".join(row["grade"]["reasons"])
    return next((str(m["reason"]) for m in row["measurements"] if m.get("reason")), "no value")
