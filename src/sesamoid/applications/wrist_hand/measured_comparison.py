"""The comparison with the published pair, as a table for the model card."""

from __future__ import annotations

from sesamoid.evidence.measured import MeasuredTable

from .measured_parts import Content, table_of

PAIRED = (
    "Both were scored on the same frames by the same code; each resample draws the same people for "
    "both. An interval of the difference above 0 is called higher, one below 0 lower, one that "
    "stays above -{margin:g} not lower by {margin:g} [P]."
)


def comparison_tables(content: Content) -> list[MeasuredTable]:
    """One table: figures of both, and what lies between."""
    data, shown, other = content["data"], content["table"], content["reference"]
    name = f"{data['name']}, {content['n_images']} frames of {content['n_people']} people"
    about = table_of(
        content,
        of=f"comparison {name}",
        data=f"{name}, part {data['part']}.",
        command=f"sesamoid evaluate wrist_hand {data.get('folder', 'DIR')} --reference PAIR",
        origin=data["origin"],
    )
    networks = {
        "the joint network": content["model"]["training"],
        **{key: one["training"] for key, one in other["networks"].items()},
    }
    trained = "; ".join(f"{key} {_trained(one)}" for key, one in networks.items())
    digests = ", ".join(
        f"{key} (SHA-256 {one['sha256'][:12]})" for key, one in other["networks"].items()
    )
    note = (
        f"{PAIRED.format(margin=content['not_lower'])} The pair: {digests}, trained on "
        f"{other['trained_on']}, {other['origin']} data. Shown in training: {trained}."
    )
    title = f"beside the {other['name']}: {name}"
    return [about(title, shown["columns"], shown["rows"], note)]


def _trained(training: Content) -> str:
    shown = training["pictures_shown"]
    start = str(training["starting_weights"] or "not stated").split(" (")[0]
    count = "an unknown number of" if shown is None else f"{shown:,}"
    minutes = training.get("minutes")
    took = "" if minutes is None else f" in {minutes:.0f} min"
    return f"{count} pictures{took} (start: {start})"
