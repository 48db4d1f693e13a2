"""People, under pseudonyms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from sesamoid.server.api.dependencies import ActorDep, ServicesDep, refusals
from sesamoid.server.api.models import MOST_ID, PersonIn, PersonOut, Text
from sesamoid.server.exams.people import PersonFields

router = APIRouter(tags=["people"], prefix="/people")
PersonId = Annotated[int, Path(ge=1, le=MOST_ID)]


@router.get("", responses=refusals())
def list_people(
    actor: ActorDep,
    services: ServicesDep,
    text: Annotated[Text, Query(max_length=120)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[PersonOut]:
    """People whom you may see."""
    return [PersonOut.of(one) for one in services.people.list(actor, text=text, limit=limit)]


@router.post("", status_code=201, responses=refusals())
def add_person(body: PersonIn, actor: ActorDep, services: ServicesDep) -> PersonOut:
    """Enter a person."""
    return PersonOut.of(services.people.add(actor, _fields(body)))


@router.get("/{person_id}", responses=refusals(404))
def get_person(person_id: PersonId, actor: ActorDep, services: ServicesDep) -> PersonOut:
    """One of them."""
    return PersonOut.of(services.people.get(actor, person_id))


@router.put("/{person_id}", responses=refusals(404))
def change_person(
    person_id: PersonId, body: PersonIn, actor: ActorDep, services: ServicesDep
) -> PersonOut:
    """Change label, side and note."""
    return PersonOut.of(services.people.change(actor, person_id, _fields(body)))


@router.delete("/{person_id}", status_code=204, responses=refusals(404, 409))
def delete_person(person_id: PersonId, actor: ActorDep, services: ServicesDep) -> None:
    """Remove a person without exams."""
    services.people.delete(actor, person_id)


def _fields(body: PersonIn) -> PersonFields:
    return PersonFields(body.label, body.virtual, body.seed, body.side, body.note)
