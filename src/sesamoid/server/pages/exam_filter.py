"""What exams are looked for: in the address, in the form, and as a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sesamoid.server.pages.elements import Tag, box, icon, link_button
from sesamoid.server.store import ExamStatus
from sesamoid.server.store.exams import ExamSearch

SIZE = 25
LONGEST = 120
ORIGINS = {"": "All", "virtual": "Virtual", "real": "Real"}
STATES = {"": "All", **{one.value: one.value.capitalize() for one in ExamStatus}}


@dataclass(frozen=True)
class ExamFilter:
    """What is looked for; see `ExamSearch`.

    Parameters
    ----------
    text, origin, status : str
        Empty: any.
    since, until : str
        Days, ``2026-11-21``; empty: any.
    undecided : bool
    page : int
        From 0.
    size : int
        Exams on a page.
    """

    text: str = ""
    origin: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    undecided: bool = False
    page: int = 0
    size: int = SIZE

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ExamFilter:
        """From an address; what cannot be understood is left out."""
        origin, status, page = (query.get(key, "") for key in ("origin", "status", "page"))
        return cls(
            text=query.get("text", "").replace("\x00", "")[:LONGEST].strip(),
            origin=origin if origin in ORIGINS else "",
            status=status if status in STATES else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            undecided=query.get("undecided", "") == "1",
            page=min(int(page), 10_000) if page.isdecimal() and len(page) < 6 else 0,
        )

    @property
    def is_any(self) -> bool:
        """Nothing is asked for."""
        return self == ExamFilter(page=self.page, size=self.size)

    def query(self, *, page: int) -> dict[str, str]:
        """For the address of another page of the same search."""
        values = {
            "text": self.text,
            "origin": self.origin,
            "status": self.status,
            "since": self.since,
            "until": self.until,
            "undecided": "1" if self.undecided else "",
            "page": str(page) if page else "",
        }
        return {key: value for key, value in values.items() if value}

    def search(self) -> ExamSearch:
        """For the store; days are those of the server's own time zone."""
        until = datetime.fromisoformat(self.until).astimezone() if self.until else None
        return ExamSearch(
            text=self.text,
            status=ExamStatus(self.status) if self.status else None,
            origin=self.origin or None,
            since=datetime.fromisoformat(self.since).astimezone() if self.since else None,
            until=until + timedelta(days=1) if until else None,
            undecided=self.undecided,
            offset=self.page * self.size,
            limit=self.size,
        )


def filter_form(wanted: ExamFilter) -> None:
    """The form; it asks for a page by its address and needs no script."""
    with Tag("form", "", "panel filter", method="get", action="/exams", role="search"):
        with Tag("label", "", "field grow"):
            Tag("span", "Search")
            Tag(
                "input", type="search", name="text", value=wanted.text, maxlength=LONGEST,
                placeholder="Person, operator, source, note",
            )  # fmt: skip
        _choice("Origin", "origin", ORIGINS, wanted.origin)
        _choice("State", "status", STATES, wanted.status)
        for title, name, value in (("From", "since", wanted.since), ("To", "until", wanted.until)):
            with Tag("label", "", "field"):
                Tag("span", title)
                Tag("input", type="date", name=name, value=value)
        with Tag("label", "", "check"):
            Tag("input", type="checkbox", name="undecided", value="1", checked=wanted.undecided)
            Tag("span", "To decide")
        with box("row-line tight"):
            with Tag("button", "", "button", type="submit"):
                icon("search")
                Tag("span", "Search")
            if not wanted.is_any:
                link_button("Clear", "/exams", kind="quiet")


def _choice(title: str, name: str, options: Mapping[str, str], chosen: str) -> None:
    with Tag("label", "", "field"):
        Tag("span", title)
        with Tag("select", "", name=name):
            for value, text in options.items():
                Tag("option", text, value=value, selected=value == chosen)


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").strftime("%Y-%m-%d")
    except ValueError:
        return ""
