"""The page on which an exam is chosen in detail: which patient, what ails them, which scanner."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request
from nicegui import ui

from sesamoid.anatomy import protocol
from sesamoid.server.access.roles import SCANS_REAL
from sesamoid.server.pages.elements import Tag, box
from sesamoid.server.pages.scan_view import STYLE
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.scanning.choices import ailments
from sesamoid.server.scanning.patients import Patient, known_patients
from sesamoid.server.scanning.request import DEFAULT_MACHINE, DEFAULT_PROTOCOL
from sesamoid.virtual.body import draw_person
from sesamoid.virtual.ultrasound import presets

SCRIPT = '<script src="/static/scan_new.js" defer></script>'


def new_scan_page(request: Request) -> None:
    """Choose whom to scan, and how."""
    with shell(request, "New scan", section="scan", virtual=True) as page:
        ui.add_head_html(STYLE)
        ui.add_body_html(SCRIPT)
        with box("page-head"):
            Tag("h1", "New scan")
            Tag("p", "Everything has a sensible value; start at once, or choose first.")
        with box("scan-new"):
            with _form(page, "virtual"):
                _virtual()
            if page.actor.has(*SCANS_REAL):
                with _form(page, "real"):
                    _real(page)


def _form(page: Shell, kind: str) -> Tag:
    return Tag(
        "form", "", "panel stack", data_scan_form=kind, data_csrf=page.actor.csrf_token,
        aria_labelledby=f"{kind}-title",
    )  # fmt: skip


def _virtual() -> None:
    with box("row-line"):
        Tag("h2", "A virtual patient", id="virtual-title").classes("grow")
        Tag("span", "VIRTUAL", "badge virtual")
    with Tag("fieldset", "", "people"):
        Tag("legend", "Patient", "small muted")
        for number, patient in enumerate(known_patients()):
            _person(patient, checked=number == 0)
    with box("fields"):
        _select("side", "Hand", [("", "as drawn"), ("right", "right"), ("left", "left")])
        _select("ailment", "What ails them", [("", "nothing"), *ailments()])
        _select("machine", "Scanner", [(one.name, one.title) for one in presets()], DEFAULT_MACHINE)
        planes = protocol(DEFAULT_PROTOCOL).planes
        _select(
            "start", "Begin near", [(plane.id, f"{plane.id}  {plane.name}") for plane in planes]
        ).classes("wide")
    _check("quiz", "Quiz: draw what ails them by chance, and do not tell me")
    _assistant()
    _submit("Start scanning")


def _real(page: Shell) -> None:
    Tag("h2", "A real scanner or a recording", id="real-title")
    Tag(
        "p",
        "Frames of a capture device, or of a DICOM cine, a video or a folder of stills on the "
        "machine that Sesamoid runs on.",
        "muted",
    )
    with box("fields"):
        _select("kind", "Source", [("device", "Capture device"), ("file", "Recording")])
        hint = "file in recordings/" if page.services.settings.public else "path"
        _input("address", f"Number, or {hint}", "0")
        _input("label", "Pseudonym of the person", "", placeholder="no names, please")
        _select("side", "Hand", [("", "not known"), ("right", "right"), ("left", "left")])
        _input(
            "mm_per_pixel", "mm a pixel, if it does not say", "", placeholder="0.08",
            inputmode="decimal",
        )  # fmt: skip
    _check("mirrored", "The picture is mirrored: what belongs left is at the right")
    _assistant()
    _submit("Start")


def _person(patient: Patient, *, checked: bool) -> None:
    person = draw_person(patient.seed)
    with Tag("label", "", "person"):
        Tag("input", "", type="radio", name="seed", value=str(patient.seed), checked=checked)
        with Tag("span"):
            Tag("strong", patient.label.removesuffix(" (virtual)"))
            Tag("small", f"{person.sex}, {person.age_years:.0f}, {person.side} hand", "muted")


def _select(
    name: str, title: str, options: Iterable[tuple[str, str]], chosen: str | None = None
) -> Tag:
    with Tag("label", "", "field") as made:
        Tag("span", title)
        with Tag("select", "", name=name):
            for value, text in options:
                Tag("option", text, value=value, selected=value == chosen)
    return made


def _input(name: str, title: str, value: str, **more: str) -> None:
    with Tag("label", "", "field"):
        Tag("span", title)
        Tag("input", "", name=name, value=value, autocomplete="off", **more)


def _check(name: str, title: str, *, checked: bool = False) -> None:
    with Tag("label", "", "check"):
        Tag("input", "", type="checkbox", name=name, checked=checked)
        Tag("span", title)


def _assistant() -> None:
    _check(
        "assistant", "With the assistant: labels, grade, guidance, automatic capture", checked=True
    )


def _submit(text: str) -> None:
    with box("row-line"):
        Tag("button", text, "button primary", type="submit")
        Tag("p", "", "muted", role="status", data_scan_status=True)
