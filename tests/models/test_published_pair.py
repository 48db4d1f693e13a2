"""The published pair sees a frame as in its training, and says no more than it was taught."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from sesamoid.errors import ModelError
from sesamoid.imaging import Crop
from sesamoid.models.joint_task import JointTask
from sesamoid.models.published_network import ANATOMY, PLANES
from sesamoid.models.published_pair import PublishedPair

from .pair_files import write_pair

CANVAS = (64, 96)
TASK = JointTask(
    protocol="drawn 1", planes=("S1", "S2", "S3"), parts=(), part_owner=(),
    classes=("background", "bright", "nothing", "dark"), pose=(), pose_unit=(), capture=(),
    tolerance=((), (), ()), picture=(),
)  # fmt: skip
AREA = Crop(20, 30, 120, 200)
SPACING = (0.1, 0.08)


def scene() -> np.ndarray:
    """A scan among a console's grey: bright up left in it, dark down right."""
    rng = np.random.default_rng(3)
    frame = np.full((160, 260), 90, np.uint8)
    scan = rng.normal(90, 6, (AREA.height, AREA.width))
    scan[16:46, 24:64] = 240
    scan[80:104, 130:180] = 4
    frame[20:140, 30:230] = scan.clip(0, 255)
    return frame


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pair(tmp_path / "pair", TASK, CANVAS)


def test_anatomy_lands_where_it_is_on_the_frame(folder: Path) -> None:
    look = PublishedPair([folder]).look(scene(), scan_area=AREA, spacing_mm=SPACING)
    wanted = np.zeros((160, 260), np.uint8)
    wanted[36:66, 54:94] = 1
    wanted[100:124, 160:210] = 3
    assert look.labels.shape == wanted.shape
    for value in (1, 3):
        a, b = look.labels == value, wanted == value
        assert 2 * (a & b).sum() / (a.sum() + b.sum()) > 0.93
    assert look.outlines.values == {1, 3}


def test_nearest_times_inside_is_what_resnet_said(folder: Path) -> None:
    """And on the frame it says what it says on the picture that training would show it."""
    pytest.importorskip("torch")
    from dataclasses import replace

    import cv2

    from sesamoid.learning.joint_data import JointDataset
    from sesamoid.learning.joint_example import JointExample, nothing_known
    from sesamoid.learning.joint_pack import pack_examples
    from tests.learning.joint_pictures import TINY

    cv2.imwrite(str(folder / "frame.png"), scene())
    example = JointExample(
        name="one", image=folder / "frame.png", label=None, box=AREA, spacing_mm=SPACING,
        held_out=True, **nothing_known(TASK),
    )  # fmt: skip
    pack = pack_examples([example], TASK, CANVAS, folder / "pack")
    recipe = replace(TINY, grey_exponent=0.5)
    which = np.array([0])
    given = {
        size: JointDataset(
            pack, which, TASK, recipe, size, augment=False, stretched=size != CANVAS
        )[0]["image"]
        for size in ((48, 48), CANVAS)
    }
    assert (given[48, 48] != 0).float().mean() > 0.9, "the scan fills the square"
    said = {}
    for name, size in ((PLANES, (48, 48)), (ANATOMY, CANVAS)):
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
        said[name] = session.run(None, {"image": given[size][None].numpy()})[0][0]
    look = PublishedPair([folder]).look(scene(), scan_area=AREA, spacing_mm=SPACING)
    np.testing.assert_allclose(look.nearest * look.inside, said[PLANES][:-1], atol=1e-6)
    assert look.nearest.sum() == pytest.approx(1, abs=1e-6)
    assert look.inside == pytest.approx(1 - said[PLANES][-1], abs=1e-6)
    placed = pack.placed(0)
    canvas = said[ANATOMY].argmax(axis=0)
    inner = canvas[placed.top : placed.bottom, placed.left : placed.right]
    np.testing.assert_array_equal(look.outlines.coarse, inner)


def test_what_it_was_not_taught_it_does_not_say(folder: Path) -> None:
    look = PublishedPair([folder]).look(scene())
    for name in ("pose", "pose_sd", "parts", "picture", "reversed"):
        assert not hasattr(look, name)


def test_the_networks_may_lie_in_folders_of_their_own(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for suffix in ("onnx", "json"):
        (folder / f"{ANATOMY}.{suffix}").rename(other / f"{ANATOMY}.{suffix}")
    names = [one.network for one in PublishedPair([other, folder]).networks]
    assert names == [PLANES, ANATOMY]
    with pytest.raises(ModelError, match=r"no hrnet_w32\.onnx.*--recipe hrnet_w32"):
        PublishedPair([folder])
    write_pair(other, TASK, CANVAS)
    with pytest.raises(ModelError, match=r"2 files resnet50\.onnx"):
        PublishedPair([other, folder])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": "elsewhere"}, "data is another"),
        ({"origin": "real"}, "origin is another"),
        ({"grey_exponent": 1.0}, "grey exponent is another"),
        ({"canvas_size": (32, 48)}, "32 x 48 pixels and not the joint network's 64 x 96"),
        ({"network": "other"}, "of other, and not of hrnet_w32"),
        ({"sha256": "0" * 64}, "SHA-256 differs"),
    ],
)
def test_networks_that_do_not_belong_together_are_refused(
    tmp_path: Path, changes: dict, said: str
) -> None:
    folder = write_pair(tmp_path / "pair", TASK, CANVAS, **changes)
    with pytest.raises(ModelError, match=said):
        PublishedPair([folder])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "no JSON"),
        ('{"network": "resnet50"}', "nothing of a published network"),
        ('{"schema": "sesamoid-published-network-v1"}', "entries are missing"),
    ],
)
def test_what_stands_beside_a_network_must_be_whole(
    folder: Path, content: str | None, said: str
) -> None:
    path = folder / f"{PLANES}.json"
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=said) as caught:
        PublishedPair([folder])
    assert caught.value.path is not None
    assert caught.value.path.name == path.name


def test_weights_that_are_no_network_are_refused(folder: Path) -> None:
    weights, beside = folder / f"{PLANES}.onnx", folder / f"{PLANES}.json"
    weights.write_bytes(b"no network")
    told = json.loads(beside.read_text("utf-8"))
    told["sha256"] = hashlib.sha256(b"no network").hexdigest()
    beside.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot load"):
        PublishedPair([folder])
