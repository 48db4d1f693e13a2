"""Who is let in: sessions, roles, CSRF, origins, hosts, rates; each refusal is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sesamoid.errors import SesamoidError
from sesamoid.server.access import AccountsNeeded, Actor, Forbidden, NotLoggedIn, Role
from sesamoid.server.access.guard import SECURE_COOKIE
from sesamoid.server.rate_limits import RateLimits
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings, is_loopback
from sesamoid.server.store import Account, WebSession
from sesamoid.server.store.columns import now

from .helpers import PASSWORD, PROXIED, Client, store_nerve_exam


def entries(services: Services, action: str) -> list:
    with services.store.read() as session:
        from sesamoid.server.store import AuditEntry

        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def actor_of(services: Services, name: str) -> Actor:
    return services.access.accounts.login(name, PASSWORD, "192.0.2.1").actor


def test_nobody_gets_in_without_a_session(public: Services) -> None:
    client = Client(public)
    answer = client.get("/api/v1/exams")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert entries(public, "request.refused")[0].detail["status"] == 401


def test_a_page_leads_to_the_login_and_back(public: Services) -> None:
    answer = Client(public).get("/exams?text=a")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fexams%3Ftext%3Da"


def test_the_cookie_is_kept_from_scripts_and_from_plain_http(public: Services) -> None:
    client = Client(public)
    header = client.log_in("stu").headers["set-cookie"]
    for part in (f"{SECURE_COOKIE}=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in header
    token = client.cookies[SECURE_COOKIE]
    with public.store.read() as session:
        kept = session.scalars(select(WebSession)).all()
        assert all(token not in (one.token_hash, one.csrf_token) for one in kept)


@pytest.mark.parametrize(("name", "password"), [("stu", "wrong password"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    public: Services, name: str, password: str
) -> None:
    answer = Client(public).log_in(name, password)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "name or password is wrong"
    assert entries(public, "session.refused")


def test_a_change_without_the_csrf_token_is_refused_and_logged(public: Services) -> None:
    client = Client(public)
    client.log_in("sono")
    del client.headers["x-csrf-token"]
    answer = client.post("/api/v1/people", json={"label": "P"})
    assert answer.status_code == 403
    logged = entries(public, "request.refused")[-1]
    assert (logged.account, logged.detail["status"]) == ("sono", 403)
    assert "CSRF" in logged.detail["reason"]
    assert public.people.list(actor_of(public, "rev")) == []


def test_another_sessions_csrf_token_does_not_fit(public: Services) -> None:
    mine, other = Client(public), Client(public)
    mine.log_in("sono")
    other.log_in("stu")
    mine.headers["x-csrf-token"] = other.headers["x-csrf-token"]
    assert mine.post("/api/v1/people", json={"label": "P"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing_even_with_the_token(
    public: Services, headers: dict[str, str]
) -> None:
    client = Client(public)
    client.log_in("sono")
    answer = client.post("/api/v1/people", json={"label": "P"}, headers=headers)
    assert answer.status_code == 403
    assert entries(public, "request.refused")[-1].detail["status"] == 403


def test_our_own_page_may(public: Services) -> None:
    client = Client(public)
    client.log_in("sono")
    own = {"origin": "https://localhost", "sec-fetch-site": "same-origin"}
    assert client.post("/api/v1/people", json={"label": "P"}, headers=own).status_code == 201


def test_an_expired_session_is_refused_and_logged_once(public: Services) -> None:
    client = Client(public)
    client.log_in("sono")
    with public.store.write() as session:
        session.execute(update(WebSession).values(expires_at=now() - timedelta(seconds=1)))
    assert client.get("/api/v1/exams").status_code == 401
    assert client.get("/api/v1/exams").status_code == 401
    assert [one.account for one in entries(public, "session.expired")] == ["sono"]


def test_an_idle_session_ends(public: Services) -> None:
    client = Client(public)
    client.log_in("sono")
    with public.store.write() as session:
        session.execute(update(WebSession).values(seen_at=now() - timedelta(hours=3)))
    assert client.get("/api/v1/exams").status_code == 401


def test_a_page_that_is_open_loses_its_rights_with_the_session(public: Services) -> None:
    """NiceGUI's events come through a socket: each call checks again."""
    actor = actor_of(public, "rev")
    public.access.require(actor, Role.REVIEWER)
    with public.store.write() as session:
        session.execute(update(Account).where(Account.name == "rev").values(roles=["student"]))
    with pytest.raises(Forbidden):
        public.access.require(actor, Role.REVIEWER)
    public.access.accounts.change(None, "rev", disabled=True)
    with pytest.raises(NotLoggedIn):
        public.access.require(actor)


def test_logging_out_ends_the_session_on_the_server(public: Services) -> None:
    client = Client(public)
    client.log_in("sono")
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_another_users_exam_is_not_known_to_exist(public: Services) -> None:
    exam = store_nerve_exam(public, actor_of(public, "sono"))
    finding = exam.pictures[0].findings[0].id
    client = Client(public)
    client.log_in("stu")
    for path in (
        f"/api/v1/exams/{exam.id}",
        f"/api/v1/exams/{exam.id}/report.html",
        f"/api/v1/exams/{exam.id}/exam.zip",
        f"/api/v1/pictures/{exam.pictures[0].id}.png",
        f"/api/v1/findings/{finding}",
        f"/api/v1/people/{exam.person_id}",
    ):
        assert client.get(path).status_code == 404, path
    gone = client.delete(f"/api/v1/exams/{exam.id}", params={"confirm": exam.id})
    assert gone.status_code == 404
    logged = entries(public, "exam.refused")
    assert {(one.account, one.object) for one in logged} == {("stu", f"exam {exam.id}")}
    unknown = client.get("/api/v1/exams/00000000-0000-0000-0000-000000000000")
    assert unknown.status_code == 404
    assert client.get("/api/v1/exams").json()["total"] == 0


def test_a_reviewer_sees_and_decides_an_admin_deletes(public: Services) -> None:
    exam = store_nerve_exam(public, actor_of(public, "sono"))
    url = f"/api/v1/findings/{exam.pictures[0].findings[0].id}/decisions"
    statuses = {}
    for name in ("sono", "adm", "rev"):
        client = Client(public)
        client.log_in(name)
        assert client.get(f"/api/v1/exams/{exam.id}").status_code == 200
        statuses[name] = client.post(url, json={"verdict": "accept"}).status_code
    assert statuses == {"sono": 403, "adm": 403, "rev": 201}
    assert {one.account for one in entries(public, "access.refused")} == {"sono", "adm"}
    confirmed = {"confirm": exam.id}
    reviewer, admin = Client(public), Client(public)
    reviewer.log_in("rev")
    admin.log_in("adm")
    assert reviewer.delete(f"/api/v1/exams/{exam.id}", params=confirmed).status_code == 403
    assert admin.delete(f"/api/v1/exams/{exam.id}", params=confirmed).status_code == 204


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/audit", "/api/v1/audit/verify"])
def test_only_admins_administer(public: Services, path: str) -> None:
    for name, status in (("stu", 403), ("sono", 403), ("rev", 403), ("adm", 200)):
        client = Client(public)
        client.log_in(name)
        assert client.get(path).status_code == status


def test_programs_log_in_with_a_bearer_token_and_need_no_csrf_token(public: Services) -> None:
    client = Client(public)
    body = {"name": "sono", "password": PASSWORD, "bearer": True}
    answer = client.post("/api/v1/session", json=body)
    assert "set-cookie" not in answer.headers
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"
    assert client.post("/api/v1/people", json={"label": "P"}).status_code == 201


def test_wrong_passwords_are_slowed_down(tmp_path: Path) -> None:
    limits = RateLimits(guesses="3/minute", login="6/minute")
    services = open_services(ServerSettings(tmp_path, public=True, behind_proxy=True, rates=limits))
    services.access.accounts.add(None, "anna", PASSWORD, [Role.ADMIN])
    client = Client(services)
    tried = [client.log_in("anna", "wrong password") for _ in range(7)]
    assert [one.status_code for one in tried] == [401, 401, 401, 429, 429, 429, 429]
    assert int(tried[-1].headers["retry-after"]) >= 1
    other = Client(services)
    other.headers["x-forwarded-for"] = "198.51.100.3"
    assert other.log_in("anna").status_code == 200
    services.close()


def test_a_session_may_ask_so_often_and_no_more(tmp_path: Path) -> None:
    limits = RateLimits(session="5/minute")
    services = open_services(ServerSettings(tmp_path, public=True, behind_proxy=True, rates=limits))
    services.access.accounts.add(None, "anna", PASSWORD, [Role.ADMIN])
    client = Client(services)
    client.log_in("anna")
    statuses = [client.get("/api/v1/session").status_code for _ in range(7)]
    assert statuses.count(429) == 2
    services.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.1", ""])
def test_local_use_answers_to_no_other_name(services: Services, host: str) -> None:
    """DNS rebinding: a foreign name that suddenly resolves to this machine."""
    answer = Client(services).get("/api/v1/exams", headers={"host": host})
    assert answer.status_code == 403
    assert entries(services, "request.refused")


@pytest.mark.parametrize("host", ["localhost:8642", "127.0.0.1", "[::1]:8642", "LOCALHOST"])
def test_local_use_answers_to_this_machines_names(services: Services, host: str) -> None:
    assert Client(services).get("/api/v1/exams", headers={"host": host}).status_code == 200


def test_local_use_too_refuses_pages_of_other_sites(services: Services) -> None:
    client = Client(services)
    evil = {"origin": "https://evil.example"}
    assert client.post("/api/v1/people", json={"label": "P"}, headers=evil).status_code == 403
    other_port = {"origin": "http://localhost:9999"}
    assert client.post("/api/v1/people", json={"label": "P"}, headers=other_port).status_code == 403


def test_forwarded_headers_count_behind_a_proxy_only(tmp_path: Path) -> None:
    certificate = tmp_path / "c.pem"
    certificate.write_text("x")
    settings = ServerSettings(
        tmp_path / "d", public=True, tls_certificate=certificate, tls_key=certificate
    )
    services = open_services(settings)
    client = Client(services)
    client.headers = dict(PROXIED)
    client.log_in("nobody", "no password")
    assert entries(services, "session.refused")[0].address == "127.0.0.1"
    services.close()


def test_behind_a_proxy_the_last_address_counts(public: Services) -> None:
    client = Client(public)
    client.headers["x-forwarded-for"] = "203.0.113.9, 192.0.2.44"
    client.log_in("nobody", "no password")
    assert entries(public, "session.refused")[0].address == "192.0.2.44"


@pytest.mark.parametrize("told", ["http", "", "gopher"])
def test_behind_a_proxy_plain_http_is_refused(public: Services, told: str) -> None:
    client = Client(public)
    client.headers["x-forwarded-proto"] = told
    assert client.get("/api/v1/health").status_code == 403


def test_answers_carry_the_security_headers(public: Services) -> None:
    client = Client(public)
    client.log_in("stu")
    headers = client.get("/api/v1/session").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "max-age" in headers["strict-transport-security"]
    page = client.get("/nothing").headers
    assert "script-src 'self'" in page["content-security-policy"]


def test_a_new_password_ends_other_sessions(public: Services) -> None:
    here, there = Client(public), Client(public)
    here.log_in("stu")
    there.log_in("stu")
    body = {"old": PASSWORD, "new": "another good sentence"}
    assert here.post("/api/v1/session/password", json=body).status_code == 204
    assert here.get("/api/v1/session").status_code == 200
    assert there.get("/api/v1/session").status_code == 401
    assert Client(public).log_in("stu").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.1"},
        {"behind_proxy": True},
        {"public": True},
        {"tls_certificate": Path("missing.pem"), "tls_key": Path("missing.pem"), "public": True},
        {"tls_certificate": Path("only.pem"), "public": True},
        {"session_hours": 0},
    ],
)
def test_unsafe_settings_are_refused_with_the_fix(tmp_path: Path, change: dict) -> None:
    with pytest.raises(SesamoidError) as caught:
        replace(ServerSettings(tmp_path), **change).check()
    assert caught.value.fix


def test_a_public_server_without_accounts_says_how_to_make_one(
    public_settings: ServerSettings,
) -> None:
    services = open_services(public_settings)
    with pytest.raises(AccountsNeeded) as caught:
        services.access.check_ready()
    assert "sesamoid account add" in str(caught.value.fix)
    services.access.accounts.add(None, "anna", PASSWORD, [Role.ADMIN])
    services.access.check_ready()
    services.close()


def test_the_local_account_cannot_log_in_publicly(tmp_path: Path) -> None:
    once_local = open_services(ServerSettings(tmp_path))
    once_local.access.local()
    once_local.close()
    services = open_services(ServerSettings(tmp_path, public=True, behind_proxy=True))
    for password in ("", "!", "local"):
        with pytest.raises(NotLoggedIn):
            services.access.accounts.login("local", password, "")
    with pytest.raises(NotLoggedIn):
        services.access.local()
    services.close()


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("localhost", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True),
     ("::ffff:127.0.0.1", True), ("0.0.0.0", False), ("10.0.0.1", False), ("local", False)],
)  # fmt: skip
def test_loopback(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one
