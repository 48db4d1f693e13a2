"""`sesamoid account` and `sesamoid audit`, as typed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra 'server' is not installed")

from sesamoid.server.access import Access
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import open_store

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    def _typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return _typed


def test_a_password_comes_through_standard_input(sesamoid, typed, tmp_path: Path) -> None:
    typed(f"{PASSWORD}\n")
    ran = sesamoid("account", "add", "Anna", "--role", "admin", "--role", "reviewer",
                   "--data", tmp_path)  # fmt: skip
    assert ran.code == 0
    assert "anna may log in as admin, reviewer" in ran.out
    assert PASSWORD not in ran.out + ran.err
    settings = ServerSettings(tmp_path, public=True)
    store = open_store(settings.database_url)
    assert Access(settings, store).accounts.login("anna", PASSWORD, "").actor.name == "anna"
    store.close()


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", ["add", "anna", "--role", "admin"], "no password"),
        ("short\n", ["add", "anna", "--role", "admin"], "5 characters"),
        (f"{PASSWORD}\n", ["add", "anna", "--role", "king"], "no role 'king'"),
        (f"{PASSWORD}\n", ["add", "../x", "--role", "admin"], "no account name"),
        (f"{PASSWORD}\n", ["add", "local", "--role", "admin"], "no account name"),
        (f"{PASSWORD}\n", ["password", "nobody"], "no account 'nobody'"),
        ("", ["change", "anna"], "nothing is to be changed"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    sesamoid, typed, tmp_path: Path, text: str, arguments: list[str], said: str
) -> None:
    typed(text)
    ran = sesamoid("account", *arguments, "--data", tmp_path)
    assert ran.code == 1
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_list_change_and_audit(sesamoid, typed, tmp_path: Path) -> None:
    data = ("--data", tmp_path)
    for name in ("anna", "ben"):
        typed(f"{PASSWORD}\n")
        sesamoid("account", "add", name, "--role", "admin", *data)
    assert "locked out" in sesamoid("account", "change", "ben", "--disable", *data).out
    listed = sesamoid("account", "list", *data).out
    assert "anna" in listed
    assert "locked out" in listed
    assert sesamoid("account", "change", "anna", "--disable", *data).code == 1  # the last admin
    report = json.loads(sesamoid("audit", "verify", "--json", *data).out)
    assert report["intact"]
    lines = sesamoid("audit", "show", *data).out.splitlines()
    assert [json.loads(line)["action"] for line in lines] == [
        "account.add",
        "account.add",
        "account.change",
    ]


def test_a_changed_audit_log_is_told_by_the_exit_code(sesamoid, typed, tmp_path: Path) -> None:
    from sqlalchemy import text

    typed(f"{PASSWORD}\n")
    sesamoid("account", "add", "anna", "--role", "admin", "--data", tmp_path)
    store = open_store(ServerSettings(tmp_path).database_url)
    with store.write() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET account = 'eve'"))
    store.close()
    ran = sesamoid("audit", "verify", "--data", tmp_path)
    assert ran.code == 1
    assert "entry 1 was changed" in ran.err
