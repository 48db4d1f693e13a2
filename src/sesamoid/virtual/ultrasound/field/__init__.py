"""Pictures of the same sections by a field simulator, PyMUST: a world that is not our own."""

from sesamoid.virtual.ultrasound.field.installed import pymust_version
from sesamoid.virtual.ultrasound.field.scanner import FieldScanner

__all__ = ["FieldScanner", "pymust_version"]
