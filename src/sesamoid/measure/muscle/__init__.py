"""Architecture of a muscle in long axis: from maps to millimetres and degrees, without a network.

Angles to the horizontal are positive when rising to the right of the image as given.
"""

from sesamoid.measure.muscle.architecture import muscle_architecture
from sesamoid.measure.muscle.bands import Band, find_bands
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.fragments import (
    FragmentAngles,
    OrientationError,
    fragment_angles,
    orientation_error,
)
from sesamoid.measure.muscle.oriented_filters import oriented_filter_orientation
from sesamoid.measure.muscle.result import Estimate, MuscleArchitecture, MuscleGeometry
from sesamoid.measure.muscle.series import Phase, Series, contraction_phases, smooth_series
from sesamoid.measure.muscle.structure_tensor import structure_tensor_orientation
from sesamoid.measure.muscle.thickness import ThicknessLine

__all__ = [
    "Band",
    "Estimate",
    "FragmentAngles",
    "MuscleArchitecture",
    "MuscleGeometry",
    "OrientationError",
    "OrientationField",
    "Phase",
    "Series",
    "ThicknessLine",
    "contraction_phases",
    "find_bands",
    "fragment_angles",
    "muscle_architecture",
    "orientation_error",
    "oriented_filter_orientation",
    "smooth_series",
    "structure_tensor_orientation",
]
