from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound import Scanner, console, labels_on_console, presets
from tests.virtual.ultrasound.scenes import index, uniform


@pytest.fixture(scope="module", params=presets(), ids=lambda machine: machine.name)
def scanned(request):
    scanner = Scanner(request.param)
    section = uniform(scanner.grid(), "fluid")
    section.tissue[120:200, 30:70] = index("skin")
    image = scanner.image(section)
    return scanner, section, image, console(image)


def test_frame_has_the_machine_s_size_and_the_region_lies_within(scanned):
    _, _, image, frame = scanned
    assert frame.pixels.shape == (*image.preset.layout.size, 3)
    box = frame.box
    assert min(box.top, box.left) >= 0
    assert box.top + box.height <= frame.pixels.shape[0]
    assert box.left + box.width <= frame.pixels.shape[1]


def test_pixels_are_square_and_sized_as_the_picture(scanned):
    scanner, _, _, frame = scanned
    assert frame.spacing_mm[0] == pytest.approx(frame.spacing_mm[1], rel=0.005)
    assert frame.spacing_mm[0] * frame.box.height == pytest.approx(scanner.settings.depth_mm)
    assert frame.spacing_mm[1] * frame.box.width == pytest.approx(scanner.probe.width_mm)


def test_region_is_the_picture_and_nothing_is_drawn_on_it(scanned):
    _, _, image, frame = scanned
    dark = console(replace(image, pixels=np.zeros_like(image.pixels)))
    assert not dark.pixels[dark.box.slices].any()
    # Outside, a frame does not depend on the picture.
    outside = np.ones(frame.pixels.shape[:2], bool)
    outside[frame.box.slices] = False
    np.testing.assert_array_equal(frame.pixels[outside], dark.pixels[outside])
    assert frame.pixels[outside].max() > 150  # text and scale


def test_labels_lie_on_what_they_name(scanned):
    scanner, section, _, frame = scanned
    labels = labels_on_console(scanner.labels(section.tissue), frame)
    grey = frame.pixels[..., 0].astype(float)
    skin = labels == index("skin")
    fluid = labels == index("fluid")
    fluid[: frame.box.top + frame.box.height // 4] = False
    assert grey[skin].mean() > grey[fluid].mean() + 40
    outside = np.ones(labels.shape, bool)
    outside[frame.box.slices] = False
    assert not labels[outside].any()


def test_deep_pictures_still_fit():
    scanner = Scanner("aster-a3")
    deep = scanner.with_settings(depth_mm=60.0)
    frame = console(deep.image(uniform(deep.grid(), "muscle")))
    assert frame.spacing_mm[0] == pytest.approx(frame.spacing_mm[1], rel=0.01)


def test_a_screen_without_room_is_refused():
    scanner = Scanner("aster-a3")
    image = scanner.image(uniform(scanner.grid(), "muscle"))
    with pytest.raises(SesamoidError, match="no room"):
        console(image, layout=replace(image.preset.layout, size=(200, 300)))


def test_drawing_is_not_shared_between_frames():
    scanner = Scanner("aster-a3")
    image = scanner.image(uniform(scanner.grid(), "muscle"))
    first = console(image)
    first.pixels[:] = 7
    assert (console(image).pixels != 7).any()
