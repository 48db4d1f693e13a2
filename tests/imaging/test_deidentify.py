from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from sesamoid.errors import OutputError, SesamoidError, UnreadableImage
from sesamoid.imaging import (
    Crop,
    UltrasoundRegion,
    deidentify,
    new_salt,
    read_image,
    write_ultrasound_dicom,
)
from sesamoid.imaging.redaction import outside

from .samples import shipped

SECRET = "Doe^Jane"
REGION = UltrasoundRegion(Crop(10, 5, 20, 30), (0.1, 0.1), "2D tissue")


@pytest.fixture
def identified(tmp_path: Path) -> Path:
    """A cine with a person's data at every depth of its header and burned into its margin."""
    pixels = np.full((3, 40, 60), 90, np.uint8)
    pixels[:, :5] = 255
    path = write_ultrasound_dicom(tmp_path / "in.dcm", pixels, regions=[REGION], patient_id=SECRET)
    dataset = pydicom.dcmread(path)
    dataset.PatientBirthDate, dataset.StudyDate = "19800101", "20240229"
    dataset.InstitutionName = SECRET
    request, reference = Dataset(), Dataset()
    request.PatientName = SECRET
    request.ReferencedStudySequence = []
    reference.ReferencedSOPClassUID = dataset.SOPClassUID
    reference.ReferencedSOPInstanceUID = dataset.SOPInstanceUID
    deep = Dataset()
    deep.PersonName = SECRET
    block = deep.private_block(0x0011, "ACME", create=True)
    block.add_new(1, "LO", SECRET)
    reference.PurposeOfReferenceCodeSequence = [deep]
    dataset.RequestAttributesSequence = [request]
    dataset.SourceImageSequence = [reference]
    dataset.ViewCodeSequence = [deep]
    dataset.private_block(0x0019, "ACME", create=True).add_new(1, "LO", SECRET)
    dataset.file_meta.SourceApplicationEntityTitle = "WARD7"
    dataset.preamble = b"Doe^Jane".ljust(128, b"\0")
    dataset.save_as(path)
    return path


def test_no_trace_of_the_name_is_left(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm")
    data = (tmp_path / "out.dcm").read_bytes()
    for text in (b"Doe", b"Jane", b"19800101", b"20240229", b"WARD7", b"ACME"):
        assert text not in data


def test_pixels_outside_the_region_are_black(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm")
    pixels = read_image(tmp_path / "out.dcm").pixels
    expected = np.zeros_like(pixels)
    expected[:, 10:30, 5:35] = 90
    np.testing.assert_array_equal(pixels, expected)


def test_the_calibration_survives(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm")
    assert read_image(tmp_path / "out.dcm").spacing_mm == pytest.approx((0.1, 0.1))


def test_the_object_says_what_was_done(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm")
    dataset = pydicom.dcmread(tmp_path / "out.dcm")
    codes = [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]
    assert (dataset.PatientIdentityRemoved, dataset.BurnedInAnnotation) == ("YES", "NO")
    assert codes == ["113100", "113101"]


def test_one_salt_keeps_references_together(identified: Path, tmp_path: Path) -> None:
    salt = new_salt()
    deidentify(identified, tmp_path / "a.dcm", salt=salt)
    deidentify(identified, tmp_path / "b.dcm", salt=salt)
    one, other = (pydicom.dcmread(tmp_path / name) for name in ("a.dcm", "b.dcm"))
    assert one.StudyInstanceUID == other.StudyInstanceUID
    assert one.SourceImageSequence[0].ReferencedSOPInstanceUID == one.SOPInstanceUID
    assert one.PatientID == other.PatientID


def test_another_salt_cannot_be_linked(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "a.dcm")
    deidentify(identified, tmp_path / "b.dcm")
    one, other = (pydicom.dcmread(tmp_path / name) for name in ("a.dcm", "b.dcm"))
    assert one.StudyInstanceUID != other.StudyInstanceUID
    assert one.PatientID != other.PatientID


def test_uids_are_valid_and_new(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm")
    before, after = (pydicom.dcmread(path) for path in (identified, tmp_path / "out.dcm"))
    assert after.SOPInstanceUID != before.SOPInstanceUID
    assert after.SOPInstanceUID.is_valid
    assert after.SOPClassUID == before.SOPClassUID
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID


def test_a_pseudonym_is_written(identified: Path, tmp_path: Path) -> None:
    deidentify(identified, tmp_path / "out.dcm", pseudonym="STUDY-007")
    assert pydicom.dcmread(tmp_path / "out.dcm").PatientID == "STUDY-007"


def test_the_audit_names_attributes_and_no_values(identified: Path, tmp_path: Path) -> None:
    audit = deidentify(identified, tmp_path / "out.dcm")
    text = audit.to_json()
    assert "Doe" not in text
    emptied = {element["keyword"] for element in json.loads(text)["emptied"]}
    assert {"StudyDate", "PatientBirthDate"} <= emptied | {e.keyword for e in audit.removed}
    assert ("private", "") in {(element.keyword, element.where) for element in audit.removed}
    assert audit.kept == (REGION.bounds,)


def test_a_palette_file_is_written_uncompressed(tmp_path: Path) -> None:
    source = shipped("examples_palette.dcm")
    audit = deidentify(source, tmp_path / "out.dcm")
    image = read_image(tmp_path / "out.dcm")
    assert image.provenance.transfer_syntax == "Explicit VR Little Endian"
    np.testing.assert_array_equal(
        image.pixels[0, 60:, 120:], read_image(source).pixels[0, 60:, 120:]
    )
    assert image.pixels[0, :60].max() == 0
    assert audit.area_source == "ultrasound regions"


def test_the_area_is_looked_for_where_the_file_gives_none(tmp_path: Path) -> None:
    audit = deidentify(shipped("examples_jpeg2k.dcm"), tmp_path / "out.dcm")
    assert audit.area_source == "found"
    assert read_image(tmp_path / "out.dcm").pixels[0, :90].max() == 0


def test_where_no_area_can_be_told_it_asks(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 99, (80, 90)).astype(np.uint8)
    path = write_ultrasound_dicom(tmp_path / "in.dcm", noise)
    with pytest.raises(SesamoidError, match=r"burned in.*--confirm-no-text"):
        deidentify(path, tmp_path / "out.dcm")
    assert not (tmp_path / "out.dcm").exists()


def test_a_confirmation_keeps_the_pixels(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 99, (80, 90)).astype(np.uint8)
    path = write_ultrasound_dicom(tmp_path / "in.dcm", noise)
    audit = deidentify(path, tmp_path / "out.dcm", confirm_no_text=True)
    np.testing.assert_array_equal(read_image(tmp_path / "out.dcm").pixels[0], noise)
    assert audit.redacted == ()


def test_a_region_over_the_whole_picture_proves_nothing(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 99, (80, 90)).astype(np.uint8)
    path = write_ultrasound_dicom(tmp_path / "in.dcm", noise, spacing_mm=(0.1, 0.1))
    with pytest.raises(SesamoidError, match="confirm-no-text"):
        deidentify(path, tmp_path / "out.dcm")


def test_the_original_is_never_overwritten(identified: Path) -> None:
    with pytest.raises(OutputError, match="overwritten"):
        deidentify(identified, identified)


def test_only_dicom(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(UnreadableImage):
        deidentify(tmp_path / "a.txt", tmp_path / "b.dcm")


def test_the_rectangles_outside_cover_the_rest_once() -> None:
    keep = (Crop(2, 3, 4, 5), Crop(4, 6, 5, 6))
    count = np.zeros((12, 15), int)
    for crop in outside(keep, count.shape):
        count[crop.top : crop.bottom, crop.left : crop.right] += 1
    inside = np.zeros(count.shape, bool)
    for crop in keep:
        inside[crop.top : crop.bottom, crop.left : crop.right] = True
    np.testing.assert_array_equal(count, ~inside)
