"""Learning curves as SVG in the page's own colours."""

from __future__ import annotations

from html import escape

from sesamoid.server.pages.moments import count_text, day_text, score_text
from sesamoid.server.teaching import Curve, SessionPoint

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 40, 16, 14, 40
FULL = 100.0
MOST_LABELS = 8


def curve_text(curve: Curve) -> str:
    """The curve in words: for screen readers, and under the plot."""
    last = curve.points[-1]
    text = (
        f"{count_text(curve.attempts, 'attempt')} in {count_text(len(curve.points), 'session')}; "
        f"last session {last.mean:.0f}, best {curve.best:.0f} of 100"
    )
    if curve.gain is not None:
        way = "up" if curve.gain >= 0 else "down"
        text += f"; {way} {abs(curve.gain):.0f} since the first session"
    return text


def curve_svg(curve: Curve) -> str:
    """Mean score of each session as a line, single attempts as dots."""
    parts = [_frame()]
    points = curve.points
    xs = [_x(i, len(points)) for i in range(len(points))]
    for x, point in zip(xs, points, strict=True):
        for score in point.scores:
            parts.append(f'<circle class="one" cx="{x:.1f}" cy="{_y(score):.1f}" r="3"/>')
    line = " ".join(f"{x:.1f},{_y(p.mean):.1f}" for x, p in zip(xs, points, strict=True))
    parts.append(f'<polyline class="mean" points="{line}"/>')
    step = -(-len(points) // MOST_LABELS)
    for i, (x, point) in enumerate(zip(xs, points, strict=True)):
        parts.append(_session(x, point, labelled=i % step == 0 or i == len(points) - 1))
    text = escape(curve_text(curve))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{text}">'
        f"{''.join(parts)}</svg>"
    )


def spark_svg(curve: Curve) -> str:
    """The means alone, very small."""
    points = curve.points[-12:]
    width, height = 96.0, 28.0
    step = width / max(1, len(points) - 1)
    at = [
        (3 + i * step * 0.94, height - 3 - (height - 6) * p.mean / FULL)
        for i, p in enumerate(points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    x, y = at[-1]
    return (
        f'<svg class="spark" viewBox="0 0 {width:g} {height:g}" aria-hidden="true">'
        f'<polyline class="mean" points="{line}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/></svg>'
    )


def _frame() -> str:
    rules = []
    for score in (0, 25, 50, 75, 100):
        y = _y(score)
        rules.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        rules.append(f'<text class="tick end" x="{LEFT - 8}" y="{y + 4}">{score}</text>')
    rules.append(f'<text class="tick" x="{LEFT}" y="{HEIGHT - 4}">session</text>')
    return "".join(rules)


def _session(x: float, point: SessionPoint, *, labelled: bool) -> str:
    told = escape(
        f"Session {point.number}, {day_text(point.started_at)}: mean {score_text(point.mean)} of "
        f"{count_text(len(point.scores), 'attempt')}"
    )
    dot = f'<circle class="dot" cx="{x:.1f}" cy="{_y(point.mean):.1f}" r="5"><title>{told}</title>'
    label = (
        f'<text class="tick middle" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}">{point.number}</text>'
        if labelled
        else ""
    )
    return f"{dot}</circle>{label}"


def _x(index: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT - 24
    return LEFT + 12 + (room / 2 if count == 1 else room * index / (count - 1))


def _y(score: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / FULL)
