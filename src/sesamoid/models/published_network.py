"""One of the published pair on the disk: its ONNX file, and what is known of it beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesamoid.errors import ModelError
from sesamoid.imaging import atomic_path
from sesamoid.models.joint_task import JointTask

SCHEMA = "sesamoid-published-network-v1"
PLANES, ANATOMY = "resnet50", "hrnet_w32"
"""Names of the networks and of their files: which plane, and which anatomy (Tang et al. 2026)."""
_FIX = "train it: `sesamoid train wrist_hand --recipe {} --data … --out …`."


@dataclass(frozen=True)
class PublishedNetwork:
    """What stands beside the weights.

    Parameters
    ----------
    network : str
        `PLANES` or `ANATOMY`.
    version : str
        Of Sesamoid, which trained it.
    sha256 : str
        Of the ONNX file.
    canvas_size : (rows, columns)
        What the network takes.
    packed_size : (rows, columns)
        Of the canvas that its pictures lay on in training: the joint network's.
    grey_exponent : float
    task : JointTask
        Whose planes, or whose classes, it tells; of the rest it knows nothing.
    data, licence, origin : str
        What it was trained on.
    training : dict
        ``pictures``, ``pictures_shown``, ``minutes`` (None: not known), ``starting_weights``,
        ``recipe``, ``command``, ``date``.
    figures : dict
        Of its own, on people held out. Not those of `sesamoid evaluate`.
    """

    network: str
    version: str
    sha256: str
    canvas_size: tuple[int, int]
    packed_size: tuple[int, int]
    grey_exponent: float
    task: JointTask
    data: str
    licence: str
    origin: str
    training: dict[str, Any]
    figures: dict[str, Any]

    def write(self, weights: Path) -> Path:
        """Put it beside the ONNX file."""
        content = {"schema": SCHEMA, **asdict(self)}
        beside = weights.with_suffix(".json")
        with atomic_path(beside) as path:
            path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        return beside

    @classmethod
    def read(cls, weights: Path) -> tuple[PublishedNetwork, bytes]:
        """What is known of an ONNX file, and its content.

        Raises
        ------
        ModelError
            A file is missing or damaged, or they do not belong together.
        """
        beside = weights.with_suffix(".json")
        fix = _FIX.format(weights.stem)
        try:
            told = json.loads(beside.read_text(encoding="utf-8"))
            content = weights.read_bytes()
        except OSError as error:
            raise ModelError(
                f"it cannot be read ({error.strerror})", path=error.filename, fix=fix
            ) from None
        except ValueError as error:
            raise ModelError(f"it is no JSON ({error})", path=beside, fix=fix) from None
        found = cls._of(told, beside, fix)
        if found.network != weights.stem:
            raise ModelError(
                f"it is of {found.network}, and not of {weights.stem}", path=beside, fix=fix
            )
        if hashlib.sha256(content).hexdigest() != found.sha256:
            raise ModelError(
                f"the weights are not those that {beside.name} names (SHA-256 differs)",
                path=weights,
                fix="restore the file; or train on: the same command writes both again.",
            )
        return found, content

    @classmethod
    def _of(cls, told: Any, path: Path, fix: str) -> PublishedNetwork:
        schema = told.get("schema") if isinstance(told, dict) else None
        if schema != SCHEMA:
            raise ModelError(
                f"it tells nothing of a published network (schema {schema!r})", path=path, fix=fix
            )
        fields = {key: value for key, value in told.items() if key != "schema"}
        try:
            for name in ("canvas_size", "packed_size"):
                rows, columns = fields[name]
                fields[name] = (int(rows), int(columns))
            fields["task"] = JointTask.from_dict(fields["task"])
            return cls(**fields)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"entries are missing in it ({error!r})", path=path, fix=fix) from None


def weights_in(folders: Sequence[Path], network: str) -> Path:
    """The ONNX file of a network in one of some folders.

    Raises
    ------
    ModelError
        There is none, or more than one.
    """
    found = [path for folder in folders if (path := folder / f"{network}.onnx").is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelError(
            f"there are {len(found)} files {network}.onnx: in "
            f"{' and in '.join(str(path.parent) for path in found)}",
            fix="give the folders of one training of each network.",
        )
    raise ModelError(
        f"there is no {network}.onnx",
        path=folders[0] if len(folders) == 1 else None,
        fix=_FIX.format(network),
    )
