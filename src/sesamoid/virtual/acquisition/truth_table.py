"""The truth of a data set as a table, one row a frame: ``truth.parquet``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sesamoid.errors import DataError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.measure.plane_evidence import PlaneEvidence
from sesamoid.virtual.acquisition.truth import FrameTruth

TRUTH_VERSION = 2
"""Raised whenever columns change: a table of another version is refused, not half read."""
_VERSION_KEY = b"sesamoid_truth"

_NUMBERS = pa.map_(pa.string(), pa.float64())
_STRUCTURE = pa.struct(
    [
        ("key", pa.string()),
        ("area_mm2", pa.float32()),
        ("shown_mm2", pa.float32()),
        ("width_mm", pa.float32()),
        ("height_mm", pa.float32()),
        ("depth_mm", pa.float32()),
        ("along_mm", pa.float32()),
    ]
)
SCHEMA = pa.schema(
    [
        # where it is
        ("name", pa.string()), ("image", pa.string()), ("label", pa.string()),
        ("frame", pa.int32()), ("split", pa.string()), ("origin", pa.string()),
        # who it is
        ("person", pa.int64()), ("sex", pa.string()), ("age_years", pa.float32()),
        ("hand_length_mm", pa.float32()), ("side", pa.string()),
        ("variants", pa.list_(pa.string())), ("pathologies", pa.list_(pa.string())),
        ("sizes", _NUMBERS),
        # what it shows
        ("plane", pa.string()), ("nearest_plane", pa.string()), ("digit", pa.int8()),
        ("excess", pa.float32()), ("reversed", pa.bool_()),
        ("along_mm", pa.float32()), ("across_mm", pa.float32()), ("normal_mm", pa.float32()),
        ("rotation_deg", pa.float32()), ("tilt_deg", pa.float32()), ("rock_deg", pa.float32()),
        ("contact", pa.float32()), ("structures", pa.list_(_STRUCTURE)), ("parts", _NUMBERS),
        # what its grade is made of; `parts` is the visibility
        ("plane_probability", pa.float32()), ("centre_offset", pa.float32()),
        ("continuity", _NUMBERS), ("tendon_echo", _NUMBERS), ("depth_fill", pa.float32()),
        ("mean_grey", pa.float32()), ("usable", pa.float32()),
        ("lift_off", pa.float32()), ("reverberation", pa.float32()),
        ("depth_cut", pa.list_(pa.string())), ("dropout", pa.list_(pa.string())),
        ("edge_cut", pa.map_(pa.string(), pa.string())),
        # how good it is
        ("grade", pa.string()), ("score", pa.float32()), ("sub_scores", _NUMBERS),
        ("reasons", pa.list_(pa.string())), ("rule", pa.string()),
        ("mode", pa.string()), ("faults", pa.list_(pa.string())),
        # how it was made
        ("time_s", pa.float32()), ("scanner", pa.string()), ("probe", pa.string()),
        ("frequency_mhz", pa.float32()), ("depth_mm", pa.float32()), ("focus_mm", pa.float32()),
        ("gain_db", pa.float32()), ("tgc_db", pa.list_(pa.float32())),
        ("dynamic_range_db", pa.float32()), ("speckle_reduction", pa.float32()),
        ("looks", pa.int8()), ("persistence", pa.float32()), ("gel_mm", pa.float32()),
        # where the scan lies in the picture; the layout is empty where there is no console
        ("layout", pa.string()), ("rows", pa.int32()), ("columns", pa.int32()),
        ("region_top", pa.int32()), ("region_left", pa.int32()),
        ("region_height", pa.int32()), ("region_width", pa.int32()),
        ("row_spacing_mm", pa.float64()), ("column_spacing_mm", pa.float64()),
    ],
    metadata={_VERSION_KEY: str(TRUTH_VERSION)},
)  # fmt: skip
"""Columns and their types; lengths in mm, angles in degrees, times in seconds."""


def truth_row(truth: FrameTruth, **place: Any) -> dict[str, Any]:
    """A row of `SCHEMA`; what the truth does not know (files, region, mode) comes by `place`."""
    person, grade = truth.person, truth.grade
    return {
        "origin": "virtual",
        "person": person.seed,
        "sex": person.sex,
        "age_years": person.age_years,
        "hand_length_mm": person.hand_length_mm,
        "side": person.side,
        "variants": sorted(person.variants),
        "pathologies": [
            ":".join(str(part) for part in (p.kind, p.severity, p.site) if part != "")
            for p in person.pathologies
        ],
        "sizes": _pairs(truth.sizes),
        "plane": truth.plane,
        "nearest_plane": truth.nearest,
        "digit": truth.digit,
        "excess": truth.excess,
        "reversed": truth.reversed,
        **asdict(truth.error),
        "contact": truth.contact,
        "structures": [asdict(structure) for structure in truth.structures],
        **_evidence_columns(truth.evidence),
        "grade": grade.letter.value,
        "score": grade.score,
        "sub_scores": [(sub.name, sub.score) for sub in grade.sub_scores],
        "reasons": list(grade.reasons),
        "rule": grade.rule,
        "faults": list(truth.faults),
        "time_s": truth.time_s,
        "scanner": truth.machine,
        **{key: value for key, value in asdict(truth.settings).items() if key in SCHEMA.names},
        **place,
    }


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as a Parquet file, whole or not at all; equal rows give equal bytes."""
    write_table(path, pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMA))


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as a Parquet file, whole or not at all."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_table(path: Path) -> pa.Table:
    """Read a table of `SCHEMA`; DataError where it is none, or of another version."""
    try:
        version = int((pq.read_schema(path).metadata or {}).get(_VERSION_KEY, b"1"))
        if version != TRUTH_VERSION:
            raise DataError(
                f"this table of truth has version {version}, and this program reads "
                f"{TRUTH_VERSION}",
                path=path,
                fix="simulate the data set again, into another folder.",
            )
        return pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowException) as error:
        text = " ".join(str(error).split())
        raise DataError(
            f"this is no table of truth ({text})", path=path, fix="delete it and run again."
        ) from None


def evidence_of(row: Mapping[str, Any]) -> PlaneEvidence:
    """The evidence of a row as ``Table.to_pylist`` gives it; its grade is the row's grade."""
    return PlaneEvidence(
        visibility=dict(row["parts"]),
        plane_probability=row["plane_probability"],
        reversed=row["reversed"],
        continuity=dict(row["continuity"]),
        tendon_echo=dict(row["tendon_echo"]),
        depth_cut=frozenset(row["depth_cut"]),
        dropout=frozenset(row["dropout"]),
        edge_cut=dict(row["edge_cut"]),
        **{name: row[name] for name in _PICTURE},
    )


_PICTURE = ("centre_offset", "depth_fill", "mean_grey", "usable", "lift_off", "reverberation")


def _evidence_columns(evidence: PlaneEvidence) -> dict[str, Any]:
    return {
        "parts": _pairs(evidence.visibility),
        "plane_probability": evidence.plane_probability,
        "continuity": _pairs(evidence.continuity),
        "tendon_echo": _pairs(evidence.tendon_echo),
        "depth_cut": sorted(evidence.depth_cut),
        "dropout": sorted(evidence.dropout),
        "edge_cut": list(evidence.edge_cut.items()),
        **{name: getattr(evidence, name) for name in _PICTURE},
    }


def _pairs(values: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(key, float(value)) for key, value in values.items()]
