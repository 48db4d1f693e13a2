from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sesamoid.anatomy import Code
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import DataOrigin, Quantity
from sesamoid.reports import Failure, render_report
from sesamoid.reports.wording import in_ranges

VOID = {"meta", "img", "input", "br", "link", "hr"}


class Balanced(HTMLParser):
    """Fails on a tag that closes what is not open."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(page: str) -> Balanced:
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def batch(make_result):
    results = [
        make_result(evidence=True),
        make_result("exam/b.png", letter="B", spacing=None),
        make_result("<script>alert(1)</script>.png", letter="C"),
    ]
    failures = [Failure(Path('"><img src=x onerror=alert(1)>.dcm'), "<b>cut off</b>")]
    return render_report(results, failures, card="# Card\n<script>x</script>")


def test_page_is_well_formed(batch):
    parsed(batch)


def test_nothing_is_fetched_and_nothing_runs(batch):
    for tag, attributes in parsed(batch).seen:
        assert tag not in {"script", "link", "iframe", "object", "embed"}
        for name in ("src", "href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/", "#"))
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in batch
    assert "@import" not in batch


def test_what_users_give_is_escaped(batch):
    assert "<script" not in batch
    assert "&lt;script&gt;alert(1)" in batch
    assert "onerror=alert(1)>" not in batch
    assert "<b>cut off" not in batch


def test_notice_numbers_units_and_uncertainty(batch):
    assert batch.count("Not a medical device") >= 2
    assert "39.1" in batch
    assert "mm²" in batch
    assert "35.2 to 43.8" in batch


def test_confidence_is_named_as_what_it_is(make_result):
    result = make_result()
    seen = Quantity("seen", "Seen", Code("SEEN", LOCAL_SCHEME, "Share that is seen"), "Of 1.")
    first, second = result.regions
    regions = (replace(first, confidence_is=seen), replace(second, confidence=None))
    page = render_report([replace(result, regions=regions)])
    assert f'<span class="quiet">seen {first.confidence:.0%}</span>' in page
    assert "mean model probability" not in page
    assert f"mean model probability {second.confidence:.0%}" in render_report([result])


def test_uncalibrated_is_said(batch):
    assert "In pixels: no calibration" in batch
    assert "no calibration: in pixels" in batch


def test_not_measurable_with_reason(batch):
    assert "Not measurable." in batch
    assert "no nerve was found; the image is too dark" in batch


def test_anchors_of_the_summary_exist(batch):
    ids = set(re.findall(r'id="([^"]+)"', batch))
    for target in re.findall(r'href="#([^"]+)"', batch):
        assert target in ids


def test_the_summary_lists_what_was_only_outlined_apart(make_result):
    one = make_result()
    nerve, *_ = one.regions
    silent = replace(
        one, measurements=tuple(m for m in one.measurements if nerve.identifier not in m.evidence)
    )
    page = render_report([silent, make_result("b.png")])
    summary = page[page.index('id="summary"') : page.index("</table>")]
    first, second = summary.split("<tr>")[2:4]
    assert "outlined</span> <span" in first
    assert f'title="{nerve.structure.name}"' in first
    assert "no value" not in first
    assert "outlined" not in second


def test_single_image_has_no_summary(make_result):
    assert 'id="summary"' not in render_report([make_result()])


def test_virtual_training_is_said(make_result):
    result = make_result()
    virtual = replace(result, model=replace(result.model, origin=DataOrigin.VIRTUAL))
    assert "trained on virtual data" in render_report([virtual])
    assert "trained on real data" not in render_report([result])


def test_foreign_link_to_the_card_is_dropped(make_result):
    assert "javascript:" not in render_report([make_result()], card_link="javascript:alert(1)")
    assert 'href="cards/nerve.md"' in render_report([make_result()], card_link="cards/nerve.md")


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "page"),
        ("ink", "card"),
        ("soft", "card"),
        ("soft", "page"),
        ("link", "card"),
        ("good", "good-bg"),
        ("warn", "warn-bg"),
        ("bad", "bad-bg"),
        ("bad", "card"),
    ],
)
def test_contrast_is_wcag_aa(batch, theme, text, ground):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    block = re.findall(r":root \{(.*?)\}", batch, flags=re.DOTALL)[theme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    a, b = sorted((_luminance(colours[text]), _luminance(colours[ground])))
    assert (b + 0.05) / (a + 0.05) >= 4.5


@pytest.mark.parametrize("structure", ["nerve", "vessel"])
def test_chip_text_is_readable(make_result, structure):
    colours = {r.structure.key: r.structure.colour for r in make_result().regions}
    a, b = sorted((_luminance("#101216"), _luminance(colours[structure])))
    assert (b + 0.05) / (a + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("frames", "text"),
    [((), ""), ((4,), "4"), ((0, 1), "0, 1"), ((0, 1, 2, 5, 7, 8, 9), "0 to 2, 5, 7 to 9")],
)
def test_frames_are_told_in_ranges(frames: tuple[int, ...], text: str) -> None:
    assert in_ranges(frames) == text
