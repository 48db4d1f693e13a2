"""The report for people: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__
from sesamoid.findings import Result
from sesamoid.reports.failure import Failure
from sesamoid.reports.html_view import Section, section_of
from sesamoid.reports.wording import printable


def render_report(
    results: Sequence[Result],
    failures: Sequence[Failure] = (),
    *,
    title: str | None = None,
    card: str | None = None,
    card_link: str | None = None,
    created: datetime | None = None,
) -> str:
    """The report of some results as one HTML page.

    Pictures and styles are inside; nothing is fetched; it works without JavaScript, in light and
    dark, and prints on A4.

    Parameters
    ----------
    results : sequence of Result
    failures : sequence of Failure
        Inputs that gave no result.
    title : str, optional
        Heading; made from the application's name where not given.
    card : str, optional
        Text of the model card, embedded.
    card_link : str, optional
        Link to the model card, relative to the page.
    created : datetime, optional
        With a time zone; now where not given.
    """
    sections = [section_of(r, card=card, card_link=card_link) for r in results]
    application = results[0].application if results else ""
    return render_sections(
        sections, failures, title=title or f"{application} report".strip(), created=created
    )


def render_sections(
    sections: Sequence[Section],
    failures: Sequence[Failure] = (),
    *,
    title: str,
    created: datetime | None = None,
    page: int = 1,
    page_size: int | None = None,
    page_names: Sequence[str] = ("report.html",),
    remarks: Sequence[str] = (),
) -> str:
    """The page of sections made before, e.g. while a batch ran.

    Parameters
    ----------
    sections : sequence of Section
        All of the batch; each is in the summary of the first page.
    failures : sequence of Failure
    title : str
    created : datetime, optional
    page : int
        From 1; which part of the sections this page details.
    page_size : int, optional
        Sections a page; None: all on one.
    page_names : sequence of str
        File name of each page, for the links.
    remarks : sequence of str
        What the images say together, above all of them.
    """
    size = page_size or max(1, len(sections))
    numbered = [
        {
            "number": n,
            "anchor": f"image-{n}",
            "href": ("" if (n - 1) // size + 1 == page else page_names[(n - 1) // size])
            + f"#image-{n}",
            **section.summary,
        }
        for n, section in enumerate(sections, start=1)
    ]
    first = (page - 1) * size
    shown = [
        {**numbered[n], **section.detail}
        for n, section in enumerate(sections[first : first + size], start=first)
    ]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            title=printable(title),
            created=(created or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            version=__version__,
            notice=NOT_A_MEDICAL_DEVICE,
            rows=numbered,
            sections=shown,
            failures=[_failure(f) for f in failures],
            remarks=[printable(text) for text in remarks],
            counts=_counts(numbered, failures),
            page=page,
            pages=[{"number": n, "name": name} for n, name in enumerate(page_names, start=1)],
        )
    )


def _failure(failure: Failure) -> dict[str, str]:
    path, error = printable(failure.path), printable(failure.error)
    return {"path": path, "error": error.removeprefix(f"{path}: ")}


def _counts(rows: Sequence[dict[str, object]], failures: Sequence[Failure]) -> dict[str, int]:
    return {
        "images": len(rows),
        **{
            status.replace(" ", "_"): sum(1 for row in rows if row["status"] == status)
            for status in ("measured", "nothing measured", "not measurable")
        },
        "failed": len(failures),
    }


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sesamoid.reports", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
