"""`sesamoid bench live`: the assistant's speed by stage, and a long session."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from sesamoid import __version__
from sesamoid.cli.console import errors, output, table
from sesamoid.cli.train import require_training_libraries
from sesamoid.errors import SesamoidError
from sesamoid.models import ModelBundle

BUSY = 0.9
"""A run that had the processor for less of its time than this was disturbed."""


def bench_live(
    model: str | None,
    references: tuple[Path, ...],
    published: bool,
    threads: int,
    repeats: int,
    as_json: bool,
) -> None:
    """Time the stages of a frame, and other networks in turn."""
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.applications.wrist_hand.live_speed import live_speed

    for path in references:
        if not path.is_file():
            raise SesamoidError("there is no such file", path=path, fix="give an ONNX file.")
    looker, one = APPLICATION.looker(AnalysisSettings(model=model, threads=threads))
    with tempfile.TemporaryDirectory(prefix="sesamoid-") as folder:
        if published:
            require_training_libraries()
            from sesamoid.applications.wrist_hand.reference_pair import published_pair

            references += published_pair(Path(folder), one.manifest.canvas_size)
        figures = live_speed(looker, repeats=repeats, threads=threads, references=references)
    words = [f"--threads {threads} --repeats {repeats}", "--published" if published else ""]
    words += [f"--reference {path.name}" for path in references if path.parent != Path(folder)]
    figures = _about(one, " ".join(word for word in words if word)) | figures
    if figures["running"] < BUSY:
        errors.print(
            f"The machine is busy with other work (this had the processor for "
            f"{figures['running']:.0%} of its time): times are too long, ratios hold.",
            highlight=False,
        )
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    shown = table(
        f"{figures['what']}, {figures['repeats']} rounds on virtual screens; "
        f"{figures['cores']} core(s), {figures['processor']}",
        "",
        ">p50 ms",
        ">p95 ms",
    )
    rows = {**figures["stages"], "end to end": figures["end_to_end"]}
    other = figures.get("reference")
    if other is not None:
        rows |= other["networks"]
        rows["end to end with them"] = other["end_to_end"]
    for name, row in rows.items():
        shown.add_row(name, f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}")
    output.print(shown)
    if other is not None:
        output.print(
            f"{figures['speed_up']:.1f} times faster end to end, "
            f"{figures['speed_up_networks']:.1f} times the networks alone "
            "(medians of the rounds' ratios)"
        )


def bench_long(model: str | None, threads: int, frames: int, as_json: bool) -> None:
    """Run a long session, and print its memory and its latency."""
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.applications.wrist_hand.live_endurance import live_endurance

    looker, one = APPLICATION.looker(AnalysisSettings(model=model, threads=threads))
    found = live_endurance(looker, frames=frames)
    found = _about(one, f"--threads {threads} --frames {frames}") | found
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    shown = table(f"{found['what']}, {found['assessed']} frames", "", ">memory MiB", ">objects")
    for moment, memory in found["memory_mib"].items():
        shown.add_row(
            moment, "" if memory is None else f"{memory:.1f}", f"{found['blocks'][moment]:,}"
        )
    output.print(shown)
    if found["memory_slope_kib"] is not None:
        output.print(f"memory: {found['memory_slope_kib']:+.1f} KiB over 1000 frames")
    shown = table("from grabbing to the overlay", "", ">p50 ms", ">p95 ms")
    for part, row in found["latency_ms"].items():
        shown.add_row(part, f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}")
    output.print(shown)
    output.print(
        f"The source gave {found['fps']:g} frames a second; {found['dropped']} were dropped; "
        f"{found['kept']} planes kept."
    )


def _about(one: ModelBundle, options: str) -> dict[str, Any]:
    """What the figures are of, and how they were made; the model card needs it."""
    manifest = one.manifest
    return {
        "sesamoid": __version__,
        "model": {
            "name": manifest.name, "version": manifest.version, "sha256": manifest.weights_sha256,
        },
        "command": f"sesamoid bench live {options}",
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
