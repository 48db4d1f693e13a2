import numpy as np

from sesamoid.models import ModelBundle
from sesamoid.models.explain import occlusion_evidence
from sesamoid.models.runtime import SegmentationRuntime
from tests.models.test_runtime import scene


def test_evidence_lies_on_what_the_class_is_seen_by(threshold_bundle: ModelBundle) -> None:
    maps = occlusion_evidence(SegmentationRuntime(threshold_bundle), scene())
    assert maps.shape == (2, 120, 200)
    inside, outside = maps[0, 22:38, 32:58], maps[0, 70:, 100:]
    assert inside.mean() > 5 * outside.mean()


def test_a_class_that_is_not_there_has_no_evidence(threshold_bundle: ModelBundle) -> None:
    frame = scene()
    frame[80:100, 150:180] = 120
    maps = occlusion_evidence(SegmentationRuntime(threshold_bundle), frame)
    assert not np.any(maps[1])
