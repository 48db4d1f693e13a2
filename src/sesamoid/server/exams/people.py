"""People, under pseudonyms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from sesamoid.server.access import Access, Actor, BadRequest, Conflict, NotFound
from sesamoid.server.access.visibility import may_see_person, sees_all
from sesamoid.server.store import Exam, Person, Store, audit

SIDES = ("left", "right")
LONGEST_LABEL = 120


@dataclass(frozen=True)
class PersonFields:
    """What is told of a person.

    Parameters
    ----------
    label : str
        A pseudonym; no name.
    virtual : bool
    seed : int, optional
        Of a virtual person.
    side : str, optional
        ``"left"`` or ``"right"``.
    note : str
    """

    label: str
    virtual: bool = False
    seed: int | None = None
    side: str | None = None
    note: str = ""


class People:
    """The people of one server.

    Parameters
    ----------
    access : Access
    store : Store
    """

    def __init__(self, access: Access, store: Store):
        self.access, self.store = access, store

    def list(self, actor: Actor, *, text: str = "", limit: int = 200) -> Sequence[Person]:
        """People whom the actor may see, by label."""
        actor = self.access.require(actor)
        query = select(Person).order_by(Person.label, Person.id).limit(limit)
        if not sees_all(actor):
            query = query.where(Person.account_id == actor.account_id)
        if text.strip():
            wanted = text.strip().lower()
            query = query.where(
                or_(
                    func.lower(Person.label).contains(wanted, autoescape=True),
                    func.lower(Person.note).contains(wanted, autoescape=True),
                )
            )
        with self.store.read() as session:
            return session.scalars(query).all()

    def get(self, actor: Actor, person_id: int) -> Person:
        """One of them; NotFound where there is none or it is another's."""
        actor = self.access.require(actor)
        with self.store.read() as session:
            person = session.get(Person, person_id)
        if person is None:
            raise NotFound(f"there is no person {person_id}")
        if not may_see_person(actor, person):
            self.access.note(actor, "person.refused", object=f"person {person_id}")
            raise NotFound(f"there is no person {person_id}")
        return person

    def add(self, actor: Actor, fields: PersonFields) -> Person:
        """Enter a person."""
        actor = self.access.require(actor)
        checked = _checked(fields)
        with self.store.write() as session:
            person = Person(account_id=actor.account_id, **vars(checked))
            session.add(person)
            session.flush()
            audit.append(
                session, "person.add", account=actor.name, object=f"person {person.id}",
                address=actor.address,
            )  # fmt: skip
        return person

    def change(self, actor: Actor, person_id: int, fields: PersonFields) -> Person:
        """Write label, side and note anew; who is virtual stays so."""
        self.get(actor, person_id)
        checked = _checked(fields)
        with self.store.write() as session:
            person = session.get_one(Person, person_id)
            person.label, person.side, person.note = checked.label, checked.side, checked.note
            audit.append(
                session, "person.change", account=actor.name, object=f"person {person_id}",
                address=actor.address,
            )  # fmt: skip
        return person

    def delete(self, actor: Actor, person_id: int) -> None:
        """Remove a person without exams.

        Raises
        ------
        Conflict
            There are exams; delete those first.
        """
        self.get(actor, person_id)
        with self.store.write() as session:
            exams = session.scalar(select(func.count(Exam.id)).where(Exam.person_id == person_id))
            if exams:
                raise Conflict(f"the person has {exams} exams", fix="delete those first.")
            session.delete(session.get_one(Person, person_id))
            audit.append(
                session, "person.delete", account=actor.name, object=f"person {person_id}",
                address=actor.address,
            )  # fmt: skip


def _checked(fields: PersonFields) -> PersonFields:
    label = " ".join(fields.label.split())
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise BadRequest("a person needs a label", fix=f"give 1 to {LONGEST_LABEL} characters.")
    if fields.side is not None and fields.side not in SIDES:
        raise BadRequest(f"no side {fields.side!r}", fix="use left or right.")
    return PersonFields(label, fields.virtual, fields.seed, fields.side, fields.note)
