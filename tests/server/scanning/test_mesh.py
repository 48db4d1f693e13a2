from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from sesamoid.server.scanning.mesh import hand_glb, skin_mesh
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.body import WristHand


@pytest.fixture(scope="module")
def body(exam: Examination) -> WristHand:
    assert isinstance(exam.body, WristHand)
    return exam.body


def test_every_vertex_lies_on_the_skin(body: WristHand) -> None:
    vertices, normals, _ = skin_mesh(body)
    # The cut through the forearm is no skin.
    inner = vertices[:, 2] > vertices[:, 2].min() + 6
    rng = np.random.default_rng(0)
    misses = []
    for index in rng.choice(np.flatnonzero(inner), 150, replace=False):
        outside = vertices[index] + 3.0 * normals[index]
        misses.append(body.skin_distance(outside, -normals[index]) - 3.0)
    assert np.quantile(np.abs(misses), 0.9) < 0.3


def test_triangles_and_normals_point_outwards(body: WristHand) -> None:
    vertices, normals, faces = skin_mesh(body)
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    flat = np.cross(b - a, c - a)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    agree = np.einsum("ij,ij->i", flat, normals[faces[:, 0]])
    assert (agree > 0).mean() > 0.99
    # Volume by the divergence theorem: positive only if outwards, and that of a hand.
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
    assert 250e3 < volume < 900e3


def parsed(glb: bytes) -> tuple[dict, np.ndarray, np.ndarray]:
    magic, version, length = struct.unpack_from("<III", glb)
    assert (magic, version, length) == (0x46546C67, 2, len(glb))
    size, kind = struct.unpack_from("<II", glb, 12)
    assert kind == 0x4E4F534A
    content = json.loads(glb[20 : 20 + size])
    start = 20 + size + 8
    views, accessors = content["bufferViews"], content["accessors"]

    def array(index: int, dtype: str) -> np.ndarray:
        view = views[accessors[index]["bufferView"]]
        first = start + view["byteOffset"]
        return np.frombuffer(glb[first : first + view["byteLength"]], dtype)

    return content, array(0, "<f4").reshape(-1, 3), array(2, "<u4").reshape(-1, 3)


def test_a_left_hand_is_a_mirror_image(body: WristHand) -> None:
    content, right, faces = parsed(hand_glb(body, "right"))
    assert content["accessors"][0]["count"] == len(right)
    assert faces.max() == len(right) - 1
    _, left, turned = parsed(hand_glb(body, "left"))
    assert np.allclose(left * [-1, 1, 1], right)
    for vertices, triangles in ((right, faces), (left, turned)):
        a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
        assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() > 0
