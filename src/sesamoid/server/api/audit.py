"""The audit log, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import MOST_ID, AuditOut, ChainOut, Text

router = APIRouter(tags=["audit"], prefix="/audit")


@router.get("", responses=refusals())
def list_entries(
    actor: ActorDep,
    services: ServicesDep,
    before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
    action: Annotated[Text, Query(max_length=64)] = "",
    account: Annotated[Text, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[AuditOut]:
    """Entries, the newest first; `before` is the id to go on from."""
    found = services.audit.list(actor, before=before, action=action, account=account, limit=limit)
    return [AuditOut.of(one) for one in found]


@router.get("/verify", responses=refusals())
def verify(actor: ActorDep, services: ServicesDep) -> ChainOut:
    """Whether any entry was changed or removed."""
    return ChainOut(**vars(services.audit.verify(actor)))
