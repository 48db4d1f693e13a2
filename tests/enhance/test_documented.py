"""The page on despeckling says what the code does."""

import re

import pytest

from sesamoid.enhance import METHODS, compare_methods, median_figures, speckle_chart
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "despeckling.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> dict[str, list[str]]:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\| `(\w+)` \|(.*)\|$", part, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in lines}


@pytest.mark.parametrize("heading", ["The filters", "On a virtual chart", "On real muscle"])
def test_every_filter_is_on_the_page(heading):
    assert set(rows_under(heading)) - {"none"} == set(METHODS)


def test_the_virtual_figures_are_those_of_the_code():
    # The clean picture is not needed for these figures, so it is not averaged.
    charts = [speckle_chart(seed, averaged=1) for seed in range(8)]
    methods = ("none", "lee", "srad", "bilateral", "wavelet", "guided")
    tables = [compare_methods(c.pixels, c.even, methods=methods) for c in charts]
    written = rows_under("On a virtual chart")
    for row in median_figures(tables):
        ssi, looks, _, _, epi, shift = (float(cell) for cell in written[row.method])
        assert row.suppression == pytest.approx(ssi, abs=0.011)
        assert row.looks == pytest.approx(looks, rel=0.02, abs=0.6)
        assert row.edge_preservation == pytest.approx(epi, abs=0.011)
        assert row.mean_shift == pytest.approx(shift, abs=0.11)


def test_figures_are_called_real_or_virtual():
    assert "**virtual**" in PAGE.split("## On a virtual chart")[1]
    assert "**real**" in PAGE.split("## On real muscle")[1]
