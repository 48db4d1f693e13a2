"""The skin of a virtual hand as a triangle mesh, in the form of glTF that browsers read."""

from __future__ import annotations

import json
import struct

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from sesamoid.live.instruction import Side
from sesamoid.virtual.body import WristHand
from sesamoid.virtual.body.lattice_kernels import lattice_points

Float32 = NDArray[np.float32]
STEP_MM = 3.4
"""Of the lattice: fingers are round still, by their normals, and a machine without a graphics card
has 13,000 triangles to draw."""
BOX_MM = ((-62.0, 76.0), (-52.0, 48.0), (-74.0, 146.0))
"""x, y, z of a hand of the reference length (`Person.scale`), with room for bent fingers."""
SKIN = (0.80, 0.60, 0.50)
"""Linear red, green, blue; a made-up middle tone."""
_GLB, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


def skin_mesh(body: WristHand) -> tuple[Float32, Float32, NDArray[np.uint32]]:
    """Vertices and unit normals, shape (n, 3), in mm of the body's frame; triangles, shape (m, 3).

    Normals and the order of corners point outwards.
    """
    (x0, x1), (y0, y1), (z0, z1) = (
        (low * body.person.scale, high * body.person.scale) for low, high in BOX_MM
    )
    rows, columns = round((y1 - y0) / STEP_MM) + 1, round((x1 - x0) / STEP_MM) + 1
    planes = round((z1 - z0) / STEP_MM) + 1
    field = np.empty((planes, rows, columns), np.float32)
    places = np.empty((rows, columns, 3), np.float32)
    layers = np.empty((rows, columns, 3), np.float32)
    lateral, down = _f32(1, 0, 0), _f32(0, 1, 0)
    for index in range(planes):
        lattice_points(
            _f32(0, y0, z0 + STEP_MM * index), lateral, down, (STEP_MM, STEP_MM),
            x0, body._joints, body.anatomy.scene.envelope, places, layers,
        )  # fmt: skip
        field[index] = layers[..., 0]
    # The forearm is cut off: closed there, it looks like a hand and not like a sleeve.
    field[0] = np.maximum(field[0], STEP_MM)
    found, faces, normals, _ = marching_cubes(field, 0.0, spacing=(STEP_MM,) * 3)
    vertices = (found[:, ::-1] + (x0, y0, z0)).astype(np.float32)
    outward = normals[:, ::-1].astype(np.float32)
    # Whatever way round corners and normals came: a closed surface whose volume is positive (by the
    # divergence theorem) has its corners in order, and its normals agree with them.
    a, b, c = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    if float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) < 0:
        faces, b, c = faces[:, ::-1], c, b
    if float(np.einsum("ij,ij->i", np.cross(b - a, c - a), outward[faces[:, 0]]).mean()) < 0:
        outward = -outward
    return vertices, outward, np.ascontiguousarray(faces, dtype=np.uint32)


def hand_glb(body: WristHand, side: Side) -> bytes:
    """The skin as binary glTF 2.0, of the person's own right or left hand, in mm.

    Parameters
    ----------
    body : WristHand
    side : {"left", "right"}

    Notes
    -----
    Khronos, glTF 2.0 specification, clauses 4 (binary form), 5.1 (accessors).
    """
    vertices, normals, faces = skin_mesh(body)
    if side == "left":
        flip = np.array([-1, 1, 1], np.float32)
        vertices, normals, faces = vertices * flip, normals * flip, faces[:, ::-1]
    parts = [vertices, normals, np.ascontiguousarray(faces, dtype=np.uint32)]
    offsets = np.cumsum([0, *(part.nbytes for part in parts)])
    content = {
        "asset": {"version": "2.0", "generator": "sesamoid"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "skin"}],
        "meshes": [
            {
                "primitives": [
                    {"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}
                ]
            }
        ],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [*SKIN, 1.0],
                    "metallicFactor": 0.0,
                    "roughnessFactor": 0.75,
                }
            }
        ],
        "accessors": [
            {
                "bufferView": 0, "componentType": 5126, "count": len(vertices), "type": "VEC3",
                "min": vertices.min(axis=0).tolist(), "max": vertices.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": 5126, "count": len(normals), "type": "VEC3"},
            {"bufferView": 2, "componentType": 5125, "count": faces.size, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": int(offset), "byteLength": part.nbytes, "target": target}
            for offset, part, target in zip(offsets, parts, (34962, 34962, 34963), strict=False)
        ],
        "buffers": [{"byteLength": int(offsets[-1])}],
    }  # fmt: skip
    text = json.dumps(content, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    data = b"".join(part.tobytes() for part in parts)
    whole = 12 + 8 + len(text) + 8 + len(data)
    return (
        struct.pack("<III", _GLB, 2, whole)
        + struct.pack("<II", len(text), _JSON) + text
        + struct.pack("<II", len(data), _BIN) + data
    )  # fmt: skip


def _f32(x: float, y: float, z: float) -> Float32:
    return np.array([x, y, z], np.float32)
