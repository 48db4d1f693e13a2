"""What the muscle model card says beside the figures, and how it shows them."""

from __future__ import annotations

from typing import Any

TEXTS = {
    "intended_use": "Research and teaching on longitudinal B-mode of pennate limb muscle: "
    "aponeuroses, fascicle direction, and from them thickness, pennation angle and fascicle "
    "length.",
    "out_of_scope": [
        "Diagnosis.",
        "Short-axis images, panoramic images, curved probes, children.",
    ],
    "reference_standard": "masks drawn by the authors of the data sets (DL_Track): aponeuroses in "
    "full, fascicles as sparse fragments; how many readers is not stated.",
    "limits": [
        "Several machines, all of lower-limb muscle; who was scanned is not stated, so figures by "
        "sex, age or muscle cannot be given.",
        "The split is by look: images that correlate above 0.7 stand on one side.",
        "Which of the deeper aponeuroses is drawn differs from image to image, and so does how "
        "thick it is drawn: a good part of the Dice that is missing. Thickness and angles of the "
        "measured muscle suffer less.",
        "The threshold of the aponeuroses and the weight of fascicle visibility were chosen on "
        "folds 0 and 1; fold 2 took no part.",
        "A picture that is shown upside down (skin below) is not understood.",
        "Directions are scored on drawn fragments, the median of an image's pixels; analyses take "
        "them from the filters, with the aponeuroses left out.",
        "An undrawn fascicle is not background: the fascicle probability is no segmentation, it "
        "only says where a stroke is visible.",
    ],
}

ROWS = (
    ("aponeurosis_dice", "aponeurosis, Dice", 3),
    ("aponeurosis_position_percent", "aponeurosis, position error, % of the scan's depth", 2),
    ("aponeurosis_missed_percent", "aponeurosis, missed columns, %", 1),
    (
        "classical_orientation_deg",
        "fascicle direction, oriented filters on the image alone, degrees",
        2,
    ),
    ("orientation_deg", "fascicle direction, the network's own (not used), degrees", 2),
    ("orientation_bias_deg", "the same, signed: positive is too steep, degrees", 2),
    ("thickness_percent", "thickness, difference from that by the drawn aponeuroses, %", 1),
    ("deep_aponeurosis_deg", "angle of the deep aponeurosis, difference, degrees", 2),
    ("fascicle_angle_deg", "mean fascicle angle, difference from the drawn fragments', degrees", 2),
    ("fascicle_angle_bias_deg", "the same, signed: positive is too steep, degrees", 2),
)


def figures_table(title: str, found: dict[str, Any]) -> dict[str, Any]:
    """A summary of `scoring.summary` as title, columns and rows of text."""
    rows = []
    for key, name, digits in ROWS:
        if key in found:
            row = found[key]
            rows.append(
                [
                    name,
                    str(row["n"]),
                    _with_interval(row["mean"], row.get("ci95"), digits),
                    _with_interval(row["median"], row.get("median_ci95"), digits),
                ]
            )
    columns = ["figure", "images", "mean (95 % CI)", "median (95 % CI)"]
    return {"title": title, "columns": columns, "rows": rows}


def figures_section(figures: dict[str, Any]) -> str:
    """The card's figures, Markdown; empty where there are none."""
    lines = _real(figures) if "network" in figures else []
    if "virtual" in figures:
        lines += ["", "On **virtual** muscles, which it never saw; no clinical figure:", ""]
        lines += _markdown(figures["virtual"]["table"])
    return "\n".join(lines) + "\n" if lines else ""


def _real(figures: dict[str, Any]) -> list[str]:
    network = figures["network"]
    lines = [
        f"On **{figures['origin']}** data ({figures['data']}), {figures['split']}; every image "
        "scored by a",
        "network that never saw it or a near-duplicate of it. Intervals: 95 % bootstrap over "
        "groups.",
        "",
        *_markdown(figures["table"]),
        "",
        "Medians by fold:",
        "",
    ]
    keys = [key for key, _, _ in ROWS if key in network]
    lines += ["| fold | " + " | ".join(keys) + " | minutes |", "|---" * (len(keys) + 2) + "|"]
    for fold in network["folds"]:
        values = " | ".join(f"{fold[key]:.3f}" if key in fold else "–" for key in keys)
        minutes = "not recorded" if fold["minutes"] is None else fold["minutes"]
        lines.append(f"| {fold['fold']} | {values} | {minutes} |")
    return lines


def _markdown(shown: dict[str, Any]) -> list[str]:
    return [
        "| " + " | ".join(shown["columns"]) + " |",
        "|---" * len(shown["columns"]) + "|",
        *("| " + " | ".join(row) + " |" for row in shown["rows"]),
    ]


def _with_interval(value: float, interval: list[float] | None, digits: int) -> str:
    text = f"{value:.{digits}f}"
    if interval is None:
        return text
    return f"{text} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})"
