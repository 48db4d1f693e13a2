"""Exercises on virtual patients: questions, truth from the simulator, scores, learning curves.

Truth is never that of a network: it comes from the person and from where the probe was.
"""

from sesamoid.server.teaching.curves import Curve, SessionPoint, learning_curves
from sesamoid.server.teaching.exercises import Exercise, ExerciseKey, exercise, exercises, joints
from sesamoid.server.teaching.overview import Learner
from sesamoid.server.teaching.quizzes import Answer
from sesamoid.server.teaching.teaching import Teaching

__all__ = [
    "Answer",
    "Curve",
    "Exercise",
    "ExerciseKey",
    "Learner",
    "SessionPoint",
    "Teaching",
    "exercise",
    "exercises",
    "joints",
    "learning_curves",
]
