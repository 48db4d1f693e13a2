"""What a decision makes of a picture: the application measures again on what is left or changed."""

from __future__ import annotations

from pathlib import Path

from sesamoid.applications import LabelMap, remeasured
from sesamoid.errors import SesamoidError
from sesamoid.findings import Result
from sesamoid.live.picture_file import read_picture
from sesamoid.server.access import Actor
from sesamoid.server.exams import Exams
from sesamoid.server.reviewing.changes import Change, changed_result, target_of
from sesamoid.server.reviewing.decision_writing import rests_on
from sesamoid.server.reviewing.stored_results import stored_image, stored_result
from sesamoid.server.store import Finding, FindingKind, FindingStatus, Picture, Verdict
from sesamoid.server.store.columns import now


class MeasuringAgain:
    """Reads pictures and has them measured; writes nothing.

    Parameters
    ----------
    exams : Exams
    data : Path
        The server's data folder.
    """

    def __init__(self, exams: Exams, data: Path):
        self.exams, self.data = exams, data

    def result(
        self,
        picture: Picture,
        finding: Finding,
        verdict: Verdict,
        change: Change | None,
        actor: Actor,
    ) -> Result | None:
        """What the decision makes of the picture; None where nothing is to be measured again."""
        if change is not None:
            return self._change(picture, finding, change, actor)
        if verdict is Verdict.REJECT and finding.kind == FindingKind.REGION:
            return self._without(picture, finding, actor)
        return None

    def _without(self, picture: Picture, finding: Finding, actor: Actor) -> Result | None:
        """Others may have been measured against a rejected outline, e.g. a distance to it."""
        rows = [
            row
            for row in picture.findings
            if row is not finding
            and row.status != FindingStatus.REJECTED
            and not rests_on(row, finding)
        ]
        image = stored_image(picture.exam, picture, self.data)
        left = stored_result(picture.exam, picture, image, rows=rows)
        who = f"{actor.name} rejected on {now():%Y-%m-%d}"
        try:
            return remeasured(
                left, {finding.key}, by=f"measured without {finding.key}, which {who}"
            )
        except SesamoidError:  # it follows from others, and none from it
            return None

    def _change(self, picture: Picture, finding: Finding, change: Change, actor: Actor) -> Result:
        by = f"modified by {actor.name}, {now():%Y-%m-%d}"
        image = stored_image(picture.exam, picture, self.data)
        rows = [
            row
            for row in picture.findings
            if row is finding or row.status != FindingStatus.REJECTED
        ]
        before = stored_result(picture.exam, picture, image, rows=rows)
        changed = changed_result(before, finding, change, by=by)
        if finding.kind == FindingKind.CATEGORY:
            return changed
        return remeasured(changed, {target_of(finding)}, by=by, labels=self._labels(picture))

    def _labels(self, picture: Picture) -> LabelMap | None:
        if picture.labels is None:
            return None
        path = self.exams.file(picture.exam, picture.labels)
        # The first name is that of nothing; the network's task calls it background.
        return LabelMap(read_picture(path), ("background", *picture.label_names[1:]))
