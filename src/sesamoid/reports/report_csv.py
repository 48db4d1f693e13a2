"""Results as a table: one row a measurement."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    "path",
    "sop_instance_uid",
    "frame",
    "application",
    "model",
    "model_version",
    "origin",
    "grade",
    "structure",
    "region",
    "confidence",
    "quantity",
    "value",
    "unit",
    "method",
    "uncertainty_low",
    "uncertainty_high",
    "reason",
)
"""Columns of ``results.csv``, in order."""

REVIEW_COLUMNS = ("review", "reviewer", "reviewed_at", "review_comment")
"""After them where a human reviewed the findings."""


def rows_of(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one result.

    Parameters
    ----------
    entry : mapping
        From `sesamoid.reports.report_json.result_to_dict`.

    Returns
    -------
    list of dict
        One a measurement; a single one that gives the reason where nothing was measured. An
        empty cell means not applicable.
    """
    uids = entry["image"]["instance_uids"]
    common = {
        "path": entry["path"],
        "sop_instance_uid": uids[0] if len(uids) == 1 else "",
        "frame": entry["grade"]["frame"],
        "application": entry["application"],
        "model": entry["model"]["name"],
        "model_version": entry["model"]["version"],
        "origin": entry["model"]["origin"],
        "grade": entry["grade"]["letter"],
    }
    if not entry["measurements"]:
        return [{**common, "reason": _why_nothing(entry)}]
    regions = {region["identifier"]: region for region in entry["regions"]}
    rows = []
    for item in entry["measurements"]:
        region = next((regions[name] for name in item["evidence"] if name in regions), None)
        spread = item["uncertainty"] or {}
        uid = uids[item["frame"]] if len(uids) > 1 and item["frame"] < len(uids) else None
        rows.append(
            {
                **common,
                **({"sop_instance_uid": uid} if uid else {}),
                "frame": item["frame"],
                "structure": region["structure"]["key"] if region else "",
                "region": region["identifier"] if region else "",
                "confidence": _share(region["confidence"]) if region else "",
                "quantity": item["key"],
                "value": "" if item["value"] is None else repr(item["value"]),
                "unit": item["unit"],
                "method": item["method"],
                "uncertainty_low": spread.get("low", ""),
                "uncertainty_high": spread.get("high", ""),
                "reason": item["reason"] or "",
                **_reviewed(item.get("review")),
            }
        )
    for item in entry.get("review", {}).get("rejected", ()):
        if item["kind"] == "measurement":
            owner, _, quantity = item["key"].partition("#")
            rejected = {"region": owner, "quantity": quantity, "reason": "rejected by a reviewer"}
            rows.append({**common, **rejected, **_reviewed(item)})
    return rows


def csv_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """The whole of ``results.csv``, header included, with line ends as RFC 4180 has them."""
    stream = io.StringIO(newline="")
    reviewed = any("review" in entry for entry in entries)
    columns = (*COLUMNS, *(REVIEW_COLUMNS if reviewed else ()))
    writer = csv.DictWriter(stream, columns, restval="")
    writer.writeheader()
    for entry in entries:
        for row in rows_of(entry):
            writer.writerow({name: _harmless(value) for name, value in row.items()})
    return stream.getvalue()


def _reviewed(content: Mapping[str, Any] | None) -> dict[str, Any]:
    if content is None:
        return {}
    told = (content["standing"], content["reviewer"], content["at"] or "", content["comment"])
    return dict(zip(REVIEW_COLUMNS, told, strict=True))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _why_nothing(entry: Mapping[str, Any]) -> str:
    reasons = entry["grade"]["reasons"] or entry["notes"] or ["nothing was found to measure"]
    return f"{entry['status']}: {'; '.join(reasons)}"


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe.

    Source: OWASP, "CSV Injection". Numbers pass: they are written by us.
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value
