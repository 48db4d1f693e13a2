"""SR, SEG and the reference instance: read back by highdicom, judged by dciodvfy."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.data import get_charset_files, get_testdata_file

sys.path.insert(0, str(Path(__file__).parent))
import dciodvfy

from sesamoid.anatomy import Code, structure
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.errors import OutputError
from sesamoid.findings import Quantity, Region
from sesamoid.imaging import Image, Modality, Provenance
from sesamoid.reports import (
    reference_instance,
    segmentation,
    structured_report,
    write_segmentation,
    write_structured_report,
)

needs_validator = pytest.mark.skipif(not dciodvfy.AVAILABLE, reason=dciodvfy.REASON)


def written(result, folder: Path, reference: Path | None = None):
    """Paths of SEG and SR of `result`."""
    made = segmentation(result, reference=reference)
    seg = write_segmentation(made, folder / "seg.dcm")
    report = structured_report(result, reference=reference, segmentation=made)
    return seg, write_structured_report(report, folder / "sr.dcm")


def groups(path: Path):
    return highdicom.sr.srread(path).content.get_planar_roi_measurement_groups()


def texts(path: Path) -> list[str]:
    """All text items of a report."""
    return [e.value for e in pydicom.dcmread(path).iterall() if e.keyword == "TextValue"]


def values(group) -> dict[str, tuple[float, str]]:
    return {m.name.value: (m.value, m.unit.value) for m in group.get_measurements()}


@pytest.mark.parametrize(
    ("frames", "frame", "colour"), [(1, 0, False), (6, 3, False), (1, 0, True)]
)
def test_golden_ellipse(us_result, tmp_path, frames, frame, colour):
    """Area against theory, pi times the half axes: 26 and 48 pixels of 0.1 mm."""
    result = us_result(frames=frames, frame=frame, colour=colour)
    seg, sr = written(result, tmp_path)
    group = groups(sr)[0]
    area, unit = values(group)["42798000"]
    assert unit == "mm2"
    assert area == pytest.approx(np.pi * 2.6 * 4.8, rel=0.02)
    back = highdicom.seg.segread(seg)
    for number, region in enumerate(result.regions):
        plane = back.pixel_array if back.NumberOfFrames == 1 else back.pixel_array[number]
        assert np.array_equal(plane.astype(bool), region.mask)
    assert group.finding_type.value == "84782009"


@needs_validator
@pytest.mark.parametrize(
    ("frames", "frame", "colour"), [(1, 0, False), (6, 3, False), (1, 0, True)]
)
def test_valid_for_ultrasound(us_result, tmp_path, frames, frame, colour):
    result = us_result(frames=frames, frame=frame, colour=colour)
    polygons = write_structured_report(structured_report(result), tmp_path / "polygons.dcm")
    for path in (*written(result, tmp_path), polygons):
        assert dciodvfy.errors(path) == []


def test_multiframe_source_is_named_with_its_frame(us_result, tmp_path):
    result = us_result(frames=6, frame=3)
    seg, sr = written(result, tmp_path)
    uid = result.image.provenance.instance_uids[0]
    for group in highdicom.seg.segread(seg).PerFrameFunctionalGroupsSequence:
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        assert source.ReferencedFrameNumber == 4
        assert source.ReferencedSOPInstanceUID == uid
        assert source.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.3.1"
    reference = groups(sr)[0].referenced_segmentation_frame
    assert reference[1].ReferencedSOPSequence[0].ReferencedFrameNumber == 4


def test_regions_on_two_frames(us_result, tmp_path):
    result = us_result(frames=6, frame=3)
    first, second = result.regions
    result = replace(result, regions=(first, replace(second, frame=5)))
    seg, sr = written(result, tmp_path)
    named = {
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber: int(
            group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber
        )
        for group in highdicom.seg.segread(seg).PerFrameFunctionalGroupsSequence
    }
    assert named == {1: 4, 2: 6}
    if dciodvfy.AVAILABLE:
        assert [*dciodvfy.errors(seg), *dciodvfy.errors(sr)] == []


def test_polygon_counts_from_the_corner_of_the_first_pixel(us_result, tmp_path):
    """PS3.3 C.18.6.1.2: (0, 0) is the corner; a centre is at (0.5, 0.5); column before row."""
    path = write_structured_report(structured_report(us_result()), tmp_path / "sr.dcm")
    points = groups(path)[0].roi.value
    assert points[0] == pytest.approx(points[-1])
    assert points[:, 0].max() == pytest.approx(259)
    assert points[:, 1].min() == pytest.approx(124)


def test_tracking_is_shared_and_stable(us_result, tmp_path):
    result = us_result()
    seg, sr = written(result, tmp_path)
    segments = highdicom.seg.segread(seg).SegmentSequence
    found = groups(sr)
    assert [s.TrackingUID for s in segments] == [g.tracking_uid for g in found]
    again = segmentation(result)
    assert again.SegmentSequence[0].TrackingUID == segments[0].TrackingUID


def test_uncertainty_and_algorithm(us_result, tmp_path):
    result = us_result()
    _, sr = written(result, tmp_path)
    area = result.measurements[0]
    found = [e.value for e in pydicom.dcmread(sr).iterall() if e.keyword == "FloatingPointValue"]
    assert area.uncertainty.high - area.value in found
    assert area.value - area.uncertainty.low in found
    assert "pixel count" in texts(sr)
    assert "nerve-us" in texts(sr)


@pytest.mark.parametrize(("letter", "code"), [("A", "RID12"), ("B", "RID13"), ("C", "RID14")])
def test_grade_is_coded(us_result, tmp_path, letter, code):
    report = structured_report(us_result(letter=letter))
    path = write_structured_report(report, tmp_path / "sr.dcm")
    content = highdicom.sr.srread(path).content
    (group,) = content.get_image_measurement_groups()
    found = {e.name.value: e.value for e in group.get_qualitative_evaluations()}
    assert found["111101"].value == code
    assert found["IMAGE_GRADE"].meaning == f"Grade {letter}"


def test_confidence_is_named_as_what_it_is(us_result, tmp_path):
    result = us_result()
    seen = Quantity("seen", "Seen", Code("SEEN", LOCAL_SCHEME, "Share that is seen"), "Of 1.")
    first, second = result.regions
    regions = (replace(first, confidence_is=seen), second)
    _, sr = written(replace(result, regions=regions), tmp_path)
    one, other = (values(group) for group in groups(sr))
    assert one["SEEN"] == (pytest.approx(first.confidence), "1")
    assert "CONFIDENCE" not in one
    assert other["CONFIDENCE"] == (pytest.approx(second.confidence), "1")


def test_unknown_confidence_is_left_out(us_result, tmp_path):
    result = us_result()
    regions = tuple(replace(region, confidence=None) for region in result.regions)
    _, sr = written(replace(result, regions=regions), tmp_path)
    assert groups(sr)
    assert all("CONFIDENCE" not in values(group) for group in groups(sr))


def test_pixels_where_not_calibrated(us_result, tmp_path):
    _, sr = written(us_result(spacing=None), tmp_path)
    assert values(groups(sr)[0])["42798000"][1] == "{pixels}"


def test_missing_value_is_told_in_words(us_result, tmp_path):
    _, sr = written(us_result(), tmp_path)
    assert "Flattening ratio: no value, the outline touches the border" in texts(sr)


def test_patient_and_study_are_those_of_the_source(us_result, tmp_path):
    result = us_result()
    source = pydicom.dcmread(result.image.provenance.path)
    for path in written(result, tmp_path):
        made = pydicom.dcmread(path)
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "AccessionNumber"):
            assert made[keyword].value == source[keyword].value
        assert "not a medical device" in made.SeriesDescription.lower()


def test_no_region_no_segmentation(us_result):
    with pytest.raises(OutputError, match="no region"):
        segmentation(us_result(letter="C"))


def test_png_has_nothing_to_refer_to(make_result):
    with pytest.raises(OutputError, match="nothing to refer to"):
        structured_report(make_result())


@pytest.mark.parametrize(
    "options",
    [{}, {"colour": True}, {"frames": 4, "frame": 2}, {"letter": "C", "spacing": None}],
    ids=["grey", "colour", "video", "not measurable"],
)
def test_reference_instance(make_result, tmp_path, options):
    result = make_result("exam/Mustermann_Erika.png", **options)
    reference = reference_instance(result, tmp_path)
    dataset = pydicom.dcmread(reference)
    shown = dataset.pixel_array
    wanted = result.image.pixels
    if options.get("frames"):
        wanted = wanted[[0, 2]]  # of the grade, of the findings
    if options.get("colour"):
        wanted = wanted[..., 0]  # grey in three equal channels is stored as grey
    assert np.array_equal(shown, wanted.squeeze())
    assert b"Mustermann" not in reference.read_bytes()
    assert "dummies" in dataset.PatientComments
    files = [reference]
    if result.regions:
        files += written(result, tmp_path, reference)
        back = highdicom.seg.segread(files[1])
        assert np.array_equal(back.pixel_array[0].astype(bool), result.regions[0].mask)
    else:
        report = structured_report(result, reference=reference)
        files.append(write_structured_report(report, tmp_path / "sr.dcm"))
    highdicom.sr.srread(files[-1])
    if dciodvfy.AVAILABLE:
        assert [e for path in files for e in dciodvfy.errors(path)] == []


def shipped(name: str) -> tuple[pydicom.Dataset, Path, Image]:
    """One of pydicom's own files, with blank pixels in place of decoded ones."""
    found = get_testdata_file(name, download=False) or next(iter(get_charset_files(name)), "")
    path = Path(found)
    if not path.is_file():
        pytest.skip(f"{name} is not shipped with this pydicom")
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    pixels = np.zeros(
        (int(dataset.get("NumberOfFrames") or 1), dataset.Rows, dataset.Columns), np.uint8
    )
    provenance = Provenance(
        path, "DICOM", instance_uids=(str(dataset.SOPInstanceUID),), source_files=(path,)
    )
    return dataset, path, Image(pixels, provenance, modality=Modality.ULTRASOUND)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("examples_palette.dcm", 0),
        ("examples_ybr_color.dcm", 17),
        ("examples_rgb_color.dcm", 0),
        ("examples_jpeg2k.dcm", 0),
        ("SC_rgb_rle_2frame.dcm", 1),
        ("MR_small.dcm", 0),
        ("CT_small.dcm", 0),
        ("JPEG2000.dcm", 0),
        ("chrX1.dcm", 0),
        ("chrGreek.dcm", 0),
    ],
)
def test_real_sources(make_result, tmp_path, name, frame):
    dataset, _, image = shipped(name)
    mask = np.zeros(image.size, bool)
    mask[5 : image.size[0] // 2, 7 : image.size[1] // 3] = True
    region = Region("nerve-1", structure("nerve"), mask, 0.9, frame)
    base = make_result()
    measured = tuple(replace(m, frame=frame) for m in base.measurements)
    result = replace(
        base,
        image=image,
        regions=(region,),
        lines=(),
        landmarks=(),
        measurements=measured,
        grade=replace(base.grade, frame=frame),
        scan_area=None,
    )
    seg, sr = written(result, tmp_path)
    back = highdicom.seg.segread(seg)
    assert np.array_equal(back.pixel_array.squeeze().astype(bool), mask)
    assert "42798000" in values(groups(sr)[0])
    made = pydicom.dcmread(sr)
    assert str(made.PatientName) == str(dataset.PatientName)


def test_cropped_image_is_pasted_back(us_result, tmp_path):
    from sesamoid.imaging import Crop

    whole = us_result()
    crop = Crop(40, 60, 300, 380)
    regions = tuple(
        replace(r, mask=r.mask[crop.top : crop.bottom, crop.left : crop.right])
        for r in whole.regions
    )
    result = replace(whole, image=whole.image.cropped(crop), regions=regions)
    back = highdicom.seg.segread(written(result, tmp_path)[0])
    assert np.array_equal(back.pixel_array[0].astype(bool), whole.regions[0].mask)
    polygons = write_structured_report(structured_report(result), tmp_path / "p.dcm")
    assert groups(polygons)[0].roi.value[:, 0].max() == pytest.approx(259)


def test_mask_of_another_size_is_refused(us_result):
    result = us_result()
    small = replace(result.regions[0], mask=np.ones((10, 10), bool))
    with pytest.raises(OutputError, match="10 x 10"):
        segmentation(replace(result, regions=(small,)))
