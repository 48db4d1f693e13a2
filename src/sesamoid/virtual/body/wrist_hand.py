"""A person's wrist and hand, ready to be cut by the plane of a picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sesamoid.virtual.body.anatomy import Anatomy, build_anatomy
from sesamoid.virtual.body.cell_kernels import Maps, make_scratch
from sesamoid.virtual.body.fill_kernels import fill, fill_gel
from sesamoid.virtual.body.frames import Array, unit
from sesamoid.virtual.body.lattice_kernels import (
    NO_SKIN,
    lattice_bones,
    lattice_points,
    skin_depth,
)
from sesamoid.virtual.body.motion import Motion, pack_joints
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.planes import aim, view
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.body.texture import noise_table
from sesamoid.virtual.body.tissue_codes import kernel_codes
from sesamoid.virtual.body.warp_kernels import warp_point
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section

# Lattice on which smooth fields are worked out.
CELL_MM = (0.34, 0.62)
HEARTBEAT_S = 0.85


def pulse_wave(time_s: float) -> float:
    """How wide the arteries are in the heart's cycle, from 0 to 1."""
    phase = (time_s % HEARTBEAT_S) / HEARTBEAT_S
    rise = np.exp(-(((phase - 0.14) / 0.08) ** 2))
    notch = 0.35 * np.exp(-(((phase - 0.42) / 0.12) ** 2))
    return float(min(rise + notch, 1.0))


class WristHand:
    """The body: geometry in mm in the frame of `sesamoid.virtual.pose`.

    Parameters
    ----------
    person : Person
    motion : Motion
        Angles of forearm, wrist and fingers; a flat hand if left out.
    """

    def __init__(self, person: Person, motion: Motion | None = None) -> None:
        self._begin(person, motion or Motion(), build_anatomy(person, motion or Motion()))

    def _begin(self, person: Person, motion: Motion, anatomy: Anatomy) -> None:
        self.person, self.motion, self.anatomy = person, motion, anatomy
        self._joints = pack_joints(motion, anatomy.skeleton, person.scale)
        self._glide = np.array(
            [motion.excursion_mm(t.glide) for t in anatomy.tubes], dtype=np.float32
        )

    def moved(self, motion: Motion) -> WristHand:
        """The same body in another position; fast, for live motion and cines."""
        other = object.__new__(WristHand)
        anatomy = self.anatomy
        if motion.forearm_rotation_deg != self.motion.forearm_rotation_deg:
            anatomy = build_anatomy(self.person, motion)
        other._begin(self.person, motion, anatomy)
        return other

    @property
    def structures(self) -> tuple[str, ...]:
        """Keys by index in `Section.structure`; the first, for no structure, is empty."""
        return self.anatomy.structures

    def sizes(self) -> Mapping[str, float]:
        """The person's true sizes by name, each with its unit as ending."""
        return self.person.values

    def section(self, pose: ProbePose, grid: SliceGrid, *, time_s: float = 0.0) -> Section:
        """Cut the body by the plane of a picture.

        Parameters
        ----------
        pose : ProbePose
        grid : SliceGrid
        time_s : float
            For the pulse of the arteries.
        """
        rows, columns = grid.rows, grid.columns
        row_mm, column_mm = grid.spacing_mm
        cell = (max(1, round(CELL_MM[0] / row_mm)), max(1, round(CELL_MM[1] / column_mm)))
        shape = (-(-rows // cell[0]) + 1, -(-columns // cell[1]) + 1)
        scene = self.anatomy.scene
        places = np.empty((*shape, 3), dtype=np.float32)
        layers = np.empty((*shape, 3), dtype=np.float32)
        lattice_points(
            _f32(pose.origin),
            _f32(pose.lateral),
            _f32(pose.axial),
            (cell[0] * row_mm, cell[1] * column_mm),
            -grid.width_mm / 2,
            self._joints,
            scene.envelope,
            places,
            layers,
        )
        near = np.empty(len(scene.bones.ranges), dtype=np.int32)
        distances = np.empty((len(near), *shape), dtype=np.float32)
        count = lattice_bones(places, scene.bones, near, distances)
        codes = kernel_codes()
        maps = Maps(
            tissue=np.full((rows, columns), codes.air, dtype=np.uint8),
            structure=np.zeros((rows, columns), dtype=np.uint8),
            facing=np.ones((rows, columns), dtype=np.float32),
            fibre=np.zeros((rows, columns), dtype=np.float32),
            material=np.zeros((rows, columns, 3), dtype=np.float32),
            gap=np.full(columns, -1, dtype=np.float32),
        )
        fill(
            places,
            layers,
            near[:count],
            distances[:count],
            cell,
            row_mm,
            scene.bones,
            scene.tubes,
            scene.blobs,
            scene.soft,
            self._glide,
            pulse_wave(time_s),
            codes,
            noise_table(),
            maps,
            make_scratch(len(scene.bones.ranges), len(scene.tubes.heads)),
        )
        fill_gel(maps.tissue, maps.gap, row_mm, codes.air, codes.gel)
        # Not in a kernel: its fast arithmetic knows no infinity.
        maps.gap[maps.gap < 0] = np.inf
        return Section(
            grid, maps.tissue, maps.structure, maps.facing, maps.fibre, maps.material, maps.gap
        )

    def skin_distance(
        self, point: ArrayLike, direction: ArrayLike, *, limit_mm: float = 200.0
    ) -> float:
        """Distance from a point along a direction to the skin.

        Returns
        -------
        float
            In mm; negative if the point is inside, infinite if the ray misses.
        """
        heading = np.asarray(direction, dtype=np.float64)
        heading = heading / np.linalg.norm(heading)
        distance = skin_depth(
            self.anatomy.scene.envelope, self._joints, _f32(point), _f32(heading), limit_mm
        )
        return float(distance) if distance < NO_SKIN else np.inf

    def skin_point(self, target: ArrayLike, outward: ArrayLike, *, start_mm: float = 60.0) -> Array:
        """Where the skin is over a target, seen from outside; shape (3,), in mm.

        Parameters
        ----------
        target : array_like of shape (3,)
            A point inside of the body.
        outward : array_like of shape (3,)
            From the target to the outside.
        start_mm : float
            How far away the ray starts.
        """
        away = np.asarray(outward, dtype=np.float64)
        away = away / np.linalg.norm(away)
        begin = np.asarray(target, dtype=np.float64) + start_mm * away
        distance = self.skin_distance(begin, -away)
        result: Array = begin - distance * away
        return result

    def standard_pose(
        self, plane: str, *, digit: int | None = None, swap: bool = False
    ) -> ProbePose:
        """The probe on the skin for a standard plane.

        Parameters
        ----------
        plane : str
            ``S1`` to ``S15``.
        digit : int, optional
            Finger of S8 (index if left out) and S9 (middle finger if left out).
        swap : bool
            Radial, or proximal, on the right of the picture instead of the left.
        """
        aimed = aim(self.anatomy, plane, scale=self.person.scale, digit=digit)
        target = self.place(aimed.target)
        axial = self.place(aimed.target + 0.5 * unit(aimed.axial)) - target
        lateral = self.place(aimed.target + 0.5 * unit(aimed.lateral)) - target
        origin = self.skin_point(target, -axial)
        pose = ProbePose.looking(origin, axial=axial, lateral=-lateral if swap else lateral)
        return pose.moved(axial_mm=view(plane).press_mm)

    def standard_grid(self, plane: str, *, rows: int = 512, columns: int = 192) -> SliceGrid:
        """The usual depth and aperture of a plane."""
        usual = view(plane)
        return SliceGrid(rows, columns, usual.depth_mm, usual.width_mm)

    def place(self, point: ArrayLike) -> Array:
        """Where a point of the flat body is now, shape (3,), in mm."""
        x, y, z = np.asarray(point, dtype=np.float64)
        return np.array(warp_point(self._joints, x, y, z, False), dtype=np.float64)


def _f32(values: ArrayLike) -> Float32:
    given: NDArray[np.float32] = np.ascontiguousarray(values, dtype=np.float32)
    return given
