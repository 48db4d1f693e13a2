"""What was acquired: found, shown, downloaded, deleted; uploads analysed into exams."""

from sesamoid.server.exams.catalogue import Exams, FoundExams
from sesamoid.server.exams.people import People

__all__ = ["Exams", "FoundExams", "People"]
