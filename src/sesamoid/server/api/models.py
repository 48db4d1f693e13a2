"""What the API says and takes, typed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sesamoid.server.access import Role
from sesamoid.server.store import (
    Account,
    AuditEntry,
    Person,
)

MOST_ID = 2**31 - 1
Id = Annotated[int, Field(ge=1, le=MOST_ID)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Without the null character, which PostgreSQL keeps in no text."""


class Strict(BaseModel):
    """A request body: fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class AccountOut(BaseModel):
    """An account, without its password."""

    id: int
    name: str
    roles: list[str]
    created_at: datetime
    disabled: bool

    @classmethod
    def of(cls, row: Account) -> AccountOut:
        """From the store."""
        return cls(
            id=row.id, name=row.name, roles=row.roles, created_at=row.created_at,
            disabled=row.disabled,
        )  # fmt: skip


class AccountIn(Strict):
    """A new account."""

    name: Annotated[Text, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1024)]
    roles: Annotated[list[Role], Field(min_length=1, max_length=8)]


class AccountChange(Strict):
    """What is to be different; what is left out stays."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=8)] | None = None
    disabled: bool | None = None
    password: Annotated[str, Field(max_length=1024)] | None = None


class PersonOut(BaseModel):
    """Somebody under a pseudonym."""

    id: int
    label: str
    virtual: bool
    seed: int | None
    side: str | None
    note: str
    created_at: datetime

    @classmethod
    def of(cls, row: Person) -> PersonOut:
        """From the store."""
        return cls(
            id=row.id, label=row.label, virtual=row.virtual, seed=row.seed, side=row.side,
            note=row.note, created_at=row.created_at,
        )  # fmt: skip


class PersonIn(Strict):
    """A new person; no names."""

    label: Annotated[Text, Field(min_length=1, max_length=120)]
    virtual: bool = False
    seed: Annotated[int, Field(ge=0, le=MOST_ID)] | None = None
    side: Annotated[str, Field(pattern="^(left|right)$")] | None = None
    note: Annotated[Text, Field(max_length=4000)] = ""


class AuditOut(BaseModel):
    """An entry of the audit log."""

    id: int
    at: datetime
    account: str
    action: str
    object: str
    detail: dict[str, Any]
    address: str
    hash: str

    @classmethod
    def of(cls, row: AuditEntry) -> AuditOut:
        """From the store."""
        return cls(
            id=row.id, at=row.at, account=row.account, action=row.action, object=row.object,
            detail=row.detail, address=row.address, hash=row.hash,
        )  # fmt: skip


class ChainOut(BaseModel):
    """What checking the audit log came to."""

    entries: int
    intact: bool
    first_bad: int | None
    reason: str
    last_hash: str
