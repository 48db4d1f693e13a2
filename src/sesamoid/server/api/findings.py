"""Findings and the decisions on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.exam_models import DecidedOut, DecisionIn, FindingOut
from sesamoid.server.api.models import MOST_ID

router = APIRouter(tags=["findings"], prefix="/findings")
FindingId = Annotated[int, Path(ge=1, le=MOST_ID)]


@router.get("/{finding_id}", responses=refusals(404))
def get_finding(finding_id: FindingId, actor: ActorDep, services: ServicesDep) -> FindingOut:
    """A finding with its decisions."""
    return FindingOut.of(services.reviewing.finding(actor, finding_id))


@router.post("/{finding_id}/decisions", status_code=201, responses=refusals(404, 409))
def decide(
    finding_id: FindingId, body: DecisionIn, actor: ActorDep, services: ServicesDep
) -> DecidedOut:
    """Accept, modify or reject; when this answers, the decision is on the disk."""
    decided = services.reviewing.decide(
        actor,
        finding_id,
        body.verdict,
        change=None if body.change is None else body.change.change(),
        comment=body.comment,
        seen=body.seen,
    )
    return DecidedOut(
        finding=FindingOut.of(decided.finding),
        followed=[FindingOut.of(one) for one in decided.followed],
    )
