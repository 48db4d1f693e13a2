from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from sesamoid.errors import UnreadableImage
from sesamoid.imaging import read_image, write_ultrasound_dicom
from sesamoid.imaging.limits import LIMIT_VARIABLE

from ..samples import asymmetric, shipped

Save = Callable[[Dataset, Path], Path]


def cine(colour: bool = False) -> NDArray[np.uint8]:
    """30 frames, each different."""
    frames = np.stack([np.roll(asymmetric(), i, axis=1) for i in range(30)])
    return np.stack([frames, frames // 2, frames // 3], axis=-1) if colour else frames


@pytest.mark.parametrize("colour", [False, True])
def test_a_30_frame_cine_keeps_every_frame(tmp_path: Path, colour: bool) -> None:
    write_ultrasound_dicom(tmp_path / "a.dcm", cine(colour))
    np.testing.assert_array_equal(read_image(tmp_path / "a.dcm").pixels, cine(colour))


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
@pytest.mark.parametrize("colour", [False, True])
def test_lossless_compression_is_exact(
    tmp_path: Path, save: Save, syntax: pydicom.uid.UID, colour: bool
) -> None:
    dataset = pydicom.dcmread(write_ultrasound_dicom(tmp_path / "a.dcm", cine(colour)[:3]))
    dataset.compress(syntax)
    image = read_image(save(dataset, tmp_path / "b.dcm"))
    np.testing.assert_array_equal(image.pixels, cine(colour)[:3])
    assert image.provenance.transfer_syntax == syntax.name


def gdcm_recompressed(source: Path, target: Path, syntax: int) -> Path:
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFile(reader.GetFile())
    writer.SetFileName(str(target))
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return target


@pytest.mark.parametrize("name", ["JPEGLosslessProcess14_1", "JPEG2000Lossless", "JPEGLSLossless"])
@pytest.mark.parametrize("colour", [False, True])
def test_gdcm_lossless_files_are_exact(tmp_path: Path, name: str, colour: bool) -> None:
    import gdcm

    plain = write_ultrasound_dicom(tmp_path / "a.dcm", cine(colour)[:2])
    packed = gdcm_recompressed(plain, tmp_path / "b.dcm", getattr(gdcm.TransferSyntax, name))
    image = read_image(packed)
    np.testing.assert_array_equal(image.pixels, cine(colour)[:2])
    assert image.provenance.transfer_syntax != "Explicit VR Little Endian"


@pytest.mark.parametrize("name", ["JPEGBaselineProcess1", "JPEG2000"])
def test_lossy_files_look_the_same(tmp_path: Path, name: str) -> None:
    import gdcm

    plain = write_ultrasound_dicom(tmp_path / "a.dcm", cine()[:2])
    packed = gdcm_recompressed(plain, tmp_path / "b.dcm", getattr(gdcm.TransferSyntax, name))
    difference = np.abs(read_image(packed).pixels.astype(int) - cine()[:2])
    assert difference.mean() < 6


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_implicit_and_deflated(tmp_path: Path, syntax: pydicom.uid.UID) -> None:
    dataset = pydicom.dcmread(write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric()))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(tmp_path / "b.dcm", implicit_vr=syntax.is_implicit_VR, little_endian=True)
    np.testing.assert_array_equal(read_image(tmp_path / "b.dcm").pixels[0], asymmetric())


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm"),
    ],
)
def test_shipped_lossless_files_agree(name: str, reference: str) -> None:
    np.testing.assert_array_equal(
        read_image(shipped(name)).pixels, read_image(shipped(reference)).pixels
    )


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb_dcmtk_+eb+cr.dcm",  # RGB in JPEG, no transform
        "SC_rgb_dcmtk_+eb+cy+n1.dcm",
        "SC_rgb_dcmtk_+eb+cy+np.dcm",  # YBR_FULL_422
        "SC_rgb_dcmtk_+eb+cy+s4.dcm",
        "SC_rgb_jpeg_dcmtk.dcm",
        "SC_rgb_jpeg_lossy_gdcm.dcm",
        "SC_rgb_gdcm_KY.dcm",  # JPEG 2000 lossy
        "SC_ybr_full_422_uncompressed.dcm",
        "SC_rgb_jls_lossy_line.dcm",
        "SC_rgb_jls_lossy_sample.dcm",
    ],
)
def test_colours_of_every_encoding_are_those_of_the_test_card(name: str) -> None:
    card = read_image(shipped("SC_rgb_rle.dcm")).pixels[0].astype(int)
    pixels = read_image(shipped(name)).pixels[0].astype(int)
    # Rows in the middle of the card's stripes; lossy colours are off by some levels.
    middles = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]
    assert np.abs(pixels[middles, 50] - card[middles, 50]).max() <= 8


def test_12_bit_jpeg() -> None:
    # Values that pydicom's own tests give for this file (decoded by IJG's reference).
    pixels = read_image(shipped("JPGExtended.dcm")).pixels[0]
    assert (pixels[420, 140], pixels[230, 120]) == (244, 95)


def test_monochrome1_is_inverted(tmp_path: Path, save: Save) -> None:
    dataset = pydicom.dcmread(write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric()))
    dataset.PhotometricInterpretation = "MONOCHROME1"
    image = read_image(save(dataset, tmp_path / "b.dcm"))
    np.testing.assert_array_equal(image.pixels[0], 255 - asymmetric())
    assert image.provenance.photometric == "MONOCHROME1"


def test_bits_above_the_stored_ones_do_not_count(
    tmp_path: Path, save: Save, ct_slice: Callable[..., Dataset]
) -> None:
    dataset = ct_slice(Modality="DX", BitsStored=12, HighBit=11)
    values = np.arange(24, dtype=np.uint16)
    dataset.PixelData = (values | 0xF000).tobytes()
    assert read_image(save(dataset, tmp_path / "a.dcm")).pixels.ravel().tolist() == [*range(24)]


def test_signed_values_stay_signed(
    tmp_path: Path, save: Save, ct_slice: Callable[..., Dataset]
) -> None:
    dataset = ct_slice(Modality="MR", PixelRepresentation=1)
    values = np.arange(24, dtype=np.int16) - 12
    dataset.PixelData = values.tobytes()
    assert read_image(save(dataset, tmp_path / "a.dcm")).pixels.ravel().tolist() == values.tolist()


def test_planar_colour(tmp_path: Path, save: Save) -> None:
    colour = cine(colour=True)[0]
    dataset = pydicom.dcmread(write_ultrasound_dicom(tmp_path / "a.dcm", colour))
    dataset.PlanarConfiguration = 1
    dataset.PixelData = np.moveaxis(colour, -1, 0).tobytes()
    np.testing.assert_array_equal(read_image(save(dataset, tmp_path / "b.dcm")).pixels[0], colour)


def test_an_rle_palette_file(tmp_path: Path, save: Save, ultrasound: Dataset) -> None:
    plain = read_image(shipped("examples_palette.dcm"))
    ultrasound.compress(RLELossless)
    image = read_image(save(ultrasound, tmp_path / "a.dcm"))
    np.testing.assert_array_equal(image.pixels, plain.pixels)
    # The console's header is blue, (36, 62, 97) in the file's palette; its scan is grey.
    assert image.pixels[0, 2, 400].tolist()[2] > image.pixels[0, 2, 400].tolist()[0]


def test_a_grey_palette_becomes_grey(tmp_path: Path, save: Save, ultrasound: Dataset) -> None:
    ultrasound.GreenPaletteColorLookupTableData = ultrasound.RedPaletteColorLookupTableData
    ultrasound.BluePaletteColorLookupTableData = ultrasound.RedPaletteColorLookupTableData
    image = read_image(save(ultrasound, tmp_path / "a.dcm"))
    assert not image.is_colour


def test_equal_channels_become_grey_with_a_note(tmp_path: Path) -> None:
    same = np.stack([asymmetric()] * 3, axis=-1)
    image = read_image(write_ultrasound_dicom(tmp_path / "a.dcm", same))
    assert not image.is_colour
    assert any("grey" in note for note in image.provenance.notes)


def test_one_pixel(tmp_path: Path) -> None:
    image = read_image(write_ultrasound_dicom(tmp_path / "a.dcm", np.array([[9]], np.uint8)))
    assert image.pixels.tolist() == [[[9]]]


def test_cut_off_pixels_are_told() -> None:
    with pytest.raises(UnreadableImage, match=r"cut off: 8130 of 8192 bytes.*Fix:"):
        read_image(shipped("MR_truncated.dcm"))


def test_a_compressed_cine_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    data = shipped("examples_ybr_color.dcm").read_bytes()
    (tmp_path / "a.dcm").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(UnreadableImage, match="Fix:"):
        read_image(tmp_path / "a.dcm")


@pytest.mark.parametrize("share", [0.002, 0.01, 0.02])
def test_a_file_cut_inside_its_header_is_refused(tmp_path: Path, share: float) -> None:
    data = shipped("CT_small.dcm").read_bytes()
    (tmp_path / "a.dcm").write_bytes(data[: 132 + int(share * len(data))])
    with pytest.raises(UnreadableImage, match="Fix:"):
        read_image(tmp_path / "a.dcm")


def test_an_unsupported_transfer_syntax_is_named(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(shipped("MR_small_jp2klossless.dcm"))
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.201"
    dataset.save_as(tmp_path / "a.dcm")
    with pytest.raises(UnreadableImage, match=r"High-Throughput JPEG 2000.*Fix: convert"):
        read_image(tmp_path / "a.dcm")


@pytest.mark.parametrize("name", ["reportsi.dcm", "rtplan.dcm", "waveform_ecg.dcm"])
def test_a_file_without_pixels_is_named(name: str) -> None:
    with pytest.raises(UnreadableImage, match=r"holds no pixels: it is '.*Storage'"):
        read_image(shipped(name))


def test_an_enormous_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", cine())
    monkeypatch.setenv(LIMIT_VARIABLE, "0.00001")
    with pytest.raises(UnreadableImage, match=LIMIT_VARIABLE):
        read_image(path)


def test_without_preamble(tmp_path: Path) -> None:
    whole = write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric()).read_bytes()
    (tmp_path / "bare").write_bytes(whole[132:])
    np.testing.assert_array_equal(read_image(tmp_path / "bare").pixels[0], asymmetric())


def test_nothing_reaches_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(shipped("examples_ybr_color.dcm").read_bytes())
    data[9000:9400] = bytes(400)
    (tmp_path / "a.dcm").write_bytes(data)
    for path in (tmp_path / "a.dcm", shipped("badVR.dcm"), shipped("JPGExtended.dcm")):
        with suppress(UnreadableImage):
            read_image(path)
    assert capfd.readouterr() == ("", "")


def test_jpeg2000_lossless_of_16_bits() -> None:
    assert (
        JPEG2000Lossless.name
        == read_image(shipped("MR_small_jp2klossless.dcm")).provenance.transfer_syntax
    )
