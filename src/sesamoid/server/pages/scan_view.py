"""The live picture with everything around it, as one element of a page."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from sesamoid.server.access import Actor
from sesamoid.server.pages.help_overlay import Shortcuts
from sesamoid.server.scanning.keys import CONTROL_KEYS, PAGE_KEYS
from sesamoid.server.scanning.room import ScanRoom

STATIC = Path(__file__).parents[1] / "static"
STYLE = '<link rel="stylesheet" href="/static/scan_view.css">'


class ScanView(
    Element, component=STATIC / "scan_view.js", esm={"sesamoid-scan": str(STATIC / "scan")}
):
    """Shows a running exam and lets its operator scan.

    It attaches itself to the room by a web socket of its own; loading the page again, or a second
    browser, changes nothing of the exam. Events: ``state`` (attached), ``kept`` (a picture was
    kept), ``ended``, ``asked`` (in an exercise: a capture was asked for).

    Parameters
    ----------
    room : ScanRoom
    actor : Actor
    title, subtitle : str
        Of the patient, over the 3-D view.
    exit_url : str
        Where to go when the exam is over.
    exercise : bool
        The page judges what is captured; its own elements go into the slot ``task``, in place of
        the checklist.
    """

    def __init__(
        self,
        room: ScanRoom,
        actor: Actor,
        *,
        title: str,
        subtitle: str = "",
        exit_url: str = "",
        exercise: bool = False,
    ):
        super().__init__()
        ui.add_head_html(STYLE)
        self._props |= {
            "room": room.id,
            "title": title,
            "subtitle": subtitle,
            "exit-url": exit_url or f"/exams/{room.id}",
            "csrf": actor.csrf_token,
            "control-keys": {name.value: asdict(key) for name, key in CONTROL_KEYS.items()},
            "page-keys": {name: asdict(key) for name, key in PAGE_KEYS.items()},
            "with-scene": room.probe is not None,
            "exercise": exercise,
        }
        if room.probe is not None:
            with self:
                camera = ui.scene.perspective_camera(fov=30, near=10, far=2000)
                scene = ui.scene(
                    width=320, height=240, grid=False, camera=camera, background_color="", fps=30
                )
                with scene:
                    scene.gltf(f"/api/v1/scan/{room.id}/hand.glb")
            self._props["scene-id"] = str(scene.id)


def scan_shortcuts() -> tuple[Shortcuts, ...]:
    """For the help of a page with a `ScanView`."""
    moves = tuple((key.cap, key.words) for key in CONTROL_KEYS.values() if key.unit)
    knobs = tuple((key.cap, key.words) for key in CONTROL_KEYS.values() if not key.unit)
    rest = tuple((key.cap, key.words) for key in PAGE_KEYS.values())
    return (
        Shortcuts("Move the probe (Shift: finer)", moves),
        Shortcuts("Probe and machine", knobs),
        Shortcuts("Picture and exam", rest),
    )
