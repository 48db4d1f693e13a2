"""Muscle in long axis: thickness, pennation, fascicle length, echo, with their spread."""

from sesamoid.applications.muscle.application import APPLICATION, MuscleApplication

__all__ = ["APPLICATION", "MuscleApplication"]
