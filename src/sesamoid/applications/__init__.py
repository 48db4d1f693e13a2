"""One package a clinical question: what to look for, how it is trained, measured and graded.

Applications are found through entry points of the group ``sesamoid.applications``.
"""

from sesamoid.applications.application import (
    AnalysisSettings,
    Application,
    TrainingOutcome,
    application,
    applications,
)
from sesamoid.applications.options import parse_options
from sesamoid.applications.remeasuring import LabelMap, Remeasuring, remeasured

__all__ = [
    "AnalysisSettings",
    "Application",
    "LabelMap",
    "Remeasuring",
    "TrainingOutcome",
    "application",
    "applications",
    "parse_options",
    "remeasured",
]
