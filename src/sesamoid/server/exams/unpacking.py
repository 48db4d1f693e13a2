"""Archives that come from outside: nothing lands elsewhere, and nothing swells beyond a limit."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sesamoid.server.access import BadRequest, TooLarge
from sesamoid.server.access.errors import Unprocessable

MAGIC = b"PK\x03\x04"
CHUNK = 2**20
LONGEST_PART = 120


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold.

    Parameters
    ----------
    size : int
        Bytes of all files together, unpacked.
    files : int
    ratio : float
        Unpacked to packed; images and DICOM files stay far below, zip bombs far above (a plain
        deflate bomb reaches 1032, its largest ratio).
    """

    size: int
    files: int = 5000
    ratio: float = 200.0


def is_archive(path: Path) -> bool:
    """Told from the content."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unpack(archive: Path, folder: Path, limits: ArchiveLimits) -> list[Path]:
    """Unpack a zip file.

    Parameters
    ----------
    archive : Path
    folder : Path
        Made where missing; files land in it and nowhere else.
    limits : ArchiveLimits

    Returns
    -------
    list of Path
        The files; hidden ones and those that systems add are passed over.

    Raises
    ------
    BadRequest
        A member would land elsewhere, is a link or is encrypted.
    TooLarge
        More bytes or files than allowed, by what the archive says or by what comes out.
    Unprocessable
        It is damaged.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [one for one in opened.infolist() if not one.is_dir()]
            _check_sizes(members, archive.stat().st_size, limits)
            targets = [(one, _target(one, folder)) for one in members if not _is_noise(one)]
            left = limits.size
            for member, target in targets:
                left -= _extract(opened, member, target, left)
            return [target for _, target in targets]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise Unprocessable(
            f"the archive cannot be unpacked ({type(error).__name__})", fix="pack it again."
        ) from error


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, limits: ArchiveLimits) -> None:
    if len(members) > limits.files:
        raise TooLarge(f"the archive holds {len(members)} files", fix=f"pack {limits.files} files.")
    whole = sum(member.file_size for member in members)
    if whole > limits.size or whole > limits.ratio * max(packed, 1):
        raise TooLarge(
            f"the archive of {packed:,} bytes unpacks to {whole:,}", fix="pack fewer files."
        )


def _target(member: zipfile.ZipInfo, folder: Path) -> Path:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    bad = (
        not parts
        or name.startswith("/")
        or any(part == ".." or ":" in part or "\0" in part for part in parts)
        or any(len(part) > LONGEST_PART for part in parts)
    )
    target = folder.joinpath(*parts)
    if bad or not target.resolve().is_relative_to(folder.resolve()):
        raise BadRequest(
            f"the archive has a member {member.filename[:80]!r} that would land elsewhere",
            fix="pack plain files.",
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise BadRequest(f"the archive holds a link, {name[:80]!r}", fix="pack plain files.")
    if member.flag_bits & 1:
        raise BadRequest("the archive is encrypted", fix="pack it without a password.")
    return target


def _is_noise(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Bytes that came out, which may be more than the archive says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with archive.open(member) as source, target.open("xb") as out:
        while chunk := source.read(CHUNK):
            count += len(chunk)
            if count > most:
                raise TooLarge("the archive unpacks to more than is allowed", fix="pack less.")
            out.write(chunk)
    return count
