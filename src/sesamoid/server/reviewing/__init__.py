"""Decisions on findings: accepted, modified, rejected; and the report that says so."""

from sesamoid.server.reviewing.changes import Change
from sesamoid.server.reviewing.deciding import Decided, Reviewing

__all__ = ["Change", "Decided", "Reviewing"]
