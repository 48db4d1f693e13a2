"""``frames.csv``: what it states is read as stated, and what cannot be is refused by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sesamoid.applications.wrist_hand.described import described
from sesamoid.applications.wrist_hand.own_frames import FRAMES, read_own_frames
from sesamoid.errors import DataError

PLANES = ("S1", "S11")
POSE = "along_mm,across_mm,rotation_deg,tilt_deg,rock_deg"


def table(folder: Path, *lines: str) -> Path:
    (folder / "a.png").write_bytes(b"")
    (folder / "dataset.json").write_text('{"labels": {"background": 0}}')
    (folder / FRAMES).write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_what_is_stated_is_read_and_the_rest_is_unknown(tmp_path):
    full, bare = read_own_frames(
        table(
            tmp_path,
            f"image,person,label,split,plane,grade,reversed,mm_per_pixel,scanner,{POSE}",
            "a.png,7,a.png,test,S11,B,1,0.08,MX,1.5,0,-3,0,2",
            "a.png, 8 ,,,,,,,,,,,,",
        ),
        PLANES,
    )
    assert (full.line, full.person, full.split, full.grade) == (2, "7", "test", "B")
    assert (full.plane, full.nearest, full.reversed) == ("S11", "S11", True)
    assert full.pose == (1.5, 0, -3, 0, 2)
    assert full.spacing_mm == (0.08, 0.08)
    assert full.image == full.label == tmp_path / "a.png"
    assert (bare.line, bare.person) == (3, "8")
    unknown = (bare.split, bare.label, bare.plane, bare.nearest, bare.reversed, bare.grade,
               bare.pose, bare.spacing_mm)  # fmt: skip
    assert set(unknown) == {None}


def test_a_frame_of_none_may_name_the_nearest_plane(tmp_path):
    (one,) = read_own_frames(
        table(tmp_path, "image,person,plane,nearest_plane", "a.png,7,none,S1"), PLANES
    )
    assert (one.plane, one.nearest) == ("none", "S1")


@pytest.mark.parametrize(
    ("columns", "row", "words"),
    [
        ("image,person", "a.png,", "line 2 has no person"),
        ("image", "a.png", "the table has no column 'person'"),
        ("image;person;plane", "a.png;7;S1", "no column 'image'.* commas between: image, person"),
        ("Image,person", "a.png,7", "no column 'image'"),
        ("image,person,Plane", "a.png,7,S1", "a column 'Plane', and none 'plane'"),
        ("image,person,rotation", "a.png,7,1", "a column 'rotation', and none 'rotation_deg'"),
        ("image,person,tilt", "a.png,7,1", "a column 'tilt', and none 'tilt_deg'"),
        ("image,person,grades", "a.png,7,A", "a column 'grades', and none 'grade'"),
        ("image,person", "b.png,7", "'b.png', which is not there"),
        ("image,person,label", "a.png,7,c.png", "label 'c.png'"),
        ("image,person,plane", "a.png,7,S99", "plane 'S99'"),
        ("image,person,plane,nearest_plane", "a.png,7,S1,S11", "of plane S1 and nearest to S11"),
        ("image,person,nearest_plane", "a.png,7,none", "nearest_plane 'none'"),
        ("image,person,grade", "a.png,7,D", "grade 'D'"),
        ("image,person,reversed", "a.png,7,yes", "reversed 'yes'"),
        ("image,person,split", "a.png,7,training", "split 'training'"),
        ("image,person,mm_per_pixel", "a.png,7,0", "mm_per_pixel '0'"),
        ("image,person,mm_per_pixel", 'a.png,7,"0,1"', "mm_per_pixel '0,1'"),
        ("image,person,plane,along_mm", "a.png,7,S1,2", "a part of the pose"),
        (f"image,person,{POSE}", "a.png,7,1,1,1,1,1", "a part of the pose"),
    ],
)
def test_what_cannot_be_is_refused_by_its_line(tmp_path, columns, row, words):
    with pytest.raises(DataError, match=words):
        read_own_frames(table(tmp_path, columns, row), PLANES)


@pytest.mark.parametrize("split", ["train", ""])
def test_a_person_is_in_one_split_only(tmp_path, split):
    lines = ("image,person,split", f"a.png,7,{split}", "a.png,8,test", "a.png,7,test")
    with pytest.raises(DataError, match="line 4 puts person '7' into test, another into train"):
        read_own_frames(table(tmp_path, *lines), PLANES)


@pytest.mark.parametrize("content", [b"image,person\na.png,M\xfcller\n", b"\x89PNG\r\n\x1a\n\x00"])
def test_what_is_no_table_in_utf_8_is_refused(tmp_path, content):
    (tmp_path / FRAMES).write_bytes(content)
    with pytest.raises(DataError, match=r'the table cannot be read .* save it as "CSV UTF-8"'):
        read_own_frames(tmp_path, PLANES)


def test_a_further_column_is_passed_over_though_its_name_is_near_a_known_one(tmp_path):
    columns = "image,person,person_id,scanner,grade,grader"
    (one,) = read_own_frames(table(tmp_path, columns, "a.png,7,12,MX,B,me"), PLANES)
    assert (one.person, one.grade) == ("7", "B")


def test_labels_need_their_meaning(tmp_path):
    folder = table(tmp_path, "image,person,label", "a.png,7,", "a.png,7,a.png")
    assert len(read_own_frames(folder, PLANES)) == 2
    (folder / "dataset.json").unlink()
    with pytest.raises(DataError, match=r"line 3 has a label, and no dataset\.json says"):
        read_own_frames(folder, PLANES)


def test_an_empty_table_is_refused(tmp_path):
    with pytest.raises(DataError, match="no row"):
        read_own_frames(table(tmp_path, "image,person"), PLANES)


def test_label_values_go_by_number_and_an_odd_origin_is_refused(tmp_path):
    file = tmp_path / "dataset.json"
    assert described(tmp_path, ("background", "b")).classes == ("background", "b")
    file.write_text('{"labels": {"b": 2, "background": 0, "a": 1}}')
    assert described(tmp_path, ("background", "b", "a")).classes == ("background", "a", "b")
    file.write_text('{"labels": {"Nothing": 0, "a": 1}}')
    assert described(tmp_path, ("background", "a")).classes == ("background", "a")
    file.write_text('{"labels": {"background": 0}, "origin": "borrowed"}')
    with pytest.raises(DataError, match="'borrowed'"):
        described(tmp_path, ("background",))
