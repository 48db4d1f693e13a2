"""A virtual muscle in long axis: known in mm and degrees, pictured with scanner-like speckle.

Every figure from it is virtual and is called so wherever it appears.
"""

from sesamoid.virtual.muscle.parameters import VirtualMuscle
from sesamoid.virtual.muscle.picture import MusclePicture, picture
from sesamoid.virtual.muscle.population import draw_muscle
from sesamoid.virtual.muscle.truth import MuscleTruth, truth_of

__all__ = ["MusclePicture", "MuscleTruth", "VirtualMuscle", "draw_muscle", "picture", "truth_of"]
