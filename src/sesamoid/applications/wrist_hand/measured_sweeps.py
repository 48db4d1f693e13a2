"""The sweeps of virtual novices, as tables for the model card."""

from __future__ import annotations

from sesamoid.evidence.measured import MeasuredTable

from .measured_parts import Content, share, table_of

KEPT = (
    "What counts is the simulator's truth of a kept picture, not the assistant's grade. Targets: "
    "Tang 2026 of people [R], wrong planes this project's own [P]."
)
BY_PLANE = (
    "Acquired: kept, and truly a grade A or B of that plane. Grade A: of those kept, by the truth. "
    "Seconds: that a novice spent on the plane, median."
)


def sweep_tables(content: Content) -> list[MeasuredTable]:
    """The two arms side by side, and plane by plane."""
    settings, arms = content["settings"], content["arms"]
    guided, free = arms["guided"], arms.get("unguided")
    command = f"sesamoid evaluate wrist_hand --sweeps {settings['people']}"
    if settings["unguided"] < settings["people"]:
        command += f" --unguided {settings['unguided']}"
    told = not settings["skill"]["own_eyes"]
    if told:
        command += " --as-told"
    both = "" if free is None else f", {free['people']} of them also without guidance"
    about = table_of(
        content,
        of="sweeps, as told" if told else "sweeps",
        data=f"{settings['people']} virtual people, {guided['planes']} planes{both}; virtual "
        f"novices, machines {', '.join(settings['machines'])}.",
        command=f"{command} --seed {settings['seed']}",
    )
    title = "novices who scan, with guidance and without"
    if told:
        title += "; with it they do as told and undo nothing by eye"
    note = KEPT if free is None else f"{KEPT} {_gained(content['gain'])}"
    columns = ("figure", "with guidance", "without", "target")
    return [
        about(title, columns, _arms(content), note),
        about(f"{title}: by plane", *_by_plane(guided, free), BY_PLANE),
    ]


def _arms(content: Content) -> list[list[str]]:
    arms, targets = content["arms"], content["targets"]
    both = (arms["guided"], arms.get("unguided"))
    rows = []
    for key, title in (
        ("acquired", "standard planes acquired"),
        ("grade_a", "grade A, of those kept"),
        ("grade_c", "grade C, of those kept"),
        ("wrong_plane", "wrong plane, of those kept"),
    ):
        target = targets[key]
        met = f"{target['target']}: {'met' if target['met'] else 'not met'}"
        rows.append([title, *(share(arm[key]) if arm else "" for arm in both), met])
    seconds = ["" if arm is None else f"{arm['exam_seconds']['median']:.0f}" for arm in both]
    rows.append(["median seconds an examination", *seconds, ""])
    return rows


def _gained(gain: Content) -> str:
    """What guidance gains on the people who were scanned in both arms."""
    points = [
        f"{100 * gain[key]['mean']:+.1f} points{_interval(gain[key]['ci95'], 100)} {of}"
        for key, of in (("acquired", "acquired"), ("grade_a", "acquired with grade A"))
    ]
    saved = gain["seconds_saved"]
    longer = saved["mean"] < 0
    ends = saved["ci95"]
    if longer and ends is not None:
        ends = [-ends[1], -ends[0]]
    return (
        f"Of the {gain['people']} people who were scanned in both ways, guidance makes "
        f"{' and '.join(points)}, of all planes; an examination takes {abs(saved['mean']):.0f} s"
        f"{_interval(ends, 1, 0)} {'more' if longer else 'less'} with it."
    )


def _interval(ends: list[float] | None, factor: float, digits: int = 1) -> str:
    if ends is None:
        return ""
    low, high = (f"{factor * end:.{digits}f}" for end in ends)
    return f" ({low} to {high})"


def _by_plane(guided: Content, free: Content | None) -> tuple[tuple[str, ...], list[list[str]]]:
    shown = (("acquired", "acquired"), ("grade_a", "grade A"), ("median_seconds", "seconds"))
    arms = [(guided, "")] if free is None else [(guided, ""), (free, ", without guidance")]
    columns = ("plane", *(f"{title}{arm}" for _, arm in arms for _, title in shown))
    rows = [
        [plane, *(_cell(key, arm["by_plane"][plane][key]) for arm, _ in arms for key, _ in shown)]
        for plane in guided["by_plane"]
    ]
    return columns, rows


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if key == "median_seconds" else f"{value:.1%}"
