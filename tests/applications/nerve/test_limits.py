import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.applications.nerve import limits
from sesamoid.errors import SesamoidError

EVERY = pytest.mark.parametrize("name", sorted(limits.presets()))


@EVERY
def test_every_preset_has_a_source_and_a_limit(name):
    preset = limits.preset(name)
    assert preset.source
    assert preset.status in {"R", "M", "P"}
    assert preset.upper is not None or preset.needs_circumference


@EVERY
def test_no_sentence_speaks_of_a_diagnosis(name):
    for value in (0.1, 3.0, 40.0):
        assert "diagnos" not in str(limits.assess(value, name, circumference_cm=16)).lower()


@pytest.mark.parametrize(
    ("name", "lower", "upper"),
    [
        ("practical-neurology-median-wrist", None, 11),
        ("bae-2021-median-wrist", 7, 13),
        ("mani-2011-median-inlet", 5.2, 9.6),
        ("klauser-2009-delta", None, 2),
        ("bae-2021-wrist-forearm-ratio", 1, 2.4),
    ],
)
def test_published_numbers(name, lower, upper):
    """Clinical facts 2.1 to 2.3."""
    preset = limits.preset(name)
    assert (preset.lower, preset.upper) == (lower, upper)


@pytest.mark.parametrize(
    ("circumference", "expected"), [(14, 8.3), (15, 9.2), (16, 10.1), (17, 11.0), (18, 11.8)]
)
def test_circumference_formula_gives_the_published_table(circumference, expected):
    """Clinical facts 2.3, derived from Olde Dubbelink 2020."""
    found = limits.preset("olde-dubbelink-2020-circumference").upper_limit(circumference)
    assert found == pytest.approx(expected, abs=0.051)


def test_above_names_limit_source_and_population():
    text = str(limits.assess(12.34, "practical-neurology-median-wrist"))
    assert text.startswith(
        "12.3 mm2 is above the preset's upper limit of 11 mm2 (Practical Neurology, Dutch"
    )


def test_below_the_lower_limit():
    assert limits.assess(3, "bae-2021-median-wrist").position == "below"


def test_equal_to_the_limit_is_within():
    assert limits.assess(11, "practical-neurology-median-wrist").position == "within"


def test_same_value_differs_by_preset():
    assert limits.assess(10.5, "mani-2011-median-inlet").position == "above"
    assert limits.assess(10.5, "bae-2021-median-wrist").position == "within"


def test_not_measured_is_not_compared():
    assert limits.assess(None, "bae-2021-median-wrist").position == "not measured"


def test_a_recalled_limit_says_so():
    assert "not checked" in str(limits.assess(1.2, "hobson-webb-2008-wrist-forearm-ratio"))


def test_there_is_no_default():
    with pytest.raises(TypeError):
        limits.assess(10.0)


def test_an_unknown_name_lists_the_known():
    with pytest.raises(SesamoidError, match="bae-2021-median-wrist"):
        limits.preset("normal")


def test_a_limit_for_another_quantity_is_refused():
    with pytest.raises(SesamoidError, match="delta_cross_sectional_area"):
        limits.check("klauser-2009-delta")


def test_circumference_is_asked_for():
    with pytest.raises(SesamoidError, match="circumference"):
        limits.check("olde-dubbelink-2020-circumference")


@pytest.mark.parametrize("circumference_cm", [6.5, 160.0, float("nan")])
def test_a_circumference_in_another_unit_is_refused(circumference_cm):
    with pytest.raises(SesamoidError, match="cm"):
        limits.check("olde-dubbelink-2020-circumference", circumference_cm)


@given(st.floats(0.1, 50), st.floats(0.1, 50))
def test_ratio_and_delta_agree_in_direction(wrist, forearm):
    ratio = limits.wrist_forearm_ratio(wrist, forearm)
    assert (ratio > 1) == (limits.delta_csa(wrist, forearm) > 0)


@pytest.mark.parametrize("function", [limits.wrist_forearm_ratio, limits.delta_csa])
def test_areas_must_be_positive(function):
    with pytest.raises(SesamoidError):
        function(10.0, 0.0)


def test_a_negative_delta_may_be_compared():
    assert limits.assess(-0.5, "klauser-2009-delta").position == "within"


def test_a_negative_area_may_not():
    with pytest.raises(SesamoidError):
        limits.assess(-0.5, "bae-2021-median-wrist")
