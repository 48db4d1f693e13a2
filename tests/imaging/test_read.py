from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import SesamoidError, UnreadableImage
from sesamoid.imaging import (
    find_inputs,
    read_frames,
    read_image,
    read_images,
    write_ultrasound_dicom,
)

from .samples import asymmetric, shipped


@pytest.fixture
def stills(tmp_path: Path, picture: NDArray[np.uint8]) -> Path:
    """A folder of stills 1, 2 and 10, with a hidden file and a text between them."""
    folder = tmp_path / "stills"
    (folder / "more").mkdir(parents=True)
    for number in (1, 2, 10):
        Pillow.fromarray(np.roll(picture, number, axis=1)).save(folder / f"f{number}.png")
    Pillow.fromarray(picture).save(folder / "more" / "g.png")
    (folder / ".hidden.png").write_bytes((folder / "f1.png").read_bytes())
    (folder / "notes.txt").write_text("not an image")
    return folder


def test_stills_are_inputs_of_their_own(stills: Path) -> None:
    names = [path.name for path in find_inputs([stills])]
    assert names == ["f1.png", "f10.png", "f2.png", "g.png"]


def test_a_pattern_is_expanded(stills: Path) -> None:
    assert [path.name for path in find_inputs([str(stills / "f1*.png")])] == ["f1.png", "f10.png"]


def test_an_input_is_listed_once(stills: Path) -> None:
    assert len(find_inputs([stills / "f1.png", stills])) == 4


def test_a_named_file_stays_whatever_it_is(stills: Path) -> None:
    assert find_inputs([stills / "notes.txt"]) == [stills / "notes.txt"]


def test_a_damaged_image_in_a_folder_is_not_passed_over(stills: Path) -> None:
    (stills / "z.dcm").write_text("hello")
    assert stills / "z.dcm" in find_inputs([stills])


def test_a_report_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric())
    (tmp_path / "sr.dcm").write_bytes(shipped("reportsi.dcm").read_bytes())
    assert find_inputs([tmp_path]) == [tmp_path / "a.dcm"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SesamoidError, match=r"no such file or folder.*Fix:"):
        find_inputs([tmp_path / "nowhere"])


def test_a_pattern_that_matches_nothing(tmp_path: Path) -> None:
    with pytest.raises(SesamoidError, match=r"nothing matches.*Fix:"):
        find_inputs([str(tmp_path / "*.dcm")])


def test_a_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SesamoidError, match=r"no image was found.*Fix:"):
        read_images(tmp_path)


def test_read_images_reads_each_still(stills: Path) -> None:
    assert len(read_images(stills)) == 4


def test_read_image_of_a_folder_of_stills_says_how_many(stills: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"4 separate images.*read_images"):
        read_image(stills)


def test_frames_are_in_natural_order(stills: Path, picture: NDArray[np.uint8]) -> None:
    cine = read_frames(stills, fps=10)
    for frame, number in zip(cine.pixels, (1, 2, 10), strict=True):
        np.testing.assert_array_equal(frame, np.roll(picture, number, axis=1))


def test_frames_have_times_where_the_rate_is_given(stills: Path) -> None:
    assert read_frames(stills, fps=10).frame_times_s == pytest.approx([0, 0.1, 0.2])
    assert read_frames(stills).frame_times_s is None


def test_frames_of_different_size_are_refused(stills: Path) -> None:
    Pillow.fromarray(np.zeros((5, 5), np.uint8)).save(stills / "f3.png")
    with pytest.raises(UnreadableImage, match=r"5 x 5 pixels, the first frame 24 x 40"):
        read_frames(stills)


@pytest.mark.parametrize("fps", [0, -1, float("nan")])
def test_an_impossible_frame_rate_is_refused(stills: Path, fps: float) -> None:
    with pytest.raises(SesamoidError, match="positive"):
        read_frames(stills, fps=fps)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"")
    with pytest.raises(UnreadableImage, match=r"a\.dcm: the file is empty\. Fix:"):
        read_image(tmp_path / "a.dcm")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear doctor,\nthe scan is attached.\n", "a text file"),
        (b"PK\x03\x04" + bytes(60), "a ZIP archive"),
        (b"%PDF-1.7" + bytes(60), "a PDF"),
        (bytes(range(256)), "no known image format"),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.dcm").write_bytes(content)
    with pytest.raises(UnreadableImage, match=rf"{said}.*Fix:"):
        read_image(tmp_path / "a.dcm")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"no such file.*Fix:"):
        read_image(tmp_path / "a.dcm")


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric())
    if os.geteuid() == 0:  # root may read everything: let the opening itself refuse

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    else:
        path.chmod(0)
    with pytest.raises(UnreadableImage, match=r"permission denied.*Fix:"):
        read_image(path)


def test_every_error_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(shipped("MR_truncated.dcm").read_bytes()[:5000])
    with pytest.raises(UnreadableImage) as caught:
        read_image(tmp_path / "a.dcm")
    assert "\n" not in str(caught.value)


def test_provenance_is_filled() -> None:
    source = read_image(shipped("examples_palette.dcm")).provenance
    assert source.instance_uids == ("1.3.46.670589.14.1000.210.2.199999.20110525185628.1.0",)
    assert source.photometric == "PALETTE COLOR"
    assert source.transfer_syntax == "Explicit VR Little Endian"
    assert source.sha256 is not None
    assert len(source.sha256) == 64


def test_attributes_name_the_machine_not_the_patient() -> None:
    found = read_image(shipped("examples_palette.dcm")).attributes
    assert found["model"] == "CX50"
    assert found["transducer"] == "C5-1"
    assert "11-05-25-142825" not in str(found)


def test_a_link_that_leads_back_up_is_followed_once(stills: Path) -> None:
    (stills / "more" / "back").symlink_to(stills)
    assert len(find_inputs([stills])) == 4
