"""What the evaluating commands wrote, as tables for the model card."""

from __future__ import annotations

from collections.abc import Callable

from sesamoid.errors import DataError
from sesamoid.evidence.measured import MeasuredTable
from sesamoid.models import Manifest

from .measured_comparison import comparison_tables
from .measured_parts import Content, number, spread, table_of
from .measured_sweeps import sweep_tables

BUSY = 0.9
"""A timing that had the processor for less of its time than this was disturbed."""
WEIGHED = (
    "Frames of no plane weigh together as much as all others. Every figure, with the confusion "
    "matrix that has a row of none, is in the command's metrics.json."
)


def measured_tables(content: Content, manifest: Manifest) -> list[MeasuredTable]:
    """Tables of one file of figures, checked to be of the weights that `manifest` names.

    Parameters
    ----------
    content : mapping
        What ``metrics.json``, ``comparison.json``, ``sweeps.json``, ``robustness.json``,
        ``transfer.json`` or `sesamoid bench live --json` holds.
    manifest : Manifest

    Raises
    ------
    DataError
        The content is none of these, or of other weights.
    """
    made = _TABLES.get(str(content.get("schema")))
    if made is None:
        raise DataError(
            f"these are no figures of this model (schema {content.get('schema')!r})",
            fix="give what `sesamoid evaluate wrist_hand` or `sesamoid bench live --json` wrote.",
        )
    model = content.get("model") or {}
    if model.get("sha256") != manifest.weights_sha256:
        named = f"{model.get('name', 'no model')} {model.get('version', '')}".strip()
        raise DataError(
            f"these are figures of other weights ({named}, SHA-256 "
            f"{str(model.get('sha256'))[:12]}, and not {manifest.weights_sha256[:12]})",
            fix="measure this bundle: give its folder as --model to the command.",
        )
    return made(content)


def _metrics(content: Content) -> list[MeasuredTable]:
    data = content["data"]
    name = f"{data['name']}, {content['n_images']} frames of {content['n_people']} people"
    about = table_of(
        content,
        of=f"evaluate {name}",  # sets of one name differ by their size
        data=f"{name}, part {data['part']}.",
        command=f"sesamoid evaluate wrist_hand {data.get('folder', 'DIR')}",
        origin=data["origin"],
    )
    planes, labels = content["plane"], content["segmentation"]
    inside = f"{planes['n_inside']} frames inside tolerance, {planes['n_none']} outside."
    shared = content["table"]
    tables = [
        about(name, shared["columns"], shared["rows"], f"{inside} {WEIGHED}"),
        about(
            f"{name}: planes",
            ("plane", "F1"),
            ((plane, number(value)) for plane, value in planes["f1"].items()),
        ),
    ]
    if labels["n_frames"]:
        columns = ("label", "frames", "Dice", "95 % interval", "HD95 mm", "median HD95 mm")
        rows = [
            (
                label, str(row["n"]), number(row["dice"]), spread(row["ci95"].get("dice")),
                number(row["hd95_mm"], 2), number(row["median_hd95_mm"], 2),
            )
            for label, row in labels["published"].items()
        ]  # fmt: skip
        tables.append(about(f"{name}: the published key labels", columns, rows))
    return tables


def _robustness(content: Content) -> list[MeasuredTable]:
    about = table_of(
        content,
        of="robustness",
        data=f"{content['people']} virtual people at standard poses, machines "
        f"{', '.join(content['machines'])}.",
        command=f"sesamoid evaluate wrist_hand --robustness {content['people']} "
        f"--seed {content['seed']}",
    )
    rows = [
        (
            name, number(row["macro_f1"]), spread(row["f1_ci95"]), number(row["mean_dice"]),
            spread(row["dice_ci95"]), number(row["grade_agreement"]),
        )
        for name, row in content["rows"].items()
    ]  # fmt: skip
    columns = ("picture", "plane F1", "95 % interval", "mean Dice", "95 % interval", "grade agrees")
    note = "F1 over the planes alone; a frame called none counts as missed."
    return [about("pictures that are not as usual", columns, rows, note)]


def _transfer(content: Content) -> list[MeasuredTable]:
    data, shown = content["data"], content["table"]
    about = table_of(
        content,
        of=f"transfer {data['name']}",
        data=f"{data['name']}: {data['images']} real images in {data['groups']} groups, "
        f"{data['folds']} folds.",
        command=content["command"],
    )
    note = "\n".join([content["note"], "", *(f"- {one}" for one in content["findings"])])
    title = f"from virtual to real: {data['name']}"
    return [about(title, shown["columns"], shown["rows"], note)]


def _speed(content: Content) -> list[MeasuredTable]:
    """Tables of several processors stand side by side; of one, the last measured."""
    processor = content.get("processor")
    by = f", {processor}" if processor else ""
    about = table_of(
        content,
        of=f"speed{by}",
        data=f"{content['what'].capitalize()}; {content['repeats']} frames of a virtual console, "
        f"threads: {content['threads'] or 'all'}, cores: {content['cores']}, processor: "
        f"{processor or 'not recorded'}.",
        command=content["command"],
    )
    timed = {**content["stages"], "end to end": content["end_to_end"]}
    note = "Times belong to a machine; the ratio, too, differs from one processor to another."
    other = content.get("reference")
    if other:
        timed |= {**other["networks"], "end to end with these": other["end_to_end"]}
        note = (
            f"{content['speed_up']:.1f} times faster end to end, "
            f"{content['speed_up_networks']:.1f} times the networks alone (medians of the rounds' "
            f"ratios; the others in float32). {note}"
        )
    if content["running"] < BUSY:
        note += (
            f" The machine was busy with other work: this had the processor for "
            f"{content['running']:.0%} of its time."
        )
    rows = ((name, f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}") for name, row in timed.items())
    return [about(f"speed of a live frame{by}", ("", "p50 ms", "p95 ms"), rows, note)]


def _endurance(content: Content) -> list[MeasuredTable]:
    about = table_of(
        content,
        of="endurance",
        data=f"{content['what'].capitalize()}: {content['assessed']} frames of a virtual console "
        f"at {content['fps']:g} a second, {content['dropped']} more were dropped.",
        command=content["command"],
    )
    rows = [
        (f"resident memory at the {moment}, MiB", number(value, 1))
        for moment, value in content["memory_mib"].items()
    ]
    rows.append(("its slope, KiB over 1000 frames", number(content["memory_slope_kib"], 1)))
    rows += [
        (f"latency, {part} of the frames, p50 / p95 ms", f"{t['p50_ms']:.1f} / {t['p95_ms']:.1f}")
        for part, t in content["latency_ms"].items()
    ]
    return [about("a long session", ("figure", "value"), rows)]


_TABLES: dict[str, Callable[[Content], list[MeasuredTable]]] = {
    "sesamoid-metrics-v1": _metrics,
    "sesamoid-comparison-v1": comparison_tables,
    "sesamoid-sweeps-v1": sweep_tables,
    "sesamoid-robustness-v1": _robustness,
    "sesamoid-transfer-v1": _transfer,
    "sesamoid-live-speed-v1": _speed,
    "sesamoid-live-endurance-v1": _endurance,
}
