"""`sesamoid analyze`: files in, outlines, numbers and reports out."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sesamoid.cli.console import errors, plain, track_parts
from sesamoid.cli.summary import summarise
from sesamoid.errors import OutputError, SesamoidError

if TYPE_CHECKING:
    from sesamoid.applications import AnalysisSettings, Application
    from sesamoid.findings import Result

FORMATS = ("json", "csv", "html", "png", "sr", "seg")


def analyze(
    application: str = typer.Argument(
        ..., help="The clinical question: see `sesamoid applications`."
    ),
    paths: list[str] = typer.Argument(..., help="Files, folders or patterns."),
    out: Path = typer.Option(Path("out"), "--out", "-o", help="Folder for the reports."),
    formats: str = typer.Option(
        ",".join(FORMATS), "--formats", help="What to write, separated by commas."
    ),
    method: str | None = typer.Option(None, "--method", help="Another method of the application."),
    model: str | None = typer.Option(None, "--model", help="Another model: its name or folder."),
    frame: str = typer.Option("best", "--frame", help="Of a cine: best, all, or a number from 0."),
    mm_per_pixel: float | None = typer.Option(
        None, "--mm-per-pixel", help="Scale of files that carry none, e.g. a PNG."
    ),
    limit: str | None = typer.Option(
        None, "--limit", help="A named normal limit to compare with; see the application's page."
    ),
    circumference_cm: float | None = typer.Option(
        None, "--circumference-cm", help="Of the wrist, for limits that depend on it."
    ),
    pair: str | None = typer.Option(
        None,
        "--pair",
        help="Compare two images: wrist-forearm or tunnel-pronator; give them in this order.",
    ),
    options: list[str] = typer.Option(
        [],
        "--set",
        metavar="NAME=VALUE",
        help="An option of the application, see `sesamoid applications`. May be repeated.",
    ),
    explain: bool = typer.Option(False, "--explain", help="Add class-evidence maps (slower)."),
    threads: int = typer.Option(0, "--threads", min=0, help="For one inference; 0: all cores."),
    as_json: bool = typer.Option(False, "--json", help="Print results.json to standard output."),
) -> None:
    """Outline, measure, grade and report.

    Goes on past a file that fails; ends with what succeeded and what failed and why; the exit
    code is 1 where anything failed or could not be measured.

    Example: sesamoid analyze nerve scan.dcm exams/ --out reports
    """
    from sesamoid.applications import AnalysisSettings, parse_options
    from sesamoid.applications import application as named
    from sesamoid.imaging import find_inputs

    one = named(application)
    wanted = _formats(formats)
    require_writable(out)
    extra = {"limit": limit, "circumference_cm": circumference_cm, "pair": pair}
    settings = AnalysisSettings(
        method=method or one.methods[0],
        model=model,
        frames=_frame(frame),
        threads=threads,
        explain=explain,
        mm_per_pixel=mm_per_pixel,
        extra={k: v for k, v in extra.items() if v is not None} | parse_options(options, one),
    )
    one.check(settings)
    inputs = find_inputs(paths, leave_out=out)
    if not inputs:
        raise SesamoidError(
            f"every image given lies in the output folder {out}", fix="give --out another folder."
        )
    content = run(one, inputs, settings, out, wanted, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(content, indent=2))
    else:
        summarise(content, out)
    if (
        content["failed"]
        or "error" in content.get("pair", {})
        or any(r["status"] != "measured" for r in content["results"])
    ):
        raise typer.Exit(1)


def run(
    application: Application,
    inputs: list[Path],
    settings: AnalysisSettings,
    out: Path,
    formats: tuple[str, ...],
    *,
    quiet: bool = False,
) -> dict[str, Any]:
    """Analyse `inputs` one by one, write each one's reports, then the batch's; what was said."""
    from sesamoid.imaging import read_each
    from sesamoid.reports import (
        Failure,
        report_names,
        results_to_dict,
        write_batch_reports,
        write_image_reports,
    )

    pair = settings.extra.get("pair")
    reports, failures, compared = [], [], []

    def fail(where: Path, error: SesamoidError) -> None:
        failures.append(Failure(where, error.sentence))
        line = error if error.path else f"{where}: {error}"
        errors.print(f"[bold red]failed[/]: {plain(line)}", soft_wrap=True, highlight=False)

    bar = track_parts(
        zip(inputs, report_names(inputs), strict=True),
        total=len(inputs),
        what=application.name,
        quiet=quiet,
    )
    for (path, name), on_frame in bar:
        try:
            for number, image in enumerate(read_each(path)):
                if isinstance(image, SesamoidError):
                    fail(image.path or path, image)
                    continue
                result = application.analyze(image, replace(settings, on_frame=on_frame))
                reports.append(
                    write_image_reports(
                        result,
                        out,
                        name=f"{name}-{number}" if number else name,
                        formats=formats,
                        card=_card(result.model.card),
                    )
                )
                if not result.grade.measurable:
                    _say_why_not(path, result)
                elif result.regions:
                    for note in reports[-1].skipped:
                        errors.print(
                            f"[yellow]note[/]: {plain(path)}: {plain(note)}", soft_wrap=True
                        )
                if pair:
                    compared.append(result)
        except SesamoidError as error:
            fail(error.path or path, error)
        except Exception as error:
            text = f"unexpected {type(error).__name__}: {' '.join(str(error).split())}"
            fix = "please report it, with the kind of file."
            fail(path, SesamoidError(text, path=path, fix=fix))
    extras: dict[str, Any] = {}
    if pair:
        try:
            extras["pair"] = application.compare(compared, settings)
        except SesamoidError as error:
            extras["pair"] = {"pair": pair, "error": str(error), "text": [f"error: {error}"]}
    write_batch_reports(
        reports, failures, out, application=application.name, formats=formats, extras=extras
    )
    return results_to_dict(
        [report.entry for report in reports],
        failures,
        application=application.name,
        extras=extras,
    )


def _say_why_not(path: Path, result: Result) -> None:
    reasons = "; ".join(result.grade.reasons) or "the image quality is too low"
    errors.print(
        f"[bold red]not measurable[/]: {plain(path)}: {plain(reasons)}. Fix: scan again, or choose "
        "another frame or file.",
        soft_wrap=True,
        highlight=False,
    )


def _card(path: str) -> str | None:
    card = Path(path)
    return card.read_text(encoding="utf-8") if card.is_file() else None


def require_writable(folder: Path) -> None:
    """Make `folder` and try to write there, before any work is done.

    Raises
    ------
    OutputError
    """
    if folder.is_file():
        raise OutputError(
            "the output folder cannot be written: this is a file",
            path=folder,
            fix="give --out a folder.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".writable-"):
            pass
    except OSError as error:
        raise OutputError(
            f"the output folder cannot be written ({error.strerror})",
            path=folder,
            fix="give --out a folder that you may write to.",
        ) from None


def _formats(text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [part for part in wanted if part not in FORMATS]
    if unknown:
        raise SesamoidError(
            f"no report format {unknown[0]!r}", fix=f"use some of {', '.join(FORMATS)}."
        )
    return tuple(dict.fromkeys(("json", *wanted)))


def _frame(text: str) -> Any:
    if text in ("best", "all"):
        return text
    if text.isdigit():
        return int(text)
    raise SesamoidError(f"--frame {text!r} is no frame", fix="use best, all or a number from 0.")
