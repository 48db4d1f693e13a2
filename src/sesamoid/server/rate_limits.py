"""How often things may be done on a public server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimits:
    """In the words of the limits library, e.g. ``"10/minute"``.

    Parameters
    ----------
    login : str
        Attempts of one address.
    guesses : str
        Wrong passwords for one account from one address.
    account : str
        Wrong passwords for one account from anywhere; so many that nobody locks others out
        by accident.
    anonymous : str
        Requests of one address without a session.
    session : str
        Requests of one session; a live scan goes through a web socket and does not count.
    upload : str
        Uploads of one session.
    refusals : str
        Refusals of one address that are written to the audit log; the rest is not, so that
        nobody fills the disk.
    """

    login: str = "20/minute"
    guesses: str = "10/15 minutes"
    account: str = "100/hour"
    anonymous: str = "300/minute"
    session: str = "1200/minute"
    upload: str = "240/hour"
    refusals: str = "120/minute"
