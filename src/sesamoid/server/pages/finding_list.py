"""The findings of a picture as a list: what, how much, decided or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sesamoid.reports.wording import UNIT_SYMBOLS, number
from sesamoid.server.pages.badges import finding_badge, grade_badge
from sesamoid.server.pages.elements import Tag, box
from sesamoid.server.pages.moments import moment_text
from sesamoid.server.store import Decision, Finding, FindingKind, Verdict

VERDICTS = {Verdict.ACCEPT: "accepted", Verdict.MODIFY: "modified", Verdict.REJECT: "rejected"}


@dataclass(frozen=True)
class Entry:
    """A finding and how far it stands in: a measurement stands under its outline."""

    row: Finding
    level: int


def entries(findings: Iterable[Finding]) -> list[Entry]:
    """Grade and categories, then each outline or line with what was measured on it."""
    rows = list(findings)
    found = [Entry(row, 0) for row in rows if row.kind in (FindingKind.GRADE, FindingKind.CATEGORY)]
    measured = [row for row in rows if row.kind == FindingKind.MEASUREMENT]
    placed: set[int] = set()
    for row in rows:
        if row.kind not in (FindingKind.REGION, FindingKind.LINE):
            continue
        found.append(Entry(row, 0))
        for one in measured:
            if row.key in one.payload.get("evidence", ()) and one.id not in placed:
                placed.add(one.id)
                found.append(Entry(one, 1))
    found += [Entry(row, 0) for row in measured if row.id not in placed]
    return found


def value_text(row: Finding) -> str:
    """``"9.8 mm²"``; the reason where there is no value; empty where none is expected."""
    if row.kind == FindingKind.MEASUREMENT:
        if row.value is None:
            return "no value"
        unit = UNIT_SYMBOLS.get(row.unit or "", row.unit or "")
        return f"{number(row.value)} {unit}".strip()
    if row.kind == FindingKind.CATEGORY and row.confidence is not None:
        return f"{row.confidence:.0%}"
    return ""


class FindingList:
    """Rows that can be chosen.

    Parameters
    ----------
    on_choose : callable
        Gets the id of a finding.
    """

    def __init__(self, on_choose: Callable[[int], object]):
        self.on_choose = on_choose
        self.root = Tag("ul", "", "findings", aria_label="Findings")
        self._buttons: dict[int, Tag] = {}

    def show(self, found: Sequence[Entry], chosen: int | None) -> None:
        """Draw them anew."""
        self.root.clear()
        self._buttons.clear()
        with self.root:
            for entry in found:
                with Tag("li", "", "nested" if entry.level else ""):
                    self._buttons[entry.row.id] = self._entry(entry.row)
        self.choose(chosen)

    def choose(self, chosen: int | None) -> None:
        """Let one stand out."""
        for key, made in self._buttons.items():
            made.put(aria_pressed="true" if key == chosen else "false")

    def _entry(self, row: Finding) -> Tag:
        made = Tag("button", "", "finding", type="button")
        with made:
            colour = row.payload.get("structure", {}).get("colour")
            if row.kind == FindingKind.GRADE:
                grade_badge(row.payload.get("letter"))
            elif colour:
                Tag("span", "", "swatch", aria_hidden="true").style(f"--colour: {colour}")
            Tag("span", row.name, "grow wrap")
            Tag("span", value_text(row), "numbers value")
            finding_badge(row.status)
        made.on("click", lambda: self.on_choose(row.id), [])
        return made


def history(decisions: Sequence[Decision]) -> None:
    """Who decided what, and when; the last one first."""
    if not decisions:
        Tag("p", "Nobody has decided on this yet.", "muted small")
        return
    with Tag("ol", "", "history"):
        for one in reversed(decisions):
            with Tag("li"):
                verdict = VERDICTS.get(Verdict(one.verdict), one.verdict)
                with box("row-line tight"):
                    Tag("strong", one.account.name)
                    Tag("span", f"{verdict}{_how(one)}")
                    Tag("span", moment_text(one.at), "muted numbers")
                if one.comment:
                    Tag("p", one.comment, "wrap muted")


def _how(one: Decision) -> str:
    before, after = one.before.get("value"), one.after.get("value")
    if before is None or after is None or before == after:
        return ""
    return f", {number(before)} to {number(after)}"
