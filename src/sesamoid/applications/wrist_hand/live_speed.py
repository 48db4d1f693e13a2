"""How long a live frame takes from its bytes to the overlay, beside other networks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol, protocol
from sesamoid.cores import processor, usable_cores
from sesamoid.evidence.timing import Timing
from sesamoid.live import Guide, PlaneTracker
from sesamoid.models.onnx_session import onnx_session
from sesamoid.virtual.acquisition import Examination, Offset, placed, usual_settings
from sesamoid.virtual.body import WristHand, draw_person
from sesamoid.virtual.ultrasound import Scanner, console, preset
from sesamoid.virtual.ultrasound import probe as probe_of
from sesamoid.virtual.ultrasound.console import scan_box

from .assessor import WristHandAssessor
from .look import Looker
from .overlay import draw_live

PERSON, MACHINE = 800_001, "gannet-s9"
STAGES = ("decode", "crop", "network", "grade", "guidance", "overlay")
WARM_UP = 3
JPEG_QUALITY = 90

Packed = tuple[bytes, tuple[float, float]]


def live_speed(
    looker: Looker,
    *,
    repeats: int = 60,
    threads: int = 0,
    references: Sequence[Path] = (),
    frames: Sequence[Packed] | None = None,
    scanned: Protocol | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """Time all stages of a live frame, and reference networks in turn in the same run.

    Parameters
    ----------
    looker : Looker
    repeats : int
        Rounds that count; each is one frame of the next plane.
    threads : int
        Of the references; 0: all cores.
    references : sequence of Path
        ONNX files of one image input; together they are the other side of the comparison.
    frames : sequence of (bytes, spacing), optional
        Packed screens; those of a virtual console where left out.
    scanned : Protocol, optional
    clock : callable
        Seconds.

    Returns
    -------
    dict
        ``stages`` and ``end_to_end`` with p50 and p95 in ms; ``running``, the share of the time in
        which this thread had a processor; with references ``reference`` and
        ``speed_up``: the median over rounds of their time over ours, end to end, where decoding,
        cropping and what follows the network are counted on both sides.
    """
    rule = scanned if scanned is not None else protocol("wrist-hand-15")
    packed = list(frames) if frames is not None else list(console_frames(rule))
    assessor = WristHandAssessor(looker, rule, scan_area="find")
    tracker = PlaneTracker([plane.id for plane in rule.planes])
    guide = Guide(rule)
    other = [_reference(path, threads) for path in references]
    ours = np.zeros((repeats, len(STAGES)))
    theirs = np.zeros((repeats, len(other)))
    began_s, ran_s = time.perf_counter(), time.thread_time()
    for number in range(-WARM_UP, repeats):
        one = packed[number % len(packed)]
        row = _one(one, number + WARM_UP, assessor, tracker, guide, clock)
        for index, run in enumerate(other):
            began = clock()
            run()
            if number >= 0:
                theirs[number, index] = (clock() - began) * 1000
        if number >= 0:
            ours[number] = row
    running = (time.thread_time() - ran_s) / (time.perf_counter() - began_s)
    total = ours.sum(axis=1)
    out: dict[str, Any] = {
        "schema": "sesamoid-live-speed-v1",
        "what": "a live frame, from its packed bytes to the overlay",
        "origin": "virtual", "repeats": repeats, "frames": len(packed), "threads": threads,
        "cores": usable_cores(), "processor": processor(), "running": round(running, 3),
        "stages": {
            name: Timing.of(ours[:, i]).as_dict() for i, name in enumerate(STAGES)
        },
        "end_to_end": Timing.of(total).as_dict(),
    }  # fmt: skip
    if other:
        rest = total - ours[:, STAGES.index("network")]
        pair = theirs.sum(axis=1)
        out["reference"] = {
            "files": [path.name for path in references],
            "networks": {
                path.name: Timing.of(theirs[:, i]).as_dict() for i, path in enumerate(references)
            },
            "end_to_end": Timing.of(pair + rest).as_dict(),
        }
        out["speed_up"] = float(np.median((pair + rest) / total))
        out["speed_up_networks"] = float(np.median(pair / ours[:, STAGES.index("network")]))
    return out


def _one(
    packed: Packed,
    number: int,
    assessor: WristHandAssessor,
    tracker: PlaneTracker,
    guide: Guide,
    clock: Callable[[], float],
) -> list[float]:
    """Times of the stages of one frame, in ms."""
    marks = [clock()]
    content, spacing = packed
    grey = unpacked(content)
    marks.append(clock())
    time_s = number / 16
    area = assessor.scan_area(grey, time_s)
    marks.append(clock())
    look = assessor.look(grey, area, spacing_mm=spacing)
    marks.append(clock())
    found = assessor.judge(look, grey, area, spacing_mm=spacing)
    marks.append(clock())
    state = tracker.update(found.probabilities, time_s)
    guide.update(found, state, time_s)
    marks.append(clock())
    plane = found.pose.plane if found.pose is not None else assessor.protocol.planes[0].id
    draw_live(grey, found, assessor.protocol.plane(plane))
    marks.append(clock())
    return [1000 * float(step) for step in np.diff(marks)]


def unpacked(content: bytes) -> NDArray[np.uint8]:
    """A packed screen in grey."""
    grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(grey, np.uint8)


def console_frames(rule: Protocol) -> list[Packed]:
    """Screens of a virtual console, one of each plane, packed as JPEG."""
    machine = preset(MACHINE)
    exam = Examination(WristHand(draw_person(PERSON)), rule, slices=1)
    out = []
    for plane in rule.planes:
        settings = usual_settings(machine, plane.id)
        box = scan_box(machine.layout, settings.depth_mm, probe_of(settings.probe).width_mm)
        scanner = Scanner(machine, settings, picture_shape=(box.height, box.width))
        pose = placed(exam.body, exam.view(plane.id).pose, Offset(press_mm=0.8))
        screen = console(exam.frame(scanner, pose).image, layout=machine.layout)
        code = cv2.imencode(".jpg", screen.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
        out.append((code.tobytes(), screen.spacing_mm))
    return out


def _reference(path: Path, threads: int) -> Callable[[], object]:
    """A network that is run on a picture of its own input's size."""
    session = onnx_session(
        path.read_bytes(),
        path,
        threads=threads,
        fix="give an ONNX file that `sesamoid train wrist_hand --recipe …` wrote.",
    )
    rng = np.random.default_rng(0)
    given: dict[str, NDArray[np.float32]] = {}
    for one in session.get_inputs():
        shape = [n if isinstance(n, int) and n > 0 else 1 for n in one.shape]
        given[one.name] = rng.normal(size=shape).astype(np.float32)
    return lambda: session.run(None, given)
