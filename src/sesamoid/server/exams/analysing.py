"""A folder of files through an application: pictures with findings, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from sesamoid.applications import AnalysisSettings, application
from sesamoid.errors import SesamoidError
from sesamoid.findings import Result
from sesamoid.imaging import Image, find_inputs, read_image
from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.digest import sha256_of
from sesamoid.reports.canvas import display_frame
from sesamoid.reports.dicom_source import frames_of
from sesamoid.reports.finding_json import model_as_json
from sesamoid.server.reviewing.finding_rows import finding_rows, grade_into
from sesamoid.server.store import Exam, Picture

PICTURES = "frames"


@dataclass
class Analysed:
    """What came of a folder.

    Parameters
    ----------
    pictures : list of Picture
        With their findings, for the exam.
    notes : list of str
        One a file that gave nothing, and why.
    model : dict
        That the application used.
    """

    pictures: list[Picture] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    model: dict[str, Any] = field(default_factory=dict)


def analyse_folder(exam: Exam, folder: Path, below: str, settings: AnalysisSettings) -> Analysed:
    """Analyse every input in ``folder/below`` by the exam's application.

    Parameters
    ----------
    exam : Exam
    folder : Path
        The exam's; pictures are written to it.
    below : str
        Where the inputs are.
    settings : AnalysisSettings
    """
    one, made = application(exam.application), Analysed()
    try:
        inputs = find_inputs([folder / below])
    except SesamoidError as error:
        made.notes.append(error.problem)
        return made
    for path in inputs:
        name = path.relative_to(folder).as_posix()
        try:
            image = read_image(path)
            if image.axes == "frames":
                result = one.analyze(image, settings)
                made.model = made.model or model_as_json(result.model)
                made.pictures += _pictures(result, folder, name, len(made.pictures), settings)
            else:
                made.notes.append(f"{path.name}: a volume, which is not analysed here.")
        except SesamoidError as error:
            made.notes.append(f"{path.name}: {error.sentence}")
        except Exception as error:
            made.notes.append(f"{path.name}: unexpected {type(error).__name__}.")
    return made


def _pictures(
    result: Result, folder: Path, source: str, before: int, settings: AnalysisSettings
) -> list[Picture]:
    planes = {int(p["frame"]): str(p["plane"]) for p in result.extras.get("planes", ())}
    out = []
    for number, frame in enumerate(frames_of(result), start=before + 1):
        file = f"{PICTURES}/{number:04d}.png"
        with atomic_path(folder / file) as temporary:
            Pillow.fromarray(display_frame(result.image, frame)).save(temporary, "PNG")
        rows, columns = result.image.size
        picture = Picture(
            plane=planes.get(frame, ""), number=number, file=file,
            sha256=sha256_of(folder / file), source=source, frame=frame, rows=rows,
            columns=columns, time_s=_time(result.image, frame), kept_by="application",
            kept_because="it was uploaded", spacing_mm=_spacing(result.image, settings),
            notes=list(result.notes), findings=finding_rows(result, frame=frame), annotations=[],
        )  # fmt: skip
        grade_into(picture, result)
        out.append(picture)
    return out


def _time(image: Image, frame: int) -> float | None:
    return None if image.frame_times_s is None else float(image.frame_times_s[frame])


def _spacing(image: Image, settings: AnalysisSettings) -> list[float] | None:
    if settings.mm_per_pixel is not None:
        return [settings.mm_per_pixel, settings.mm_per_pixel]
    return None if image.spacing_mm is None else [float(s) for s in image.spacing_mm[-2:]]
