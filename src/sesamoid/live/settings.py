"""How the live assistant behaves over time, from ``settings.yaml``; all of it proposals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from sesamoid.anatomy.fields import Fields, read_yaml


@dataclass(frozen=True)
class PlaneSettings:
    """Of the filter over planes; see ``settings.yaml`` for each."""

    stay_s: float
    correlation_s: float
    least: float
    enter: float
    leave: float
    enter_s: float


@dataclass(frozen=True)
class ClearSettings:
    """What makes a grade A a clear one; see ``settings.yaml`` for each."""

    score: float
    probability: float
    tendon_echo: float
    continuity: float
    grey_loss: float
    grey_span: float
    memory_s: float


@dataclass(frozen=True)
class AcquisitionSettings:
    """When a frame is kept; see ``settings.yaml`` for each."""

    hold_frames: int
    toggle_s: float
    a_after_s: float
    b_after_s: float
    away_s: float
    sharper: float
    score_slack: float
    better_score: float


@dataclass(frozen=True)
class GuidanceSettings:
    """When something is said, and for how long; see ``settings.yaml`` for each."""

    start: float
    done: float
    fine: float
    fruitless_s: float
    search_s: float
    fruitful: float
    dwell_s: float
    switch: float
    refresh_s: float
    wander: float
    correlation_s: float
    settle_s: float
    adrift_s: float
    target_s: float
    sure: float
    doubtful: float
    anew_s: float
    anew_told_s: float
    slide_mm: float
    slide_off: float
    step_mm: float
    step_deg: float
    lift_off: float
    silent_share: float
    below_mm: tuple[float, float]
    below_share: tuple[float, float]


@dataclass(frozen=True)
class WatchSettings:
    """What is wrong with a frame as such; see ``settings.yaml`` for each."""

    black_level: float
    doppler_chroma: float
    doppler_saturation: float
    doppler_share: tuple[float, float]
    doppler_gone_s: float
    far_apart_s: float


@dataclass(frozen=True)
class RecordSettings:
    """Of the session's record."""

    sync_s: float


@dataclass(frozen=True)
class SourceSettings:
    """Of devices and folders."""

    retry_s: float
    give_up_s: float
    poll_s: float


@dataclass(frozen=True)
class LiveSettings:
    """All of it."""

    planes: PlaneSettings
    clear: ClearSettings
    acquisition: AcquisitionSettings
    guidance: GuidanceSettings
    watch: WatchSettings
    record: RecordSettings
    source: SourceSettings


_Part = TypeVar("_Part")


def read_settings(path: Path) -> LiveSettings:
    """Settings from a file in the form of ``settings.yaml``; SesamoidError names what is wrong."""
    content = Fields(read_yaml(path), path)
    content.text("tag", choices=("R", "M", "P"))
    found = LiveSettings(
        planes=_part(PlaneSettings, content.child("planes")),
        clear=_part(ClearSettings, content.child("clear")),
        acquisition=_part(AcquisitionSettings, content.child("acquisition")),
        guidance=_part(GuidanceSettings, content.child("guidance")),
        watch=_part(WatchSettings, content.child("watch")),
        record=_part(RecordSettings, content.child("record")),
        source=_part(SourceSettings, content.child("source")),
    )
    content.finish()
    planes, guidance = content.child("planes"), content.child("guidance")
    if found.planes.leave >= found.planes.enter:
        raise planes.error(
            f"is {found.planes.leave}, not below enter {found.planes.enter}",
            "leave",
            fix="a plane is left at a lower belief than it is entered at.",
        )
    if found.guidance.done > found.guidance.start:
        raise guidance.error(
            f"is {found.guidance.done}, above start {found.guidance.start}",
            "done",
            fix="an error is left alone when it is smaller than where it began to count.",
        )
    if found.acquisition.hold_frames < 1:
        raise content.child("acquisition").error("is below 1", "hold_frames")
    return found


@cache
def live_settings() -> LiveSettings:
    """The settings that ship."""
    with resources.as_file(resources.files("sesamoid.live").joinpath("settings.yaml")) as path:
        return read_settings(path)


def _part(kind: type[_Part], content: Fields) -> _Part:
    """A dataclass of numbers, whole numbers and pairs, field by field."""
    values: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        if str(one.type).startswith("tuple"):
            values[one.name] = content.pair(one.name, low=0)
        elif one.type == "int":
            values[one.name] = round(content.number(one.name, low=0))
        else:
            values[one.name] = content.number(one.name, low=0)
    content.finish()
    return kind(**values)
