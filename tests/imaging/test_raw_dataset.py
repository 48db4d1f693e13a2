import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.errors import DataError
from sesamoid.imaging.raw_dataset import RawDataset, load_case


def write_dataset(root: Path, *, images: int = 2, part: str = "Tr", labels: bool = True) -> Path:
    for folder in (f"images{part}", f"labels{part}"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    content = {"name": "drawn", "labels": {"background": 0, "nerve": 1, "vessel": 2}}
    (root / "dataset.json").write_text(json.dumps(content | {"file_ending": ".png"}))
    for number in range(images):
        image = np.full((40, 60), 100, dtype=np.uint8)
        label = np.zeros((40, 60), dtype=np.uint8)
        image[5:15, 20:50], label[5:15, 20:50] = 200, 1
        cv2.imwrite(str(root / f"images{part}" / f"i{number}_0000.png"), image)
        if labels:
            cv2.imwrite(str(root / f"labels{part}" / f"i{number}.png"), label)
    return root


def test_classes_come_in_label_order(tmp_path: Path) -> None:
    assert RawDataset.read(write_dataset(tmp_path)).classes == ("background", "nerve", "vessel")


def test_image_and_label_keep_their_orientation(tmp_path: Path) -> None:
    dataset = RawDataset.read(write_dataset(tmp_path))
    case = load_case(dataset.training[0], classes=3)
    assert case.grey[10, 30] == 200
    assert case.label[10, 30] == 1
    assert case.label[30, 10] == 0


def test_the_test_part_is_preferred(tmp_path: Path) -> None:
    write_dataset(tmp_path)
    dataset = RawDataset.read(write_dataset(tmp_path, images=1, part="Ts"))
    assert dataset.labelled() == dataset.test
    assert len(dataset.labelled("training")) == 2


def test_a_folder_without_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no dataset\.json"):
        RawDataset.read(tmp_path)


def test_a_training_image_without_label_is_named(tmp_path: Path) -> None:
    write_dataset(tmp_path, labels=False)
    with pytest.raises(DataError, match="'i0'"):
        RawDataset.read(tmp_path)


def test_a_broken_description_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text('{"labels": 3}')
    with pytest.raises(DataError, match="cannot be understood"):
        RawDataset.read(tmp_path)


def test_a_label_of_another_shape_is_refused(tmp_path: Path) -> None:
    write_dataset(tmp_path, images=1)
    cv2.imwrite(str(tmp_path / "labelsTr" / "i0.png"), np.zeros((60, 40), dtype=np.uint8))
    with pytest.raises(DataError, match="does not fit its image"):
        load_case(RawDataset.read(tmp_path).training[0], classes=3)


def test_an_unlisted_label_value_is_refused(tmp_path: Path) -> None:
    write_dataset(tmp_path, images=1)
    cv2.imwrite(str(tmp_path / "labelsTr" / "i0.png"), np.full((40, 60), 7, dtype=np.uint8))
    with pytest.raises(DataError, match="label value 7"):
        load_case(RawDataset.read(tmp_path).training[0], classes=3)
