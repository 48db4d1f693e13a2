"""`sesamoid doctor`: what works on this machine, what does not, and how to get it."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata

import typer

from sesamoid import __version__
from sesamoid.cli.console import output, plain, table
from sesamoid.cores import usable_cores
from sesamoid.errors import SesamoidError


@dataclass(frozen=True)
class _Check:
    name: str
    state: str
    detail: str


def doctor() -> None:
    """Check this installation: libraries, codecs, models.

    Example: sesamoid doctor
    """
    checks = [*_machine(), *_libraries(), *_codecs(), *_models(), *_tools()]
    out = table(f"Sesamoid {__version__}", "", "what", "detail")
    marks = {"ok": "[green]ok[/]", "optional": "[yellow]optional[/]", "broken": "[red]broken[/]"}
    for check in checks:
        out.add_row(marks[check.state], plain(check.name), plain(check.detail))
    output.print(out)
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(1)


def _machine() -> list[_Check]:
    return [
        _Check("Python", "ok", f"{sys.version.split()[0]} on {platform.platform()}"),
        _Check("processors", "ok", f"{usable_cores()} (analysing uses all; see --threads)"),
    ]


def _libraries() -> list[_Check]:
    out = []
    for name in ("onnxruntime", "pydicom", "highdicom", "python-gdcm", "av", "nibabel"):
        try:
            out.append(_Check(name, "ok", metadata.version(name)))
        except metadata.PackageNotFoundError:
            out.append(_Check(name, "broken", "missing: install Sesamoid again"))
    for name, purpose in (("torch", "training"), ("monai", "training"), ("lightning", "training")):
        present = importlib.util.find_spec(name) is not None
        detail = metadata.version(name) if present else f"for {purpose}: `make test` installs it"
        out.append(_Check(name, "ok" if present else "optional", detail))
    return out


def _codecs() -> list[_Check]:
    from pydicom.pixels import get_decoder
    from pydicom.uid import (
        JPEG2000,
        JPEG2000Lossless,
        JPEGBaseline8Bit,
        JPEGLosslessSV1,
        JPEGLSLossless,
        RLELossless,
    )

    out = []
    for syntax in (
        RLELossless,
        JPEGBaseline8Bit,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEG2000,
        JPEG2000Lossless,
    ):
        decoder = get_decoder(syntax)
        state = "ok" if decoder.is_available else "broken"
        detail = ", ".join(decoder.available_plugins) or "no decoder: install python-gdcm"
        out.append(_Check(f"DICOM {syntax.name}", state, detail))
    return out


def _models() -> list[_Check]:
    from sesamoid.models import bundles
    from sesamoid.models.runtime import resident_runtime

    out = []
    for name, one in bundles().items():
        try:
            resident_runtime(one, 1)
            out.append(_Check(f"model {name}", "ok", f"{one.manifest.version}, weights verified"))
        except SesamoidError as error:
            out.append(_Check(f"model {name}", "broken", str(error)))
    return out or [_Check("models", "broken", "none installed")]


def _tools() -> list[_Check]:
    found = shutil.which("dciodvfy")
    return [
        _Check(
            "dciodvfy",
            "ok" if found else "optional",
            found or "validates DICOM output in the tests: Debian package dicom3tools",
        )
    ]
