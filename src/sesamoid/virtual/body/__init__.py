"""A digital person's wrist and hand: drawn from a population, built in 3-D, cut by a probe's plane.

`draw_person` draws the numbers, `WristHand` builds the geometry, and `WristHand.section` hands a
`sesamoid.virtual.section.Section` to a scanner.
"""

from sesamoid.virtual.body.motion import Motion
from sesamoid.virtual.body.overlap import Overlap, overlaps
from sesamoid.virtual.body.pathology import Pathology, pathology_names
from sesamoid.virtual.body.person import Person, draw_person
from sesamoid.virtual.body.planes import PLANES, View, view
from sesamoid.virtual.body.structures import structure_keys
from sesamoid.virtual.body.visibility import lit, visible_area_mm2
from sesamoid.virtual.body.wrist_hand import WristHand

__all__ = [
    "PLANES",
    "Motion",
    "Overlap",
    "Pathology",
    "Person",
    "View",
    "WristHand",
    "draw_person",
    "lit",
    "overlaps",
    "pathology_names",
    "structure_keys",
    "view",
    "visible_area_mm2",
]
