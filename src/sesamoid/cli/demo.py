"""`sesamoid demo`: the main job on an embedded example, with a result to look at."""

from __future__ import annotations

from pathlib import Path

import typer

from sesamoid.cli.analyze import FORMATS, require_writable, run
from sesamoid.cli.console import output, plain, table
from sesamoid.cli.summary import summarise

HAND_MODEL = "wrist_hand"


def demo(
    out: Path = typer.Option(Path("demo"), "--out", "-o", help="Folder for the result."),
    seed: int = typer.Option(0, "--seed", min=0, help="Another virtual hand or limb."),
    limb: bool = typer.Option(False, "--limb", help="Nerve and vessel of a virtual limb instead."),
) -> None:
    """Let a virtual novice scan a virtual hand with the assistant, and write every report.

    What is measured is shown beside the hand's true sizes. Where the assistant's model is not
    installed, or with --limb, a virtual limb is drawn, analysed and reported instead.

    Example: sesamoid demo --out demo
    """
    from sesamoid.models import bundles

    require_writable(out)
    if limb or HAND_MODEL not in bundles():
        _limb(out, seed)
        return
    from sesamoid.cli.demo_hand import scan_hand

    scan_hand(out, seed)


def _limb(out: Path, seed: int) -> None:
    """Nerve and vessel of a virtual limb."""
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications import application as named
    from sesamoid.imaging import write_ultrasound_dicom
    from sesamoid.virtual import nerve_phantom
    from sesamoid.virtual.nerve_phantom import NERVE, VESSEL

    phantom = nerve_phantom(seed)
    scan = out / "virtual-limb.dcm"
    write_ultrasound_dicom(
        scan,
        phantom.pixels,
        spacing_mm=phantom.spacing_mm,
        description="Virtual limb, not a person",
    )
    application = named("nerve")
    content = run(application, [scan], AnalysisSettings(explain=True), out, FORMATS)
    summarise(content, out)
    truth = {"nerve": phantom.nerve_area_mm2, "vessel": phantom.vessel_area_mm2}
    label = {"nerve": NERVE, "vessel": VESSEL}
    shown = table("Virtual limb: area in mm2", "structure", ">true", ">measured", ">90 % interval")
    for row in content["results"]:
        for region in row["regions"]:
            for one in row["measurements"]:
                if (
                    one["key"] != "cross_sectional_area"
                    or one["evidence"][0] != region["identifier"]
                ):
                    continue
                interval = one["uncertainty"]
                row_at, column_at = (round(x) for x in region["centroid"])
                key = region["structure"]["key"]
                drawn = phantom.labels[row_at, column_at] == label[key]
                shown.add_row(
                    plain(region["identifier"]),
                    f"{truth[key]:.1f}" if drawn else "none drawn here",
                    f"{one['value']:.1f}",
                    f"{interval['low']:.1f} to {interval['high']:.1f}" if interval else "",
                )
    output.print(shown)
    output.print(f"Open {plain(out / 'report.html')} in a browser.")
