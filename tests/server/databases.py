"""A PostgreSQL cluster of its own for the tests, in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "sesamoid"


@contextmanager
def cluster() -> Iterator[int]:
    """A running cluster, and its port; the test is skipped, saying so, where there is none."""
    pytest.importorskip("pg8000", reason="the extra 'postgres' is not installed")
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="sesamoid-pg-"))
    port = free_port()
    try:
        as_user = _unprivileged(folder)
        where = ["-D", str(folder / "data")]
        _run([*as_user, str(BINARIES[-1] / "initdb"), *where, "-A", "trust", "-U", USER, "-N"])
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        control = [*as_user, str(BINARIES[-1] / "pg_ctl"), *where, "-w"]
        _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
        try:
            yield port
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(port: int) -> str:
    """The URL of an empty database."""
    import pg8000.dbapi

    name = f"t{uuid.uuid4().hex}"
    connection = pg8000.dbapi.connect(USER, host="127.0.0.1", port=port, database="postgres")
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return f"postgresql://{USER}@127.0.0.1:{port}/{name}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("there is no user postgres to run a cluster as")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=120)
