"""Options that one application alone knows: ``NAME=VALUE``, checked against what it lists."""

from __future__ import annotations

from collections.abc import Sequence

from sesamoid.applications.application import Application
from sesamoid.errors import SesamoidError


def parse_options(texts: Sequence[str], application: Application) -> dict[str, str]:
    """The options in `texts`, by name.

    Parameters
    ----------
    texts : sequence of str
        Each ``NAME=VALUE``.
    application : Application
        Whose `options` may be set.

    Raises
    ------
    SesamoidError
        No ``=``, no value, a name given twice, or one that the application does not list.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise SesamoidError(f"--set {text!r} is not NAME=VALUE", fix=_choice(application))
        if name not in application.options:
            raise SesamoidError(
                f"{application.name!r} has no option {name!r}", fix=_choice(application)
            )
        if name in found:
            raise SesamoidError(f"--set {name} is given twice", fix="give it once.")
        found[name] = value
    return found


def _choice(application: Application) -> str:
    if not application.options:
        return f"leave --set out: {application.name!r} has no options."
    return f"set one of {', '.join(application.options)}; see `sesamoid applications`."
