"""What the ticks of a ruler may mean in mm: candidates to confirm, never a silent guess."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.ruler import Ruler, ruler_settings


@dataclass(frozen=True)
class ScaleCandidate:
    """A scale that a person has to confirm.

    Parameters
    ----------
    mm_per_pixel : float
        Along the ruler's axis.
    interval_mm : float
        Distance between ticks that is assumed.
    depth_mm : float
        Depth of the scan area that follows.
    confidence : float
        0..1: of the ticks, times how well the interval fits usual depths and longer ticks.
    ruler : Ruler
        Where the ticks were found, to be drawn.
    assumption : str
        What was assumed, as a sentence for the report.
    """

    mm_per_pixel: float
    interval_mm: float
    depth_mm: float
    confidence: float
    ruler: Ruler
    assumption: str


def scale_candidates(rulers: tuple[Ruler, ...], box: Crop) -> tuple[ScaleCandidate, ...]:
    """Scales that the rulers allow, the likeliest first.

    Parameters
    ----------
    rulers : tuple of Ruler
        From `find_rulers`.
    box : Crop
        The scan area, whose depth tells which interval is plausible.

    Notes
    -----
    The confidence is shared among the intervals of one ruler, so that one alone is sure only where
    no other fits. Longer ticks at every second, fifth or tenth place tell the interval.
    """
    meaning = ruler_settings()["meaning"]
    out: list[ScaleCandidate] = []
    for ruler in rulers:
        divisions = _divisions(ruler, rulers)
        weights = {}
        for interval in _intervals(divisions):
            depth = box.height * interval / ruler.spacing_px
            weight = _plausibility(depth)
            if divisions is not None and interval not in meaning["divisions"][divisions]:
                weight *= meaning["unusual"]
            if weight > 0:
                weights[interval] = (weight, depth)
        total = sum(weight for weight, _ in weights.values())
        for interval, (weight, depth) in weights.items():
            out.append(
                ScaleCandidate(
                    mm_per_pixel=interval / ruler.spacing_px,
                    interval_mm=interval,
                    depth_mm=depth,
                    confidence=ruler.confidence * weight / total,
                    ruler=ruler,
                    assumption=_sentence(ruler, interval, depth, divisions),
                )
            )
    return tuple(sorted(out, key=lambda c: -c.confidence))


def _intervals(divisions: int | None) -> list[float]:
    meaning = ruler_settings()["meaning"]
    extra = meaning["divisions"][divisions] if divisions is not None else []
    return sorted({*meaning["intervals_mm"], *extra}, reverse=True)


def _plausibility(depth_mm: float) -> float:
    """1 for a usual depth of the scan, less for an unusual one, 0 for an impossible one."""
    meaning = ruler_settings()["meaning"]
    low, high = meaning["depth_mm"]
    usual_low, usual_high = meaning["usual_depth_mm"]
    if usual_low <= depth_mm <= usual_high:
        return 1.0
    return float(meaning["unusual"]) if low <= depth_mm <= high else 0.0


def _divisions(ruler: Ruler, rulers: tuple[Ruler, ...]) -> int | None:
    """How many ticks lie from one longer tick to the next, where another strip shows them."""
    for count in ruler_settings()["meaning"]["divisions"]:
        for other in rulers:
            ratio = other.spacing_px / ruler.spacing_px
            if other is not ruler and other.axis == ruler.axis and abs(ratio / count - 1) < 0.02:
                return int(count)
    return None


def _sentence(ruler: Ruler, interval: float, depth: float, divisions: int | None) -> str:
    side = "down the side" if ruler.axis == "rows" else "across the scan"
    longer = f", every {divisions}. of them longer" if divisions is not None else ""
    return (
        f"{len(ruler.ticks)} ticks {side}, {ruler.spacing_px:.1f} pixels apart{longer}, taken to "
        f"be {interval:g} mm apart: the scan would be {depth:.0f} mm deep. Please confirm."
    )
