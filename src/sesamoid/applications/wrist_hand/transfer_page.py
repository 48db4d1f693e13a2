"""What the comparison of starts says beside its figures, and its page for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VIRTUAL, IMAGENET, SCRATCH = STARTS = ("virtual", "imagenet", "scratch")
MEANT = {
    VIRTUAL: "encoder and decoder as trained on virtual bodies (from ImageNet), heads random",
    IMAGENET: "encoder from ImageNet, the rest random",
    SCRATCH: "all random",
}
NOTE = (
    "Figures on real images. The start called virtual saw ImageNet, then virtual bodies only. "
    "Dice per image by the plain network (one canvas, no averaging, no island dropped), on images "
    "of the fold that was held out. Intervals resample groups of similar images; they tell nothing "
    "of another draw of training images or of other random weights."
)


def transfer_page(content: Mapping[str, Any]) -> str:
    """The figures as a page, Markdown."""
    table, model, data = content["table"], content["model"], content["data"]
    lines = [
        f"# From virtual to real: {data['name']}",
        "",
        content["note"],
        "",
        f"{data['images']} images in {data['groups']} groups, {data['folds']} folds, "
        f"{data['seeds']} seed(s). `{content['command']}`, {content['date']}.",
        "",
        *(f"- **{name}**: {meant}." for name, meant in content["starts"].items()),
        *(
            [f"- Model: {model['name']} {model['version']}, {model['trained_on']}."]
            if model
            else ()
        ),
        "",
        f"| {' | '.join(table['columns'])} |",
        "|" + "---|" * len(table["columns"]),
        *(f"| {' | '.join(row)} |" for row in table["rows"]),
        "",
        *(f"- {sentence}" for sentence in content["findings"]),
    ]
    return "\n".join(lines).rstrip() + "\n"
