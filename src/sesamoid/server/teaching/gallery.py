"""Virtual pictures with their truth, made when asked for and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import LabelGroup, Plane, Protocol, protocol
from sesamoid.server.scanning.patients import Bodies, Patient
from sesamoid.server.scanning.request import DEFAULT_PROTOCOL
from sesamoid.server.teaching.shots import Shot
from sesamoid.virtual.acquisition import Body
from sesamoid.virtual.acquisition.fine_labels import fine_labels
from sesamoid.virtual.acquisition.seen import see
from sesamoid.virtual.ultrasound import Scanner, preset, probe

PIXELS_PER_MM = 20.0
"""The A1 pulley asks for no less (clinical facts 1.3)."""
MOST_ROWS = 640
SLICES = 3
JPEG_QUALITY = 93
PICTURES = 48
"""Kept in memory, some 1 MB each."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True)
class TeachingPicture:
    """A virtual picture of a standard plane, with everything that is on it.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
    labels : ndarray of uint8, shape (rows, columns)
        Index into `structures`; of a bone its outer line.
    structures : tuple of str
        Keys; the first, for no structure, is empty.
    spacing_mm : (row, column)
    plane : Plane
        With its digit.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.uint8] = field(repr=False)
    structures: tuple[str, ...] = field(repr=False)
    spacing_mm: tuple[float, float]
    plane: Plane

    def mask(self, keys: tuple[str, ...]) -> NDArray[np.bool_]:
        """Where any of some structures is shown, shape (rows, columns)."""
        wanted = [index for index, key in enumerate(self.structures) if key and key in keys]
        return np.isin(self.labels, wanted)

    def group_at(self, row: float, column: float) -> LabelGroup | None:
        """What is labelled at a place, if anything is."""
        rows, columns = self.labels.shape
        r = min(max(int(row), 0), rows - 1)
        c = min(max(int(column), 0), columns - 1)
        label = self.plane.label_of(self.structures[int(self.labels[r, c])])
        return None if label is None else self.plane.labels[label]

    def jpeg(self) -> bytes:
        """The picture alone, without any label."""
        done, content = cv2.imencode(".jpg", self.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not done:
            raise RuntimeError("OpenCV does not write JPEG")
        return bytes(content)


class Remembered(Generic[Key, Value]):
    """The values last asked for; two that ask for the same one wait for one maker.

    Parameters
    ----------
    most : int
        Values that are kept.
    """

    def __init__(self, most: int):
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._makers: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not there."""
        with self._lock:
            maker = self._makers.setdefault(key, threading.Lock())
        with maker:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key]
            value = make()
            with self._lock:
                self._values[key] = value
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
                self._makers.pop(key, None)
            return value


class Gallery:
    """Makes pictures, and remembers the last ones; from any thread.

    Parameters
    ----------
    bodies : Bodies
        Those of the scan rooms, so that a patient is made once.
    """

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies
        self.protocol: Protocol = protocol(DEFAULT_PROTOCOL)
        self._pictures: Remembered[str, TeachingPicture] = Remembered(PICTURES)

    def body(self, patient: Patient) -> Body:
        """A virtual patient's wrist and hand."""
        return self.bodies.examination(patient, self.protocol).body

    def picture(self, shot: Shot) -> TeachingPicture:
        """The picture of a shot."""
        return self._pictures.get(repr(shot.as_json()), lambda: self._take(shot))

    def _take(self, shot: Shot) -> TeachingPicture:
        body = self.body(shot.patient)
        scanner = Scanner(
            preset(shot.machine),
            shot.settings,
            picture_shape=picture_shape(shot.settings.depth_mm, shot.settings.probe),
        )
        grid = scanner.grid()
        sections = [
            body.section(shot.pose.moved(elevation_mm=offset), grid, time_s=shot.time_s)
            for offset in scanner.elevation_offsets_mm(SLICES)
        ]
        image = scanner.image(sections, seed=shot.patient.seed, time_s=shot.time_s)
        seen = see(sections[0], scanner, body.structures)
        labels = fine_labels(seen.structure, (image.pixels.shape[0], image.pixels.shape[1]))
        return TeachingPicture(
            image.pixels,
            labels,
            body.structures,
            image.spacing_mm,
            self.protocol.plane(shot.plane, digit=shot.digit),
        )


def picture_shape(depth_mm: float, probe_name: str) -> tuple[int, int]:
    """Rows and columns of a picture with square pixels."""
    density = min(PIXELS_PER_MM, MOST_ROWS / depth_mm)
    return round(depth_mm * density), round(probe(probe_name).width_mm * density)
