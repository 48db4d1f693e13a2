"""Names and codes: structures, planes and protocols, as data files with their sources."""

from sesamoid.anatomy.codes import Code
from sesamoid.anatomy.structures import Structure, structure, structures

__all__ = ["Code", "Structure", "structure", "structures"]
