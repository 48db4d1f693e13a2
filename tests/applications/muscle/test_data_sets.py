"""Reading muscle data sets: the same image twice is one case, and what is no muscle is refused."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.applications.muscle.data_sets import muscle_sources, read_muscle_images
from sesamoid.errors import DataError
from sesamoid.virtual.muscle import draw_muscle, picture


def write_set(root: Path, structure: str, images: dict[str, tuple[np.ndarray, np.ndarray]]) -> Path:
    (root / "imagesTr").mkdir(parents=True)
    (root / "labelsTr").mkdir()
    content = {
        "name": root.name,
        "licence": "CC0",
        "labels": {"background": 0, structure: 1},
        "file_ending": ".png",
    }
    (root / "dataset.json").write_text(json.dumps(content))
    for name, (image, mask) in images.items():
        cv2.imwrite(str(root / "imagesTr" / f"{name}_0000.png"), image)
        cv2.imwrite(str(root / "labelsTr" / f"{name}.png"), mask.astype(np.uint8))
    return root


@pytest.fixture(scope="module")
def pictures() -> list:
    return [picture(draw_muscle(seed)) for seed in (1, 2, 3)]


def test_an_image_in_both_sets_is_one_case(tmp_path: Path, pictures: list) -> None:
    one, two, three = pictures
    write_set(tmp_path / "a", "aponeurosis", {
        "x": (one.pixels, one.aponeuroses), "y": (two.pixels, two.aponeuroses),
    })  # fmt: skip
    # Stored again with a little difference, as a second JPEG would have.
    again = np.clip(two.pixels.astype(int) + (np.arange(512) % 3 - 1), 0, 255).astype(np.uint8)
    write_set(tmp_path / "b", "fascicle", {
        "p": (again, two.fascicles), "q": (three.pixels, three.fascicles),
    })  # fmt: skip
    (tmp_path / "notes").mkdir()
    images = read_muscle_images(tmp_path)
    assert [source.name for source in images.sources] == ["a", "b"]
    labelled = {c.name: tuple(m is not None for m in c.masks) for c in images.cases}
    assert labelled == {
        "aponeurosis/x": (True, False),
        "aponeurosis/y": (True, True),
        "fascicle/q": (False, True),
    }
    both = next(c for c in images.cases if c.name == "aponeurosis/y")
    assert both.masks[1] is not None
    np.testing.assert_array_equal(both.masks[1], two.fascicles)


def test_a_single_set_is_read_too(tmp_path: Path, pictures: list) -> None:
    one = pictures[0]
    root = write_set(tmp_path / "a", "fascicle", {"x": (one.pixels, one.fascicles)})
    assert len(read_muscle_images(root).cases) == 1


def test_another_structure_is_refused(tmp_path: Path, pictures: list) -> None:
    one = pictures[0]
    root = write_set(tmp_path / "n", "nerve", {"x": (one.pixels, one.fascicles)})
    with pytest.raises(DataError, match="nerve") as refused:
        muscle_sources(root)
    assert "aponeurosis or fascicle" in str(refused.value)


def test_a_folder_without_muscle_is_refused(tmp_path: Path, pictures: list) -> None:
    one = pictures[0]
    write_set(tmp_path / "n", "nerve", {"x": (one.pixels, one.fascicles)})
    with pytest.raises(DataError, match="no data set with aponeurosis or fascicle"):
        muscle_sources(tmp_path)


def test_a_label_of_another_size_is_refused(tmp_path: Path, pictures: list) -> None:
    one = pictures[0]
    root = write_set(tmp_path / "a", "fascicle", {"x": (one.pixels, one.fascicles[:-3])})
    with pytest.raises(DataError, match="does not fit"):
        read_muscle_images(root)
