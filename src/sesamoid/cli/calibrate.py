"""`sesamoid calibrate`: what grey levels mean in dB, from a picture of a phantom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sesamoid.cli.console import errors, output, plain, table
from sesamoid.errors import OutputError, SesamoidError

if TYPE_CHECKING:
    from sesamoid.imaging import Crop, Image
    from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration

SHOWN_DEPTHS = 10


def calibrate(
    phantom: Path = typer.Argument(
        ..., help="A picture of a homogeneous phantom, with the settings of the images to come."
    ),
    dynamic_range: float = typer.Option(
        ..., "--dynamic-range", help="Of the log compression in dB, as the scanner shows it."
    ),
    phantom_db: float = typer.Option(
        0.0, "--phantom-db", help="Backscatter of the phantom against the reference, in dB."
    ),
    reference: str = typer.Option("the phantom", "--reference", help="What 0 dB is, in words."),
    settings: str = typer.Option(
        "not stated", "--settings", help="Machine, probe, preset, gain, depth, in words."
    ),
    region: str | None = typer.Option(
        None,
        "--region",
        metavar="TOP:BOTTOM,LEFT:RIGHT",
        help="Even part of the phantom, rows and columns in pixels; else it is looked for.",
    ),
    mm_per_pixel: float | None = typer.Option(
        None, "--mm-per-pixel", help="Scale of a file that carries none, e.g. a PNG."
    ),
    frame: int = typer.Option(0, "--frame", min=0, help="Of a cine, from 0."),
    out: Path = typer.Option(
        Path("backscatter.json"), "--out", "-o", help="File for the calibration."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the calibration as JSON."),
) -> None:
    """Calibrate grey levels to backscatter in dB, on one picture of a homogeneous phantom.

    It holds for this machine, probe, preset, gain and depth alone. Use it with
    `sesamoid analyze muscle … --set backscatter=FILE`.

    Example: sesamoid calibrate phantom.dcm --dynamic-range 70 --settings "L12, MSK, 40 mm"
    """
    import numpy as np

    from sesamoid.imaging import Crop, find_scan_area, read_image
    from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
    from sesamoid.measure.phantom import even_part

    if out.is_dir():
        raise OutputError("there is a folder of this name", path=out, fix="give --out a file.")
    image = _scaled(read_image(phantom), mm_per_pixel, phantom)
    if frame >= image.frames:
        raise SesamoidError(
            f"there is no frame {frame}: it has {image.frames}, from 0",
            path=phantom,
            fix="choose another --frame.",
        )
    grey = image.grey(frame)
    if grey.dtype.itemsize > 1:
        raise SesamoidError(
            f"echo is defined on 8-bit grey levels, and these are {grey.dtype}",
            path=phantom,
            fix="export the image as the scanner shows it.",
        )
    row_mm = image.require_spacing_mm()[-2]
    scan = find_scan_area(image) or Crop(0, 0, *image.size)
    try:
        box = _box(region, image.size) if region else even_part(grey, scan, row_mm=row_mm)
        inside = np.zeros(grey.shape, dtype=bool)
        inside[box.top : box.bottom, box.left : box.right] = True
        made = BackscatterCalibration.from_phantom(
            grey,
            inside,
            phantom_db=phantom_db,
            dynamic_range_db=dynamic_range,
            row_mm=row_mm,
            reference=reference,
            settings=settings,
            top_row=scan.top,
        )
    except SesamoidError as error:
        raise SesamoidError(error.problem, path=error.path or phantom, fix=error.fix) from None
    made.save(out)
    if as_json:
        typer.echo(out.read_text(encoding="utf-8"), nl=False)
    else:
        _show(made, box, chosen=region is not None)
        output.print(f"Calibration: {plain(out)}", soft_wrap=True)
    if settings == "not stated":
        errors.print(
            "[yellow]note[/]: --settings is not stated: nobody will know later which images this "
            "calibration holds for.",
            soft_wrap=True,
        )


def _scaled(image: Image, mm_per_pixel: float | None, path: Path) -> Image:
    from sesamoid.applications.frames import check_scale

    if mm_per_pixel is None:
        if image.spacing_mm is None:
            raise SesamoidError(
                "the file gives no scale, and the calibration goes by depth in mm",
                path=path,
                fix="state it with --mm-per-pixel.",
            )
        return image
    check_scale(mm_per_pixel)
    if image.calibrated:
        raise SesamoidError(
            "the file is calibrated, so --mm-per-pixel would overrule its own scale",
            path=path,
            fix="leave --mm-per-pixel out for this file.",
        )
    return image.with_spacing((mm_per_pixel, mm_per_pixel))


def _box(text: str, size: tuple[int, int]) -> Crop:
    """``TOP:BOTTOM,LEFT:RIGHT`` in pixels, ends excluded, inside a frame of `size`."""
    from sesamoid.imaging import Crop

    try:
        (top, bottom), (left, right) = (
            (int(end) for end in part.split(":")) for part in text.split(",")
        )
    except ValueError:
        raise SesamoidError(
            f"--region {text!r} cannot be understood",
            fix="write rows and columns as TOP:BOTTOM,LEFT:RIGHT, e.g. 80:400,150:450.",
        ) from None
    if not (0 <= top < bottom <= size[0] and 0 <= left < right <= size[1]):
        raise SesamoidError(
            f"--region {text!r} does not lie in the frame",
            fix=f"the frame has {size[0]} rows and {size[1]} columns.",
        )
    return Crop(top, left, bottom - top, right - left)


def _show(made: BackscatterCalibration, box: Crop, *, chosen: bool) -> None:
    shown = table("Grey level of the phantom by depth", ">depth, mm", ">grey level")
    count = len(made.depth_mm)
    steps = min(SHOWN_DEPTHS, count)
    for index in sorted({round(k * (count - 1) / max(1, steps - 1)) for k in range(steps)}):
        shown.add_row(f"{made.depth_mm[index]:.1f}", f"{made.phantom_grey[index]:.1f}")
    output.print(shown)
    how = "as given" if chosen else "found"
    output.print(
        f"Even part ({how}): rows {box.top} to {box.bottom}, columns {box.left} to {box.right}. "
        f"One grey level is {made.db_per_grey:.3f} dB. 0 dB is {plain(made.reference)}; "
        f"the phantom has {made.phantom_db:g} dB.",
        highlight=False,
        soft_wrap=True,
    )
