"""What was found: regions, landmarks, lines, measurements, categories, grades; a result; an exam.

Findings are frozen, carry the pixels of the original file, and know nothing of how they are shown.
"""

from sesamoid.findings.evidence import MODEL_PROBABILITY, Landmark, Line, Region
from sesamoid.findings.grades import Category, Grade, GradeLetter, SubScore
from sesamoid.findings.keys import GRADE_KEY, category_key, measurement_keys
from sesamoid.findings.measurements import Measurement, Quantity, Uncertainty
from sesamoid.findings.results import DataOrigin, Decision, Exam, ModelReference, Result
from sesamoid.findings.review import Judged, Review, Standing, review_of
from sesamoid.findings.series import Stretch, TimeSeries

__all__ = [
    "GRADE_KEY",
    "MODEL_PROBABILITY",
    "Category",
    "DataOrigin",
    "Decision",
    "Exam",
    "Grade",
    "GradeLetter",
    "Judged",
    "Landmark",
    "Line",
    "Measurement",
    "ModelReference",
    "Quantity",
    "Region",
    "Result",
    "Review",
    "Standing",
    "Stretch",
    "SubScore",
    "TimeSeries",
    "Uncertainty",
    "category_key",
    "measurement_keys",
    "review_of",
]
