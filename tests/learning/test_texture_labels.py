from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sesamoid.errors import DataError
from sesamoid.learning.texture_labels import load_examples, read_labels


def folder(tmp_path: Path, lines: str, header: str = "image,group,person") -> Path:
    rng = np.random.default_rng(0)
    for name in ("a1", "a2", "b1", "b2", "b2again"):
        grey = rng.integers(1, 255, (40, 50)).astype(np.uint8)
        Image.fromarray(grey).save(tmp_path / f"{name}.png")
    mask = np.zeros((40, 50), np.uint8)
    mask[10:30, 5:45] = 1
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.fromarray(mask[:20]).save(tmp_path / "small.png")
    Image.fromarray(mask * 0).save(tmp_path / "empty.png")
    Image.open(tmp_path / "a1.png").save(tmp_path / "copy.png")
    path = tmp_path / "labels.csv"
    path.write_text(f"{header}\n{lines}\n")
    return path


FOUR = "a1.png,a,A1\na2.png,a,A2\nb1.png,b,B1\nb2.png,b,B2"


def test_lines_are_read_with_their_numbers(tmp_path):
    lines = read_labels(folder(tmp_path, FOUR))
    assert [(x.line, x.group, x.person) for x in lines[1:3]] == [(3, "a", "A2"), (4, "b", "B1")]


def test_a_mask_is_the_region(tmp_path):
    path = folder(tmp_path, FOUR.replace("A1", "A1,mask.png"), header="image,group,person,mask")
    first, second = load_examples(read_labels(path))[:2]
    assert first.region.sum() == 20 * 40
    assert second.region.all()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (FOUR + "\nb2again.png,a,B2", r"line 6: person 'B2' is in group 'a', but in line 5 in 'b'"),
        ("a1.png,a,A1\na2.png,a,A1\nb1.png,b,B1\nb2.png,b,B2", "group 'a' has one person, 'A1'"),
        (FOUR + "\nnone.png,a,A3", r"line 6: there is no image none\.png"),
        (FOUR + "\na1.png,a,A1", r"line 6: a1\.png stands in line 2 already"),
        (FOUR + "\nb2again.png,b,", "line 6: no person"),
        ("a1.png,a,A1\na2.png,a,A2", "1 group is no choice"),
        ("", "no labelled image"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, lines, message):
    with pytest.raises(DataError, match=message):
        read_labels(folder(tmp_path, lines))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(DataError, match="no column 'person'"):
        read_labels(folder(tmp_path, FOUR, header="image,group,who"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"labels\.csv: cannot be read"):
        read_labels(tmp_path / "labels.csv")


def test_one_picture_given_as_two_people_s_is_refused(tmp_path):
    lines = read_labels(folder(tmp_path, FOUR + "\ncopy.png,a,A3"))
    with pytest.raises(DataError, match=r"line 6: the pixels are those of line 2 \(a1\.png\)"):
        load_examples(lines)


@pytest.mark.parametrize(
    ("mask", "message"), [("small.png", "does not fit a1"), ("empty.png", "the mask is empty")]
)
def test_a_mask_that_cannot_be_used_is_named(tmp_path, mask, message):
    path = folder(tmp_path, FOUR.replace("A1", f"A1,{mask}"), header="image,group,person,mask")
    with pytest.raises(DataError, match=f"line 2: .*{message}"):
        load_examples(read_labels(path))


def test_sixteen_bits_are_refused(tmp_path):
    path = folder(tmp_path, FOUR)
    grey = np.random.default_rng(0).integers(0, 60000, (40, 50)).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "a1.png")
    with pytest.raises(DataError, match=r"line 2: .*not uint16"):
        load_examples(read_labels(path))
