"""`sesamoid bench`: how fast, side by side with what it replaces."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import typer

from sesamoid.cli.console import output, table
from sesamoid.cores import usable_cores
from sesamoid.errors import MissingExtra, SesamoidError

SIMULATE, LIVE, SERVE = "simulate", "live", "serve"


def bench(
    application: str = typer.Argument(
        "nerve",
        help="See `sesamoid applications`; or simulate, for the virtual scanner; live, for a "
        "frame of the assistant from its bytes to the overlay; serve, for the page in a browser.",
    ),
    model: str | None = typer.Option(None, "--model", help="live, serve: another model."),
    reference: list[Path] = typer.Option(
        [], "--reference", help="live: an ONNX file to time in turn; may be given twice."
    ),
    threads: int = typer.Option(0, "--threads", min=0, help="0: all cores."),
    repeats: int = typer.Option(60, "--repeats", min=5, help="Rounds that count."),
    seconds: float = typer.Option(20.0, "--seconds", min=2, help="serve: of each part."),
    viewers: int = typer.Option(5, "--viewers", min=2, help="serve: at once."),
    published: bool = typer.Option(
        False,
        "--published",
        help="live: time ResNet-50 and HRNet-W32 in turn, with random weights.",
    ),
    frames: int = typer.Option(
        0,
        "--frames",
        min=0,
        help="live: instead, a session of so many frames from a source of 60 a second; its memory "
        "and its latency.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Time the shipped model and a plain or published network in turn, in one run.

    The ratio is the result: times belong to a machine and an hour.

    `simulate` times the virtual scanner: a frame and its parts, a data set with one and two
    processes, and PyMUST where it is installed. `live` times a frame of the assistant stage by
    stage; with --published beside the published pair, with --reference beside networks of yours.
    With --frames 20000 it runs a session of so many frames and prints its memory and its latency.
    `serve` scans in a headless Chromium: pictures a second, milliseconds from probe to screen,
    several viewers at once.

    Example: sesamoid bench nerve --threads 2
    """
    if application == SIMULATE:
        _bench_simulate(repeats, as_json)
        return
    if application == SERVE:
        _bench_serve(model, seconds, viewers, as_json)
        return
    if application == LIVE:
        from sesamoid.cli.bench_live import bench_live, bench_long

        if frames:
            bench_long(model, threads, frames, as_json)
        else:
            bench_live(model, tuple(reference), published, threads, repeats, as_json)
        return
    from sesamoid.applications import application as named

    if importlib.util.find_spec("torch") is None:
        raise MissingExtra(
            "the comparison needs PyTorch, which is not installed",
            fix="pip install 'sesamoid[train]', or use `make bench`.",
        )
    one = named(application)
    if not hasattr(one, "benchmark"):
        raise SesamoidError(
            f"{application!r} offers no benchmark of its own",
            fix=f"use {LIVE} for the assistant, {SIMULATE} or {SERVE}, or nerve or muscle.",
        )
    figures = one.benchmark(threads=threads or usable_cores(), repeats=repeats)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    rows, columns = figures["frame"]
    shown = table(
        f"{figures['what']}, {rows} x {columns}, {figures['threads']} threads, "
        f"{figures['repeats']} rounds",
        "",
        ">p50 ms",
        ">p95 ms",
    )
    for row in (figures["ours"], figures["other"], *figures.get("more", ())):
        shown.add_row(row["what"], f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}")
    output.print(shown)
    output.print(f"{figures['speed_up']:.1f} times faster (median of the rounds' ratios)")
    for what, rate in figures.get("frames_per_second", {}).items():
        output.print(f"{what}: {rate:.1f} frames a second")


def _bench_serve(model: str | None, seconds: float, viewers: int, as_json: bool) -> None:
    from sesamoid.cli.server_options import require_server

    require_server()
    from sesamoid.server.scanning.speed import measure

    figures = measure(seconds=seconds, viewers=viewers, assistant=model or "wrist_hand")
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    columns = ("", ">one viewer", f">{figures['viewers']} viewers")
    shown = table(f"{figures['what']}, {figures['cores']} core(s)", *columns)
    for title, key, unit in (
        ("shown in the browser", "shown_per_second", "a second"),
        ("assessed", "assessed_per_second", "a second"),
        ("probe to screen, p50", "glass_to_glass_p50_ms", "ms"),
        ("probe to screen, p95", "glass_to_glass_p95_ms", "ms"),
        ("processor time a frame, server", "server_processor_ms_per_frame", "ms"),
        ("processor time a frame, browser", "browser_processor_ms_per_frame", "ms"),
    ):
        one, more = figures["alone"][key], figures["together"][key]
        shown.add_row(title, *("–" if n is None else f"{n:.1f} {unit}" for n in (one, more)))
    output.print(shown)
    slow = figures["slow"]
    if slow is not None:
        output.print(
            f"A slow viewer among them showed {slow['shown']} frames and missed {slow['missed']}."
        )
    output.print(f"Load of the machine: {figures['load']:.1f}")


def _bench_simulate(repeats: int, as_json: bool) -> None:
    from sesamoid.evidence.simulation_speed import measure_speed

    figures = measure_speed(repeats=max(1, repeats // 15))
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    rows, columns = figures["picture"]
    shown = table(
        f"{figures['what']}, {rows} x {columns}, {figures['planes']} planes, processor time",
        "",
        ">p50 ms",
        ">p95 ms",
    )
    for name, row in figures["frame"].items():
        shown.add_row(name, f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}")
    output.print(shown)
    slow = 1000 / figures["frame"]["frame with labels"]["p95_ms"]
    output.print(
        f"{figures['frames_per_second']:.1f} frames a second (p50), {slow:.1f} (p95), one core"
    )
    if figures["load"] > figures["cores"] + 0.5:
        output.print(
            f"The machine is busy with other work (load {figures['load']:.1f} on "
            f"{figures['cores']} cores): times of data sets are too long."
        )
    sets = figures["data_set"]
    for row in sets:
        output.print(
            f"data set with {row['processes']} process{'es' if row['processes'] > 1 else ''}: "
            f"{row['frames_per_second']:.1f} frames a second, "
            f"{row['frames_per_second'] / sets[0]['frames_per_second']:.2f} times the first "
            f"({row['frames']} frames of 3 sections; bodies, start and files included)"
        )
    field = figures.get("field_simulator")
    if field is None:
        output.print("PyMUST is not installed: no comparison with a field simulator")
        return
    output.print(f"{field['what']}: {field['p50_ms']:.0f} ms (p50), {field['p95_ms']:.0f} (p95)")
    output.print(
        f"a whole frame of ours is {field['ratio']:.0f} times faster than that patch; "
        f"{field['ratio_same_scene']:,.0f} times with as many scatterers (theirs scaled)"
    )
