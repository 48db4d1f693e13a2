"""`sesamoid simulate`: pictures of a virtual wrist and hand, with everything known about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, progress, table
from sesamoid.cli.simulate_choices import people_of, planes_of
from sesamoid.cores import usable_cores
from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    from sesamoid.virtual.acquisition.dataset import Outcome
    from sesamoid.virtual.acquisition.simulation import Simulation

BODIES = ("wrist_hand", "muscle")
STILLS, CINE_FRAMES = 4, 80


def simulate(
    body: str = typer.Argument(..., help="What is scanned: wrist_hand or muscle."),
    planes: str = typer.Option("all", "--planes", help="Standard planes, e.g. S11,S14; or all."),
    people: str = typer.Option(
        "0:10", "--people", help="Seeds of people: 7, a list 0,3,5, or a range 0:100 (without 100)."
    ),
    scanner: str = typer.Option(
        "train", "--scanner", help="A virtual machine, or those of: train, test, all."
    ),
    pathology: list[str] = typer.Option(
        [],
        "--pathology",
        help="KIND[:SEVERITY[:SITE]] for everybody, or random. May be repeated.",
    ),
    sweep: bool = typer.Option(
        False, "--sweep", help="A cine of the search for each plane, in place of single pictures."
    ),
    frames_per_plane: int | None = typer.Option(
        None, "--frames-per-plane", min=1, help="Pictures; default 4, of a cine 80."
    ),
    frames_per_second: float = typer.Option(
        16.0, "--frames-per-second", min=1, max=100, help="Of a cine."
    ),
    file_format: str = typer.Option("png", "--format", help="png (nnU-Net raw layout) or dicom."),
    mode: str = typer.Option(
        "",
        "--mode",
        help="Only stills meant so: standard (on the plane, no fault), faulty, border, outside, "
        "elsewhere, centred.",
    ),
    renderer: str = typer.Option(
        "scanner",
        "--renderer",
        help="scanner (the virtual one) or pymust (a field simulator; half a minute a frame).",
    ),
    frame: str = typer.Option(
        "bare",
        "--frame",
        help="bare (the scan area), console (the whole screen) or mixed; PNG only.",
    ),
    pixels_per_mm: float = typer.Option(
        20.0, "--pixels-per-mm", min=2, max=60, help="Of bare pictures; deep ones have fewer."
    ),
    test_share: float = typer.Option(
        0.2, "--test-share", min=0, max=1, help="Of the people, kept for imagesTs and labelsTs."
    ),
    slices: int = typer.Option(
        3, "--slices", min=1, max=9, help="Sections in a still's thickness, odd; 1 is fastest."
    ),
    seed: int = typer.Option(0, "--seed", min=0, help="Of all that is drawn but the people."),
    jobs: int = typer.Option(0, "--jobs", min=0, help="Processes; 0: all cores."),
    out: Path = typer.Option(Path("virtual"), "--out", "-o", help="Folder for the data set."),
    preview: Path | None = typer.Option(
        None,
        "--preview",
        help="No data set, but a sheet of the planes, plain and labelled (.png or .webp); with "
        "--sweep a moving picture of the first plane (.webp or .gif).",
    ),
) -> None:
    """Scan virtual people: images, labels, and the truth of every frame.

    Writes images and labels in nnU-Net raw layout, dataset.json and truth.parquet: pose error,
    plane, what is seen and how large it is, grade with reasons, settings, person. A run that was
    stopped goes on where it was; the same options give the same bytes, whatever --jobs is.
    Everything is virtual: no figure from it is a clinical one.

    `muscle` draws muscles in long axis, one for each of --people, with the exact numbers of each in
    truth.csv; it takes --people and --out alone.

    Example: sesamoid simulate wrist_hand --planes S11,S14 --people 0:100 --out virtual
    """
    from sesamoid.virtual.acquisition.simulation import (
        FORMATS,
        FRAME_KINDS,
        Simulation,
        machine_names,
    )

    if body not in BODIES:
        raise SesamoidError(f"there is no virtual body {body!r}", fix=f"use {', '.join(BODIES)}.")
    if body == "muscle":
        if planes != "all" or pathology or sweep or preview is not None:
            raise SesamoidError(
                "muscles have no planes, pathology, sweeps or previews",
                fix="give --people and --out alone.",
            )
        _muscles(people_of(people), out)
        return
    for option, value, choices in (
        ("--format", file_format, FORMATS), ("--frame", frame, FRAME_KINDS)
    ):  # fmt: skip
        if value not in choices:
            raise SesamoidError(
                f"{option} {value!r} is not known", fix=f"use {' or '.join(choices)}."
            )
    if slices % 2 == 0:
        raise SesamoidError(f"--slices {slices} has no middle one", fix="give an odd number.")
    simulation = Simulation(
        out=out,
        people=people_of(people),
        planes=planes_of(planes),
        machines=machine_names(scanner),
        pathologies=tuple(pathology),
        cine=sweep,
        frames_per_plane=frames_per_plane or (CINE_FRAMES if sweep else STILLS),
        frames_per_second=frames_per_second,
        file_format=file_format,  # type: ignore[arg-type]
        frame_kind=frame,  # type: ignore[arg-type]
        pixels_per_mm=pixels_per_mm,
        test_share=test_share,
        slices=slices,
        seed=seed,
        mode=mode,
        renderer=renderer,
    )
    if preview is not None:
        _preview(simulation, preview)
        return
    require_writable(out)
    _report(_run(simulation, jobs or usable_cores()), out)


def _muscles(seeds: tuple[int, ...], out: Path) -> None:
    from sesamoid.virtual.muscle.dataset import TRUTH, make_muscle_set

    require_writable(out)
    with progress() as bar:
        task = bar.add_task("virtual muscles", total=len(seeds))
        make_muscle_set(out, seeds, on_image=lambda: bar.advance(task))
    output.print(f"{len(seeds)} virtual muscles. Truth: {plain(out / TRUTH)}")


def _run(simulation: Simulation, jobs: int) -> Outcome:
    from sesamoid.virtual.acquisition.dataset import make_dataset
    from sesamoid.virtual.acquisition.work import warm_up

    with progress() as bar:
        ready = bar.add_task("preparing; the very first run compiles, a minute or two", total=None)
        warm_up(simulation)
        bar.remove_task(ready)
        task = bar.add_task("virtual frames", total=simulation.frames)
        return make_dataset(simulation, jobs=jobs, on_frame=lambda count: bar.advance(task, count))


def _report(outcome: Outcome, out: Path) -> None:
    counts: dict[str, dict[str, int]] = {}
    for row in outcome.table.select(["nearest_plane", "plane", "grade"]).to_pylist():
        entry = counts.setdefault(row["nearest_plane"], {})
        for key in (row["grade"], "on" if row["plane"] != "none" else "off"):
            entry[key] = entry.get(key, 0) + 1
    shown = table(
        "Virtual frames by the plane they are nearest to",
        "plane", ">frames", ">within tolerance", ">grade A", ">B", ">C",
    )  # fmt: skip
    for plane in sorted(counts, key=lambda name: int(name[1:])):
        entry = counts[plane]
        cells = [entry.get(key, 0) for key in ("on", "A", "B", "C")]
        shown.add_row(plane, str(entry.get("on", 0) + entry.get("off", 0)), *map(str, cells))
    output.print(shown)
    resumed = f", {outcome.resumed} plane visits were there before" if outcome.resumed else ""
    output.print(f"{outcome.frames} virtual frames{resumed}. Truth: {plain(out / 'truth.parquet')}")
    for failure in outcome.failures:
        errors.print(
            f"[bold red]failed[/]: {failure.task.name}: {plain(failure.reason)}", soft_wrap=True
        )
    if outcome.failures:
        raise typer.Exit(1)


def _preview(simulation: Simulation, path: Path) -> None:
    from sesamoid.cli import simulate_cine, simulate_sheet
    from sesamoid.virtual.acquisition.renderers import SCANNER

    if simulation.renderer != SCANNER:
        raise SesamoidError(
            "a preview is drawn by the virtual scanner alone", fix="leave out --renderer."
        )
    wanted = simulate_cine.SUFFIXES if simulation.cine else simulate_sheet.SUFFIXES
    if path.suffix.lower() not in wanted:
        raise SesamoidError(
            f"--preview {path.name!r} is no {' or '.join(wanted)} file",
            fix=f"give a name such as {'sweep.webp' if simulation.cine else 'sheet.png'}"
            f"{'' if simulation.cine else '; for a moving picture add --sweep'}.",
        )
    require_writable(path.parent)
    with progress() as bar:
        if simulation.cine:
            task = bar.add_task("frames", total=simulation.frames_per_plane)
            simulate_cine.draw_moving_preview(simulation, path, on_frame=lambda: bar.advance(task))
        else:
            task = bar.add_task("planes", total=len(simulation.planes))
            simulate_sheet.draw_preview(simulation, path, on_plane=lambda: bar.advance(task))
    output.print(f"{'Cine' if simulation.cine else 'Sheet'}: {plain(path)}")
