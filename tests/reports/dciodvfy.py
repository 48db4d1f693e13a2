"""David Clunie's DICOM validator, where it is installed (Debian: dicom3tools)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

AVAILABLE = shutil.which("dciodvfy") is not None
REASON = "dciodvfy is not installed (Debian: apt-get install dicom3tools)"


def errors(path: Path) -> list[str]:
    """The lines of its verdict that say Error."""
    run = subprocess.run(
        ["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False
    )
    lines = (run.stdout + run.stderr).splitlines()
    return [line for line in lines if line.startswith(("Error", "Abort"))]
