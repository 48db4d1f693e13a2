import pytest

from sesamoid.errors import DataError, SesamoidError
from sesamoid.measure.echogenicity_reference import (
    COLUMNS,
    choose_echogenicity_reference,
    read_echogenicity_references,
)

LINES = (
    "rectus femoris,any,20,60,A,whole,60,12,40,made up",
    "rectus femoris,F,60,90,A,whole,80,10,40,made up",
    "rectus femoris,any,60,90,A,whole,70,10,40,made up",
)


def written(folder, *lines):
    path = folder / "reference.csv"
    path.write_text("\n".join((",".join(COLUMNS), *lines)))
    return path


def chosen(references, **changes):
    wanted = {"muscle": "rectus femoris", "device": "A", "age": 40, "sex": "M", "part": "whole"}
    return choose_echogenicity_reference(references, **(wanted | changes))


def test_z_score(tmp_path):
    reference = chosen(read_echogenicity_references(written(tmp_path, *LINES)))
    assert reference.z_score(84) == pytest.approx(2)


def test_own_sex_comes_before_any(tmp_path):
    references = read_echogenicity_references(written(tmp_path, *LINES))
    assert chosen(references, age=70, sex="F").mean == 80
    assert chosen(references, age=70, sex="M").mean == 70


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"device": "B"}, "device 'B'"),
        ({"age": 90}, "age 90"),
        ({"part": "superficial"}, "part 'superficial'"),
        ({"muscle": "soleus"}, "muscle 'soleus'"),
    ],
)
def test_another_machine_or_age_has_no_reference(tmp_path, changes, message):
    with pytest.raises(SesamoidError, match=message):
        chosen(read_echogenicity_references(written(tmp_path, *LINES)), **changes)


def test_two_that_fit_are_refused(tmp_path):
    references = read_echogenicity_references(written(tmp_path, LINES[0], LINES[0]))
    with pytest.raises(SesamoidError, match="2 reference values"):
        chosen(references)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rf,any,20,60,A,whole,x,12,40,s", "line 2: mean 'x' is no number"),
        ("rf,any,20,60,A,whole,60,0,40,s", "line 2: sd 0"),
        ("rf,any,20,60,A,deep,60,1,40,s", "line 2: part 'deep'"),
        ("rf,Q,20,60,A,whole,60,1,40,s", "line 2: sex 'Q'"),
        ("rf,any,20,60,A,whole,nan,1,40,s", "line 2: mean is nan"),
        ("rf,any", "line 2: age_from None"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, message):
    with pytest.raises(DataError, match=message):
        read_echogenicity_references(written(tmp_path, line))


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("muscle,sex\n")
    with pytest.raises(DataError, match="no column 'age_from'"):
        read_echogenicity_references(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"r\.csv"):
        read_echogenicity_references(tmp_path / "r.csv")
