"""Images, data sets and results with known contents, built without a reader or a model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from sesamoid.anatomy import Code, structure
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.findings import (
    Category,
    DataOrigin,
    Grade,
    GradeLetter,
    Landmark,
    Line,
    Measurement,
    ModelReference,
    Quantity,
    Region,
    Result,
    SubScore,
    Uncertainty,
)
from sesamoid.imaging import Crop, Image, Modality, Provenance, UltrasoundRegion

AREA = Quantity("area", "Area", Code("42798000", "SCT", "Area"), "Pixels times pixel area.")
PERIMETER = Quantity(
    "perimeter", "Perimeter", Code("131191004", "SCT", "Perimeter"), "Length of the outline."
)
LONG = Quantity(
    "long_axis", "Long axis", Code("103339001", "SCT", "Long axis"), "Longest Feret diameter."
)
SHORT = Quantity(
    "short_axis", "Short axis", Code("103340004", "SCT", "Short axis"), "Across the long axis."
)
RATIO = Quantity(
    "flattening_ratio",
    "Flattening ratio",
    Code("FLATTENING_RATIO", LOCAL_SCHEME, "Flattening ratio"),
    "Long axis over short axis.",
)
MODEL = ModelReference(
    name="nerve-us",
    version="0.1.0",
    sha256="ab" * 32,
    trained_on="Example set (CC BY 4.0), Example et al. 2024",
    origin=DataOrigin.REAL,
    card="model-card.md",
)


@dataclass(frozen=True)
class Ellipse:
    """Centre and half axes in pixels; rows are the short axis."""

    row: float
    column: float
    half_rows: float
    half_columns: float

    def mask(self, size: tuple[int, int]) -> np.ndarray:
        rows, columns = np.mgrid[: size[0], : size[1]]
        inside = ((rows - self.row) / self.half_rows) ** 2 + (
            (columns - self.column) / self.half_columns
        ) ** 2
        return inside <= 1

    def area_mm2(self, spacing: float) -> float:
        return math.pi * self.half_rows * self.half_columns * spacing**2


NERVE = Ellipse(150, 210, 26, 48)
VESSEL = Ellipse(168, 320, 17, 19)


def speckle(size: tuple[int, int], shapes: tuple[Ellipse, ...], frames: int = 1) -> np.ndarray:
    """Ultrasound-like uint8 pixels of shape (frames, rows, columns)."""
    noise = np.random.default_rng(7).rayleigh(0.28, (frames, *size))
    depth = np.linspace(1, 0.45, size[0])[None, :, None]
    picture = 90 * noise * depth + 25
    for number, shape in enumerate(shapes):
        picture[:, shape.mask(size)] *= 0.5 + 0.0 * number
    return np.clip(picture, 0, 255).astype(np.uint8)


def us_dataset(
    pixels: np.ndarray, spacing_mm: float | None, *, multiframe: bool, colour: bool = False
) -> Dataset:
    """A conformant ultrasound data set; pixels are (frames, rows, columns[, 3])."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = f"1.2.840.10008.5.1.4.1.1.{'3.1' if multiframe else '6.1'}"
    ds.SOPInstanceUID = generate_uid()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID = "Test^Arm", "T-1"
    ds.PatientBirthDate, ds.PatientSex = "19700101", "F"
    ds.StudyDate, ds.StudyTime, ds.StudyID = "20250102", "101500", "1"
    ds.AccessionNumber, ds.ReferringPhysicianName = "A-7", ""
    ds.Modality, ds.Manufacturer = "US", "Test"
    ds.SeriesNumber, ds.InstanceNumber = 1, 1
    ds.ImageType = ["ORIGINAL", "PRIMARY", "", "0001"]
    ds.Laterality, ds.PatientOrientation = "R", ""
    ds.Rows, ds.Columns = pixels.shape[1:3]
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
        ds.UltrasoundColorDataPresent = 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    if multiframe:
        ds.NumberOfFrames = len(pixels)
        ds.FrameTime = "40"
        ds.FrameIncrementPointer = 0x00181063
    if spacing_mm is not None:
        region = Dataset()
        region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
        region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
        region.RegionLocationMaxX1, region.RegionLocationMaxY1 = ds.Columns - 1, ds.Rows - 1
        region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
        region.PhysicalDeltaX = region.PhysicalDeltaY = spacing_mm / 10
        ds.SequenceOfUltrasoundRegions = [region]
    ds.PixelData = pixels.tobytes()
    return ds


def grade(letter: str = "A") -> Grade:
    reasons = {
        "A": (),
        "B": ("the outline is blurred at its lower edge",),
        "C": ("no nerve was found", "the image is too dark"),
    }[letter]
    score = {"A": 0.93, "B": 0.61, "C": 0.22}[letter]
    return Grade(
        GradeLetter(letter),
        score,
        (
            SubScore("sharpness", min(1.0, score + 0.04), "edge width 3.1 px"),
            SubScore("gain", score, "mean grey 61"),
            SubScore("coverage", max(0.0, score - 0.1), "the outline keeps 24 px from the border"),
        ),
        reasons,
        "sesamoid quality rule 1 (a proposal, not published)",
    )


def measurements_of(
    identifier: str, shape: Ellipse, spacing: float | None, frame: int
) -> tuple[Measurement, ...]:
    step, mm = spacing or 1.0, spacing is not None
    how = "pixel count" if mm else "pixel count; in pixels, for want of calibration"
    pixels = np.count_nonzero(shape.mask((400, 600))) * step**2
    spread = Uncertainty(pixels * 0.9, pixels * 1.12, 0.95, "test set, real data") if mm else None
    lengths = "mm" if mm else "{pixels}"
    long_mm, short_mm = 2 * shape.half_columns * step, 2 * shape.half_rows * step
    evidence = (identifier,)
    return (
        Measurement(
            AREA, float(pixels), "mm2" if mm else "{pixels}", how, evidence, spread, frame=frame
        ),
        Measurement(
            PERIMETER, math.pi * (long_mm + short_mm) / 2, lengths, how, evidence, frame=frame
        ),
        Measurement(LONG, long_mm, lengths, how, evidence, frame=frame),
        Measurement(SHORT, short_mm, lengths, how, evidence, frame=frame),
        Measurement(RATIO, long_mm / short_mm, "1", "long / short axis", evidence, frame=frame),
    )


@pytest.fixture(scope="session")
def make_result() -> Callable[..., Result]:
    """A factory of results; every argument has a default."""

    def make(
        path: Path | str = "exam/wrist.png",
        *,
        letter: str = "A",
        spacing: float | None = 0.1,
        frame: int = 0,
        frames: int = 1,
        size: tuple[int, int] = (360, 480),
        shapes: tuple[tuple[str, Ellipse], ...] = (("nerve", NERVE), ("vessel", VESSEL)),
        dataset: Dataset | None = None,
        colour: bool = False,
        evidence: bool = False,
        notes: tuple[str, ...] = ("The cut-off for carpal tunnel syndrome is not applied.",),
    ) -> Result:
        pixels = speckle(size, tuple(s for _, s in shapes), frames)
        if colour:
            pixels = np.repeat(pixels[..., None], 3, axis=-1)
        path = Path(path)
        if dataset is not None:
            dataset.save_as(path, enforce_file_format=True)
        uid = () if dataset is None else (str(dataset.SOPInstanceUID),)
        whole = UltrasoundRegion(
            Crop(0, 0, *size), (spacing, spacing) if spacing else None, "2D tissue"
        )
        image = Image(
            pixels,
            Provenance(
                path,
                "PNG" if dataset is None else "DICOM",
                instance_uids=uid,
                source_files=() if dataset is None else (path,),
                sha256="cd" * 32,
            ),
            modality=Modality.ULTRASOUND,
            spacing_mm=(spacing, spacing) if spacing else None,
            regions=(whole,) if spacing else (),
        )
        measurable = letter != "C"
        regions, found, lines = [], [], []
        for number, (key, shape) in enumerate(shapes if measurable else (), start=1):
            identifier = f"{key}-{number}"
            regions.append(
                Region(identifier, structure(key), shape.mask(size), 0.94 - 0.05 * number, frame)
            )
            found.extend(measurements_of(identifier, shape, spacing, frame))
            lines += [
                Line(
                    f"{identifier}-long",
                    "long axis",
                    (shape.row, shape.column - shape.half_columns),
                    (shape.row, shape.column + shape.half_columns),
                    frame,
                ),
                Line(
                    f"{identifier}-short",
                    "short axis",
                    (shape.row - shape.half_rows, shape.column),
                    (shape.row + shape.half_rows, shape.column),
                    frame,
                ),
            ]
        if measurable:
            found.append(
                Measurement(
                    RATIO, None, "1", "none", reason="the outline touches the border", frame=frame
                )
            )
        maps = None
        if evidence:
            field = np.exp(-4 * (NERVE.mask(size) == 0).astype(np.float32))
            rows, columns = np.mgrid[: size[0], : size[1]]
            near = np.hypot((rows - NERVE.row) / 40, (columns - NERVE.column) / 70)
            maps = np.stack([1 - np.exp(-(near**2)), np.exp(-(near**2)) * field**0.1])
            maps = maps.astype(np.float32)
        return Result(
            "nerve",
            image,
            MODEL,
            grade(letter),
            tuple(regions),
            tuple(lines),
            (Landmark("centre-1", "centre of the nerve", (NERVE.row, NERVE.column), frame),)
            if measurable
            else (),
            tuple(found),
            (Category("standard plane", (("carpal tunnel inlet", 0.9), ("other", 0.1))),),
            notes,
            Crop(0, 0, *size),
            maps,
            ("background", "nerve") if evidence else (),
            0.31,
            (frame,),
            {"threshold": 0.5},
        )

    return make


@pytest.fixture
def us_result(make_result: Callable[..., Result], tmp_path: Path) -> Callable[..., Result]:
    """A factory of results on a DICOM ultrasound file that exists."""

    def make(
        *,
        frames: int = 1,
        frame: int = 0,
        spacing: float | None = 0.1,
        size: tuple[int, int] = (360, 480),
        colour: bool = False,
        **options: object,
    ) -> Result:
        pixels = speckle(size, (NERVE, VESSEL), frames)
        if colour:
            pixels = np.repeat(pixels[..., None], 3, axis=-1)
        dataset = us_dataset(pixels, spacing, multiframe=frames > 1, colour=colour)
        return make_result(
            tmp_path / f"us-{frames}-{colour}.dcm",
            frames=frames,
            frame=frame,
            spacing=spacing,
            size=size,
            dataset=dataset,
            colour=colour,
            **options,
        )

    return make
