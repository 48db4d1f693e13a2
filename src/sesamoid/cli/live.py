"""`sesamoid live`: scan with the assistant, from a device, a file, a folder or a virtual person."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, table
from sesamoid.cli.live_display import LiveDisplay
from sesamoid.cli.live_source import DEVICE, VIRTUAL, Opened, open_source
from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    from sesamoid.anatomy import Protocol
    from sesamoid.applications.wrist_hand.look import Looker
    from sesamoid.live import Checklist, LiveUpdate, Session, SessionResult
    from sesamoid.models import ModelBundle


def live(
    source: str = typer.Option(
        ..., "--source", help="virtual, device:N, a DICOM cine, a video, or a folder of stills."
    ),
    out: Path = typer.Option(..., "--out", "-o", help="Folder of the session; one is resumed."),
    protocol: str = typer.Option("wrist-hand-15", "--protocol", help="A protocol's id or file."),
    headless: bool = typer.Option(False, "--headless", help="No display; the summary at the end."),
    no_assistant: bool = typer.Option(
        False, "--no-assistant", help="Record the same, show nothing: for controlled comparisons."
    ),
    side: str | None = typer.Option(None, "--side", help="The hand: right or left."),
    mirrored: bool = typer.Option(
        False, "--mirrored", help="The source shows what the protocol has at the left at the right."
    ),
    mm_per_pixel: float | None = typer.Option(
        None, "--mm-per-pixel", help="Scale of a source that states none."
    ),
    watch: bool = typer.Option(False, "--watch", help="Wait for new files in a folder."),
    fast: bool = typer.Option(
        False, "--fast", help="Do not keep the pace of a file; assess every frame."
    ),
    model: str | None = typer.Option(None, "--model", help="Another model: its name or folder."),
    threads: int = typer.Option(0, "--threads", min=0, help="For one inference; 0: all cores."),
    person: int = typer.Option(700_000, "--person", min=0, help="Seed of the virtual person."),
    seed: int = typer.Option(0, "--seed", min=0, help="Seed of the virtual novice."),
    formats: str = typer.Option(
        "json,csv,html,png,sr,seg", "--formats", help="Reports to write, separated by commas."
    ),
) -> None:
    """Recognise planes, say what to do, keep the best picture of each, measure and report.

    Ctrl-C ends the session properly; the same command with the same --out goes on with it. The
    exit code is 0 where the session ended as it should, 1 where it failed or kept nothing.

    Example: sesamoid live --source virtual --out exam
    """
    from sesamoid.anatomy import protocol as named
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.cli.analyze import _formats

    rule = named(protocol)
    hand = _side(side)
    wanted = _formats(formats)
    require_writable(out)
    looker, bundle = APPLICATION.looker(AnalysisSettings(model=model, threads=threads))
    opened = open_source(
        source, rule, mirrored=mirrored, mm_per_pixel=mm_per_pixel, watch=watch,
        fast=fast, person=person, seed=seed, listens=not no_assistant,
    )  # fmt: skip
    recorded = not fast and source != VIRTUAL and not source.startswith(DEVICE)
    result, checklist = examine(
        opened, rule, out, looker=looker, bundle=bundle, assistant=not no_assistant,
        side=hand, drop=not fast, headless=headless, formats=wanted,
    )  # fmt: skip
    summarise(result, checklist, out)
    if recorded and result.report.dropped > result.report.assessed:
        errors.print(
            "[yellow]note[/]: most frames were dropped to keep the recording's pace. Give --fast "
            "to assess every frame.",
            soft_wrap=True,
        )
    if result.report.ending == "failed" or not checklist.kept:
        raise typer.Exit(1)


def examine(
    opened: Opened,
    rule: Protocol,
    out: Path,
    *,
    looker: Looker,
    bundle: ModelBundle,
    assistant: bool = True,
    side: Literal["left", "right"] | None = None,
    drop: bool = True,
    headless: bool = False,
    formats: tuple[str, ...],
) -> tuple[SessionResult, Checklist]:
    """A session until its source ends or somebody stops it, and its report.

    Returns
    -------
    result : SessionResult
    checklist : Checklist
        With what the report is about.

    Raises
    ------
    SesamoidError
        The source gave no frame at all; nothing is left of the session.
    """
    from sesamoid.applications.frames import model_reference
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
    from sesamoid.applications.wrist_hand.session_report import report_session
    from sesamoid.cli.analyze import _card
    from sesamoid.live import Session
    from sesamoid.live.record import discard

    model = model_reference(bundle)
    assessor = WristHandAssessor(looker, rule, scan_area=None if opened.is_scan else "find")
    if not opened.in_step:
        assessor.warm_up()  # a source that goes on by itself would lose what comes meanwhile
    session = Session(
        opened.source, assessor, rule, out / "session", assistant=assistant,
        side=side if side is not None else opened.side, drop=drop and not opened.in_step,
        slot=opened.slot, model=f"{model.name} {model.version} ({model.sha256[:12]})",
    )  # fmt: skip
    with (
        ends_properly(session),
        LiveDisplay(rule, shown=not headless, assistant=assistant) as shown,
    ):
        if opened.operator is not None:
            opened.operator.begins(session)
        result = session.run(_both(shown, opened))
    error = result.report.error
    if isinstance(error, SesamoidError) and not result.report.grabbed and not result.resumed:
        discard(result.folder)  # it never began
        raise error
    checklist = result.checklist if assistant else _all_kept(result)
    if checklist.kept:
        report_session(
            checklist, out, assessor, model,
            application=APPLICATION.name, formats=formats, card=_card(str(bundle.card)),
        )  # fmt: skip
    return result, checklist


@contextmanager
def ends_properly(session: Session) -> Iterator[None]:
    """Ctrl-C, and being asked to terminate, stop the session instead of tearing it down."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        session.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def summarise(result: SessionResult, checklist: Any, out: Path) -> None:
    """What was kept, how it ended, where it is."""
    shown = table("", "plane", "progress", "grade", ">seconds", "why")
    for item in checklist.items:
        kept = item.kept
        reasons = "" if kept is None or kept.grade is None else "; ".join(kept.grade.reasons)
        shown.add_row(
            item.plane,
            item.progress.value,
            "" if kept is None else kept.letter.value,
            f"{item.seconds:.1f}",
            plain(reasons),
        )
    output.print(shown)
    report = result.report
    failed = report.ending == "failed"
    p95 = "" if report.p95_s is None else f", p95 {1000 * report.p95_s:.0f} ms"
    why = "" if failed else f"; {plain(report.reason.rstrip('.'))}"
    output.print(
        f"{len(checklist.kept)} of {len(checklist.items)} planes kept; {report.assessed} frames "
        f"assessed, {report.dropped} dropped{p95}{why}."
    )
    if result.resumed:
        output.print("This session went on from an earlier part.")
    if failed:
        errors.print(f"[bold red]failed[/]: {plain(report.reason)}", soft_wrap=True)
    if checklist.kept:
        output.print(f"Report: {plain(out / 'report.html')}")


def _both(display: LiveDisplay, opened: Opened) -> Any:
    def update(one: LiveUpdate) -> None:
        if opened.operator is not None:
            opened.operator.hear(one)
        display.update(one)

    return update


def _all_kept(result: SessionResult) -> Any:
    """Without the assistant: what the operator kept, else what it would have kept."""
    return result.by_hand if result.by_hand.kept else result.checklist


def _side(text: str | None) -> Literal["left", "right"] | None:
    if text is None or text == "left" or text == "right":
        return text  # type: ignore[return-value]
    raise SesamoidError(f"--side {text!r} is no side", fix="use right or left.")
