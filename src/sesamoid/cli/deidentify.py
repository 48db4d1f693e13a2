"""`sesamoid deidentify`: a copy without the person, and an account of what was taken out."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, table, track
from sesamoid.errors import SesamoidError


def deidentify_files(
    paths: list[str] = typer.Argument(..., help="DICOM files, folders or patterns."),
    out: Path = typer.Option(..., "--out", "-o", help="Folder for the copies and audit.json."),
    salt: str | None = typer.Option(
        None, "--salt", help="Secret of the batch; the same one keeps references together."
    ),
    no_text: bool = typer.Option(
        False, "--confirm-no-text", help="State that nothing personal is burned into the pixels."
    ),
) -> None:
    """Copy DICOM images without identity: PS3.15 basic profile, pixels outside the scan blacked.

    Look at the copies before you share them: software cannot promise that nothing is left.

    Example: sesamoid deidentify exam/ --out clean
    """
    from sesamoid.imaging import atomic_path, find_inputs
    from sesamoid.imaging.deidentify import deidentify

    if any(Path(path).is_dir() and Path(path).resolve() == out.resolve() for path in paths):
        raise SesamoidError(
            "the copies would lie among the originals", path=out, fix="give --out another folder."
        )
    require_writable(out)
    secret = salt or secrets.token_hex(16)
    audits, failed = [], []
    files = [
        file
        for path in find_inputs(paths, leave_out=out)
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.is_file()
    ]
    for number, file in enumerate(track(files, total=len(files), what="deidentify"), start=1):
        try:
            audit = deidentify(
                file, out / f"image-{number:05d}.dcm", salt=secret, confirm_no_text=no_text
            )
            audits.append(json.loads(audit.to_json()))
        except SesamoidError as error:
            failed.append(str(error))
            errors.print(f"[bold red]failed[/]: {plain(error)}", soft_wrap=True, highlight=False)
    with atomic_path(out / "audit.json") as path:
        path.write_text(json.dumps({"files": audits, "failed": len(failed)}, indent=2))
    shown = table("", "what", ">files")
    shown.add_row("copied without identity", str(len(audits)))
    shown.add_row("failed", str(len(failed)))
    output.print(shown)
    output.print(f"Account: {plain(out / 'audit.json')}. Look at the copies before you share them.")
    if failed:
        raise typer.Exit(1)
