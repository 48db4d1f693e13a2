"""Accounts, for admins."""

from __future__ import annotations

from fastapi import APIRouter

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import AccountChange, AccountIn, AccountOut

router = APIRouter(tags=["accounts"], prefix="/accounts")


@router.get("", responses=refusals())
def list_accounts(actor: ActorDep, services: ServicesDep) -> list[AccountOut]:
    """All accounts."""
    return [AccountOut.of(one) for one in services.access.accounts.list(actor)]


@router.post("", status_code=201, responses=refusals(409))
def add_account(body: AccountIn, actor: ActorDep, services: ServicesDep) -> AccountOut:
    """A new account."""
    made = services.access.accounts.add(actor, body.name, body.password, body.roles)
    return AccountOut.of(made)


@router.patch("/{name}", responses=refusals(404, 409))
def change_account(
    name: str, body: AccountChange, actor: ActorDep, services: ServicesDep
) -> AccountOut:
    """Change roles, disable, or set a new password; accounts are never deleted."""
    changed = services.access.accounts.change(
        actor, name, roles=body.roles, disabled=body.disabled, password=body.password
    )
    return AccountOut.of(changed)
