"""Which people and planes a command names."""

from __future__ import annotations

from sesamoid.errors import SesamoidError

MOST_PEOPLE = 1_000_000


def people_of(text: str) -> tuple[int, ...]:
    """Seeds from ``7``, ``0,3,5`` or ``0:100``, also mixed; each once, in order.

    Raises
    ------
    SesamoidError
        Where it is none of these.
    """
    found: list[int] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        first, colon, last = part.partition(":")
        if not first.isdecimal() or (colon and not last.isdecimal()):
            raise SesamoidError(
                f"people {part!r} cannot be understood", fix="write 7, 0,3,5 or 0:100."
            )
        start, stop = int(first), int(last) if colon else int(first) + 1
        if stop <= start or stop - start > MOST_PEOPLE:
            raise SesamoidError(
                f"people {part!r} names {max(0, stop - start)} people",
                fix=f"write a range such as 0:100, of at most {MOST_PEOPLE}.",
            )
        found += range(start, stop)
    if not found:
        raise SesamoidError("no people are named", fix="write 7, 0,3,5 or 0:100.")
    return tuple(sorted(set(found)))


def planes_of(text: str) -> tuple[str, ...]:
    """Ids of planes from ``S11,S14`` or ``all``, each once, in the protocol's order.

    Raises
    ------
    SesamoidError
        Where a plane is not known; it names those that are.
    """
    from sesamoid.anatomy import protocol
    from sesamoid.virtual.acquisition.simulation import PROTOCOL

    known = protocol(PROTOCOL)
    if text.strip() == "all":
        return tuple(plane.id for plane in known.planes)
    wanted = {known.plane(part.strip().upper()).id for part in text.split(",") if part.strip()}
    return tuple(plane.id for plane in known.planes if plane.id in wanted)
