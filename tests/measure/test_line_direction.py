"""Direction of drawn strokes against lines of known angle."""

import cv2
import numpy as np
import pytest

from sesamoid.measure.line_direction import line_direction


def strokes(angle_deg: float, *, spacing: float = 14.0, width: float = 3.0) -> np.ndarray:
    """Parallel strokes rising to the right at `angle_deg`."""
    rows, columns = np.indices((200, 240), dtype=float)
    angle = np.deg2rad(angle_deg)
    across = columns * np.sin(angle) + rows * np.cos(angle)
    return (across % spacing) < width


@pytest.mark.parametrize("angle", [-60, -35, -20, -8, -3, 0, 3, 8, 12, 20, 27, 35, 45, 60, 85])
def test_the_angle_of_parallel_strokes(angle: float) -> None:
    mask = strokes(angle)
    doubled, coherence = line_direction(mask)
    inner = mask.copy()
    inner[:20], inner[-20:], inner[:, :20], inner[:, -20:] = False, False, False, False
    found = np.degrees(np.arctan2(doubled[1], doubled[0]) / 2)[inner]
    error = (found - angle + 90) % 180 - 90
    assert abs(np.median(error)) < 0.5
    # A nearly level stroke is drawn in stairs longer than the window: each stair is level.
    assert np.median(np.abs(error)) < (2.5 if 0 < abs(angle) < 5 else 1.0)
    assert np.median(coherence[inner]) > 0.9


def test_a_mirrored_stroke_has_the_mirrored_angle() -> None:
    one, _ = line_direction(strokes(17))
    other, _ = line_direction(np.ascontiguousarray(strokes(17)[:, ::-1]))
    np.testing.assert_allclose(other[0], one[0][:, ::-1], atol=1e-4)
    np.testing.assert_allclose(other[1], -one[1][:, ::-1], atol=1e-4)


def test_off_the_strokes_nothing_is_said() -> None:
    mask = np.zeros((60, 60), dtype=bool)
    cv2_mask = mask.astype(np.uint8)
    cv2.line(cv2_mask, (10, 40), (50, 20), 1, 3)
    doubled, coherence = line_direction(cv2_mask > 0)
    assert not doubled[:, cv2_mask == 0].any()
    assert not coherence[cv2_mask == 0].any()


def test_a_round_blob_has_little_coherence() -> None:
    rows, columns = np.indices((80, 80))
    disc = np.hypot(rows - 40, columns - 40) < 3
    _, coherence = line_direction(disc, window_sigma=6)
    assert coherence[40, 40] < 0.1
