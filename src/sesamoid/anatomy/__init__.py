"""Names and codes: structures, planes and protocols, as data files with their sources."""

from sesamoid.anatomy.codes import Code
from sesamoid.anatomy.grade_rule import ASPECTS, Band, GradeRule
from sesamoid.anatomy.orientation import is_turned
from sesamoid.anatomy.planes import (
    Axis,
    LabelGroup,
    LabelPart,
    Plane,
    PoseTolerance,
    Requirement,
)
from sesamoid.anatomy.protocol_model import Checks, Protocol, PublishedLabel, Source
from sesamoid.anatomy.protocols import protocol, protocols
from sesamoid.anatomy.structures import Structure, structure, structures

__all__ = [
    "ASPECTS",
    "Axis",
    "Band",
    "Checks",
    "Code",
    "GradeRule",
    "LabelGroup",
    "LabelPart",
    "Plane",
    "PoseTolerance",
    "Protocol",
    "PublishedLabel",
    "Requirement",
    "Source",
    "Structure",
    "is_turned",
    "protocol",
    "protocols",
    "structure",
    "structures",
]
