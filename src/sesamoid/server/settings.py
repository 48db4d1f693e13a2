"""How the server runs, and which of that is refused before it starts."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

from sesamoid.errors import SesamoidError
from sesamoid.server.rate_limits import RateLimits

GIB = 2**30
DEFAULT_PORT = 8642
DATABASE_FILE = "sesamoid.sqlite"


@dataclass(frozen=True)
class ServerSettings:
    """What `sesamoid serve` was told.

    Parameters
    ----------
    data : Path
        Folder of everything that is kept: the SQLite file, exams, uploads, secrets.
    host, port : str, int
        Port 0: any that is free.
    database : str, optional
        SQLAlchemy URL; SQLite in `data` where not given.
    public : bool
        Reachable from other machines: accounts are demanded.
    tls_certificate, tls_key : Path, optional
        PEM files.
    behind_proxy : bool
        A reverse proxy ends TLS; only then are ``X-Forwarded-*`` headers believed.
    session_hours, idle_hours : float
        A session ends this long after login, or after the last request.
    upload_limit_bytes : int
        Of one upload.
    unpacked_limit_bytes : int
        Of everything in one archive, unpacked.
    assistant : str, optional
        Name or folder of the model bundle; None: the assistant is not offered.
    rates : RateLimits
        Of a public server; local use has none.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    database: str | None = None
    public: bool = False
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    session_hours: float = 12.0
    idle_hours: float = 2.0
    upload_limit_bytes: int = GIB
    unpacked_limit_bytes: int = 2 * GIB
    assistant: str | None = "wrist_hand"
    rates: RateLimits = field(default_factory=RateLimits)

    @property
    def database_url(self) -> str:
        """The URL with the driver that is used."""
        if self.database is None:
            return f"sqlite:///{(self.data / DATABASE_FILE).resolve()}"
        for name in ("postgresql://", "postgres://"):
            if self.database.startswith(name):
                return f"postgresql+pg8000://{self.database.removeprefix(name)}"
        return self.database

    @property
    def encrypted(self) -> bool:
        """Browsers reach the server through TLS."""
        return self.tls_certificate is not None or self.behind_proxy

    def check(self) -> None:
        """Refuse what would be unsafe or cannot work.

        Raises
        ------
        SesamoidError
        """
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise SesamoidError(
                "TLS needs a certificate and its key",
                fix="give both --tls-certificate and --tls-key.",
            )
        for path in (self.tls_certificate, self.tls_key):
            if path is not None and not os.access(path, os.R_OK):
                raise SesamoidError(
                    "the TLS file cannot be read", path=path, fix="check its path and permissions."
                )
        if not self.public:
            self._check_local()
        elif not self.encrypted:
            raise SesamoidError(
                "--public without TLS would send passwords in the clear",
                fix="give --tls-certificate and --tls-key, or --behind-proxy where a reverse proxy "
                "ends TLS.",
            )
        for name in ("session_hours", "idle_hours", "upload_limit_bytes", "unpacked_limit_bytes"):
            if getattr(self, name) <= 0:
                raise SesamoidError(
                    f"{name} is {getattr(self, name):g}", fix="give a positive number."
                )

    def _check_local(self) -> None:
        if not is_loopback(self.host):
            raise SesamoidError(
                f"without accounts the server listens on this machine only, not on {self.host!r}",
                fix="leave --host out, or add --public (with accounts and TLS).",
            )
        if self.behind_proxy:
            raise SesamoidError(
                "a proxy would make the server public without accounts",
                fix="add --public, or leave --behind-proxy out.",
            )


def is_loopback(host: str) -> bool:
    """True for ``localhost`` and loopback addresses, IPv6 with or without brackets."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
