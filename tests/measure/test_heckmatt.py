from itertools import product

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sesamoid.errors import SesamoidError
from sesamoid.measure.echogenicity_muscle import muscle_echogenicity
from sesamoid.measure.heckmatt import BoneEcho, bone_echo, heckmatt_grade, heckmatt_rule
from tests.conftest import ROOT

ROWS, COLUMNS = 300, 200
BONE = 240
LINE = np.full(COLUMNS, float(BONE))


def scene(*, muscle=60.0, bone=220.0, fading=1.0, seed=0):
    """A muscle over bone with speckle: log-Rayleigh texture around given grey levels."""
    level = np.full((ROWS, COLUMNS), float(muscle))
    level[20:220] *= np.linspace(1, fading, 200)[:, None]
    level[220:] = muscle * fading * 0.6
    level[BONE + 4 :] = 8
    level[BONE - 2 : BONE + 3] = np.maximum(bone, level[BONE - 2 : BONE + 3])
    rng = np.random.default_rng(seed)
    speckle = gaussian_filter(rng.normal(size=level.shape), (1, 2))
    grey = np.clip(level * (1 + 0.3 * speckle / speckle.std()), 1, 254)
    mask = np.zeros(level.shape, bool)
    mask[20:220] = True
    return grey, muscle_echogenicity(grey, mask)


def graded(z_score, **look):
    grey, muscle = scene(**look)
    return heckmatt_grade(muscle, z_score=z_score, bone=bone_echo(grey, LINE, muscle))


def test_normal_muscle_over_bright_bone_is_1():
    assert graded(0.3).grade == 1


def test_bright_muscle_over_distinct_bone_is_2():
    assert graded(2.6, muscle=100).grade == 2


def test_marked_muscle_over_half_seen_bone_is_3():
    grey, muscle = scene(muscle=110, fading=0.7)
    grey[BONE - 4 : BONE + 5, :100] = 40
    found = heckmatt_grade(muscle, z_score=4.5, bone=bone_echo(grey, LINE, muscle))
    assert (found.grade, found.bone_echo) == (3, "reduced")


def test_very_strong_fading_muscle_over_lost_bone_is_4():
    found = graded(6, muscle=160, fading=0.2, bone=0)
    assert (found.grade, found.bone_echo) == (4, "lost")


def test_a_lost_bone_without_fading_may_lie_elsewhere():
    found = graded(6, muscle=120, bone=0)
    assert found.grade is None
    assert "may lie elsewhere" in found.reason


def test_grey_level_alone_is_no_grade():
    _, muscle = scene(muscle=160)
    found = heckmatt_grade(muscle, z_score=8, bone=None)
    assert found.grade is None
    assert "grey level alone" in found.reason


def test_without_reference_values_there_is_no_grade():
    found = graded(None)
    assert found.grade is None
    assert "reference values" in found.reason


def test_a_normal_muscle_over_lost_bone_is_a_contradiction():
    found = graded(0, muscle=60, fading=0.3, bone=0)
    assert found.grade is None
    assert "contradict" in found.reason


def test_the_reason_states_the_evidence():
    assert "z 2.6" in graded(2.6, muscle=100).reason
    assert "bone echo distinct" in graded(2.6, muscle=100).reason


def test_the_rule_is_called_a_proposal():
    assert "proposal" in graded(0).rule


def test_speckle_is_no_bone():
    shares = []
    for seed in range(5):
        grey, muscle = scene(bone=0, seed=seed)
        shares.append(bone_echo(grey, LINE, muscle).visible_share)
    assert max(shares) < heckmatt_rule()["bone_echo"]["lost"]


def test_a_line_a_few_rows_off_finds_the_bone():
    grey, muscle = scene()
    assert bone_echo(grey, LINE + 6, muscle).visible_share == 1


def test_the_table_decides_every_pair_once():
    table = heckmatt_rule()["table"]
    pairs = [(row["muscle"], row["bone"]) for row in table]
    words = (("normal", "increased", "marked"), ("distinct", "reduced", "lost"))
    assert sorted(pairs) == sorted(product(*words))


def test_the_grade_rises_with_the_muscle_s_echo_and_with_the_loss_of_bone():
    _, muscle = scene(muscle=100, fading=0.2)
    grades = [
        heckmatt_grade(muscle, z_score=z, bone=BoneEcho(share, 100)).grade
        for z, share in ((0, 1.0), (2.5, 1.0), (4, 0.5), (6, 0.0))
    ]
    assert grades == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (np.full(COLUMNS, np.nan), "0 columns"),
        (np.full(COLUMNS, ROWS - 2.0), "scan deeper"),
        (np.zeros(3), "shape"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(line, message):
    grey, muscle = scene()
    with pytest.raises(SesamoidError, match=message):
        bone_echo(grey, line, muscle)


def test_a_z_score_that_is_no_number_is_refused():
    _, muscle = scene()
    with pytest.raises(SesamoidError, match="says nothing"):
        heckmatt_grade(muscle, z_score=float("nan"), bone=BoneEcho(1.0, 100))


def test_the_page_s_table_is_the_rule():
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    for row in heckmatt_rule()["table"]:
        line = next(x for x in page.splitlines() if x.startswith(f"| {row['muscle']}"))
        cell = line.split("|")[2 + ("distinct", "reduced", "lost").index(row["bone"])].strip()
        wanted = "no grade" if row["grade"] is None else str(row["grade"])
        assert cell.split(",")[0] == wanted
