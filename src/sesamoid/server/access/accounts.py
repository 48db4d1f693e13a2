"""Accounts: made, changed, disabled; logging in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sesamoid.server.access.actor import LOCAL, Actor
from sesamoid.server.access.errors import BadRequest, Conflict, NotFound, NotLoggedIn
from sesamoid.server.access.passwords import hash_password, outdated, verify_password
from sesamoid.server.access.roles import Role
from sesamoid.server.access.sessions import Login
from sesamoid.server.store import Account, Store, accounts, audit

if TYPE_CHECKING:
    from sesamoid.server.access.access import Access

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
SYSTEM = "command line"
"""Whose doing it is in the audit log where the command line made an account."""


class Accounts:
    """What admins do with accounts, and everyone with their own.

    Parameters
    ----------
    access : Access
    store : Store
    """

    def __init__(self, access: Access, store: Store):
        self.access, self.store = access, store

    def login(self, name: str, password: str, address: str) -> Login:
        """Open a session.

        Raises
        ------
        NotLoggedIn
            Name or password is wrong, or the account is disabled: the answer is the same.
        TooManyRequests
            Too many wrong passwords for this account.
        """
        shown, rates = name.strip().lower()[:64], self.access.rates
        counted = {"guesses": f"{shown} {address}", "account": shown}
        for what, key in counted.items():
            if rates.spent(what, key):
                raise rates.too_many(what, key)
        with self.store.read() as session:
            account = accounts.by_name(session, name)
        right = verify_password(password, account.password_hash if account else None)
        if account is None or not right or account.disabled:
            for what, key in counted.items():
                rates.allows(what, key)
            with self.store.write() as session:
                audit.append(
                    session, "session.refused", account=shown if account else "",
                    address=address,
                )  # fmt: skip
            raise NotLoggedIn("name or password is wrong", fix="try again, or ask an admin.")
        if outdated(account.password_hash):
            self._write_password(account.id, hash_password(password))
        return self.access.sessions.open(account, address)

    def list(self, actor: Actor) -> Sequence[Account]:
        """All accounts, for an admin."""
        self.access.require(actor, Role.ADMIN)
        with self.store.read() as session:
            return accounts.every(session)

    def all_of_them(self) -> Sequence[Account]:
        """All accounts that can log in, for the command line."""
        with self.store.read() as session:
            return [one for one in accounts.every(session) if one.name != LOCAL]

    def add(self, actor: Actor | None, name: str, password: str, roles: Iterable[Role]) -> Account:
        """Make an account; without an actor from the command line.

        Raises
        ------
        BadRequest, Conflict, Forbidden
        """
        by = self._admin(actor)
        clean, wanted = checked_name(name), checked_roles(roles)
        hashed = hash_password(password)
        taken = Conflict(f"there is an account {clean!r}", fix="choose another name.")
        try:
            with self.store.write() as session:
                if accounts.by_name(session, clean) is not None:
                    raise taken
                account = accounts.add(session, clean, hashed, [role.value for role in wanted])
                audit.append(
                    session, "account.add", account=by, object=f"account {clean}",
                    detail={"roles": account.roles}, address=actor.address if actor else "",
                )  # fmt: skip
        except IntegrityError as error:  # somebody was quicker by a moment
            raise taken from error
        return account

    def change(
        self,
        actor: Actor | None,
        name: str,
        *,
        roles: Iterable[Role] | None = None,
        disabled: bool | None = None,
        password: str | None = None,
    ) -> Account:
        """Change an account; who is disabled or gets a new password is logged out everywhere.

        Raises
        ------
        NotFound, BadRequest, Conflict, Forbidden
        """
        by = self._admin(actor)
        hashed = None if password is None else hash_password(password)
        wanted = None if roles is None else checked_roles(roles)
        with self.store.write() as session:
            account = accounts.by_name(session, name)
            if account is None or account.name == LOCAL:
                raise NotFound(f"there is no account {name!r}")
            detail: dict[str, object] = {}
            if wanted is not None:
                account.roles = sorted(role.value for role in wanted)
                detail["roles"] = account.roles
            if disabled is not None:
                account.disabled = disabled
                detail["disabled"] = disabled
            if hashed is not None:
                account.password_hash = hashed
                detail["password"] = "changed"
            if account.disabled or hashed is not None:
                accounts.end_sessions(session, account.id)
            session.flush()
            self._keep_an_admin(session, account)
            audit.append(
                session, "account.change", account=by, object=f"account {account.name}",
                detail=detail, address=actor.address if actor else "",
            )  # fmt: skip
        return account

    def change_own_password(self, actor: Actor, old: str, new: str) -> None:
        """Everyone may; other sessions of the account end.

        Raises
        ------
        BadRequest, NotLoggedIn
        """
        actor = self.access.require(actor)
        with self.store.read() as session:
            account = accounts.by_name(session, actor.name)
        if account is None or not verify_password(old, account.password_hash):
            self.access.note(actor, "account.password_refused", object=f"account {actor.name}")
            raise BadRequest("the old password is wrong", fix="type it again.")
        self._write_password(account.id, hash_password(new), keep=actor.session)
        self.access.note(actor, "account.password", object=f"account {actor.name}")

    def _write_password(self, account_id: int, hashed: str, *, keep: str | None = None) -> None:
        with self.store.write() as session:
            account = session.get_one(Account, account_id)
            account.password_hash = hashed
            if keep is not None:
                accounts.end_sessions(session, account_id, but=keep)

    def _admin(self, actor: Actor | None) -> str:
        return SYSTEM if actor is None else self.access.require(actor, Role.ADMIN).name

    def _keep_an_admin(self, session: Session, changed: Account) -> None:
        """Nobody may lock everyone out."""

        for account in accounts.every(session):
            usable = account.name != LOCAL and not account.disabled
            if usable and Role.ADMIN.value in account.roles:
                return
        raise Conflict(
            f"{changed.name!r} is the last admin", fix="give another account the role first."
        )


def checked_name(name: str) -> str:
    """A name as it is kept: in small letters.

    Raises
    ------
    BadRequest
    """
    clean = name.strip().lower()
    if not NAME.fullmatch(clean) or clean == LOCAL:
        raise BadRequest(
            f"{name!r} is no account name",
            fix="use 2 to 64 small letters, digits, dots, dashes or @, and not 'local'.",
        )
    return clean


def checked_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """At least one role.

    Raises
    ------
    BadRequest
    """
    wanted = frozenset(Role(role) for role in roles)
    if not wanted:
        raise BadRequest("an account needs a role", fix=f"give one of {', '.join(Role)}.")
    return wanted
