"""The API from outside: exams, findings, decisions, people, accounts, audit."""

from __future__ import annotations

import pytest

from sesamoid.server.access import Actor
from sesamoid.server.services import Services
from sesamoid.server.store import Exam

from .helpers import PASSWORD, Client, store_nerve_exam

SPECK = [[5.2, 5.2], [5.3, 5.2], [5.2, 5.3]]
"""An outline that holds no pixel's centre."""


def findings(client: Client, exam: Exam) -> dict[str, dict]:
    content = client.get(f"/api/v1/exams/{exam.id}").json()
    return {one["key"]: one for one in content["pictures"][0]["findings"]}


def test_health_says_what_it_is_not(client: Client) -> None:
    assert "not a medical device" in client.get("/api/v1/health").json()["notice"]


def test_openapi_page_fetches_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "swagger-ui-bundle.js" in page.text
    assert "cdn." not in page.text
    assert client.get("/api/docs/swagger-ui-bundle.js").status_code == 200
    assert "/api/v1/exams" in client.get("/api/openapi.json").json()["paths"]


def test_an_exam_is_found_by_its_persons_label(
    client: Client, services: Services, local: Actor
) -> None:
    wanted = store_nerve_exam(services, local, label="Knee-7")
    store_nerve_exam(services, local, label="Wrist-8")
    found = client.get("/api/v1/exams", params={"text": "knee"}).json()
    assert found["total"] == 1
    assert found["exams"][0]["id"] == wanted.id
    assert found["exams"][0]["findings"]["pending"] > 5


def test_percent_is_no_wildcard(client: Client, exam: Exam) -> None:
    assert client.get("/api/v1/exams", params={"text": "%"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"origin": "real"}, 1),
        ({"origin": "virtual"}, 0),
        ({"status": "running"}, 0),
        ({"application": "nerve"}, 1),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
        ({"until": "2999-01-01T00:00:00Z"}, 1),
        ({"undecided": "true"}, 1),
        ({"offset": "1"}, 1),
    ],
)
def test_filters(client: Client, exam: Exam, query: dict[str, str], count: int) -> None:
    answer = client.get("/api/v1/exams", params=query).json()
    assert answer["total"] == count


def test_undecided_is_empty_once_all_is_accepted(client: Client, exam: Exam) -> None:
    accepted = client.post(f"/api/v1/exams/{exam.id}/accept").json()["accepted"]
    assert accepted == len(findings(client, exam))
    assert client.get("/api/v1/exams", params={"undecided": True}).json()["total"] == 0


def test_accepting_says_who_and_when(client: Client, exam: Exam) -> None:
    one = findings(client, exam)["nerve-1"]
    answer = client.post(
        f"/api/v1/findings/{one['id']}/decisions", json={"verdict": "accept", "comment": "good"}
    )
    assert answer.status_code == 201
    decision = findings(client, exam)["nerve-1"]["decisions"][0]
    assert (decision["reviewer"], decision["verdict"], decision["comment"]) == (
        "local",
        "accept",
        "good",
    )
    assert decision["at"].endswith("Z") or "+00:00" in decision["at"]


def test_a_changed_outline_is_measured_again(client: Client, exam: Exam) -> None:
    one = findings(client, exam)["nerve-1"]
    square = [[[39.5, 39.5], [39.5, 59.5], [59.5, 59.5], [59.5, 39.5]]]
    answer = client.post(
        f"/api/v1/findings/{one['id']}/decisions",
        json={"verdict": "modify", "change": {"polygons": square}},
    )
    assert answer.status_code == 201
    after = findings(client, exam)
    area = after["nerve-1#cross_sectional_area"]
    # 20 x 20 pixels of 0.1 mm: 4 mm2.
    assert area["value"] == pytest.approx(4.0)
    assert area["status"] == "modified"
    assert "Modified by local, " in area["payload"]["notes"][-1]
    assert area["payload"]["uncertainty"] is None
    assert after["vessel-1#cross_sectional_area"]["status"] == "pending"
    assert area["key"] in {row["key"] for row in answer.json()["followed"]}
    before = area["decisions"][0]["before"]["value"]
    assert before == pytest.approx(np_ellipse_area(), rel=0.02)


def np_ellipse_area() -> float:
    return 3.14159265 * 2.0 * 3.0


def test_a_moved_caliper_gives_its_length(client: Client, exam: Exam) -> None:
    found = findings(client, exam)
    line = found["nerve-1/short-axis"]
    client.post(
        f"/api/v1/findings/{line['id']}/decisions",
        json={"verdict": "modify", "change": {"line": [[40, 60], [70, 100]]}},
    )
    after = findings(client, exam)
    # 30 rows and 40 columns of 0.1 mm: 5 mm.
    assert after["nerve-1#short_axis"]["value"] == pytest.approx(5.0)
    assert "placed by hand" in after["nerve-1#short_axis"]["method"]
    assert after["nerve-1#long_axis"]["status"] == "pending"


def test_grade_c_takes_the_numbers_away_and_b_gives_them_back(client: Client, exam: Exam) -> None:
    grade = findings(client, exam)["grade"]
    before = findings(client, exam)["nerve-1#cross_sectional_area"]["value"]
    url = f"/api/v1/findings/{grade['id']}/decisions"
    client.post(url, json={"verdict": "modify", "change": {"letter": "C"}})
    without = findings(client, exam)["nerve-1#cross_sectional_area"]
    assert without["value"] is None
    assert "modified by local" in without["payload"]["reason"]
    assert client.get(f"/api/v1/exams/{exam.id}").json()["pictures"][0]["letter"] == "C"
    client.post(url, json={"verdict": "modify", "change": {"letter": "B"}})
    assert findings(client, exam)["nerve-1#cross_sectional_area"]["value"] == pytest.approx(before)


def test_rejecting_an_outline_rejects_what_rests_on_it(client: Client, exam: Exam) -> None:
    one = findings(client, exam)["nerve-1"]
    url = f"/api/v1/findings/{one['id']}/decisions"
    client.post(url, json={"verdict": "reject"})
    after = findings(client, exam)
    assert after["nerve-1#cross_sectional_area"]["status"] == "rejected"
    assert after["nerve-1/short-axis"]["status"] == "rejected"
    assert after["vessel-1"]["status"] == "pending"
    area = after["nerve-1#cross_sectional_area"]
    refused = client.post(f"/api/v1/findings/{area['id']}/decisions", json={"verdict": "accept"})
    assert refused.status_code == 409


def test_a_decision_that_came_first_is_not_overwritten_unseen(client: Client, exam: Exam) -> None:
    one = findings(client, exam)["nerve-1"]
    url = f"/api/v1/findings/{one['id']}/decisions"
    assert client.post(url, json={"verdict": "accept", "seen": 0}).status_code == 201
    assert client.post(url, json={"verdict": "reject", "seen": 0}).status_code == 409


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("nerve-1", {"verdict": "modify"}),
        ("nerve-1", {"verdict": "accept", "change": {"letter": "A"}}),
        ("nerve-1", {"verdict": "modify", "change": {"letter": "A"}}),
        ("nerve-1", {"verdict": "modify", "change": {"polygons": [[[0, 0], [1, 1]]]}}),
        ("nerve-1", {"verdict": "modify", "change": {"polygons": [[[0, 0], [900, 0], [0, 900]]]}}),
        (
            "nerve-1",
            {"verdict": "modify", "change": {"polygons": [[[5.2, 5.2], [5.3, 5.2], [5.2, 5.3]]]}},
        ),
        ("nerve-1#perimeter", {"verdict": "modify", "change": {"line": [[0, 0], [1, 1]]}}),
        ("grade", {"verdict": "modify", "change": {"letter": "Z"}}),
        ("nerve-1/long-axis", {"verdict": "modify", "change": {"line": [[3, 3], [3, 3]]}}),
    ],
)
def test_changes_that_do_not_fit_are_refused(
    client: Client, exam: Exam, key: str, body: dict
) -> None:
    one = findings(client, exam)[key]
    answer = client.post(f"/api/v1/findings/{one['id']}/decisions", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fix"]
    assert findings(client, exam)[key]["decisions"] == []


def test_deleting_wants_a_confirmation_and_removes_the_files(
    client: Client, services: Services, exam: Exam
) -> None:
    folder = services.settings.data / exam.folder
    assert client.delete(f"/api/v1/exams/{exam.id}").status_code == 400
    assert folder.is_dir()
    gone = client.delete(f"/api/v1/exams/{exam.id}", params={"confirm": exam.id})
    assert gone.status_code == 204
    assert not folder.exists()
    assert client.get(f"/api/v1/exams/{exam.id}").status_code == 404


def test_a_picture_is_handed_out(client: Client, exam: Exam) -> None:
    answer = client.get(f"/api/v1/pictures/{exam.pictures[0].id}.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_people(client: Client) -> None:
    made = client.post("/api/v1/people", json={"label": "  P 1 ", "side": "left"})
    assert made.status_code == 201
    assert made.json()["label"] == "P 1"
    url = f"/api/v1/people/{made.json()['id']}"
    changed = client.request("PUT", url, json={"label": "P 2", "note": "x"}).json()
    assert (changed["label"], changed["side"]) == ("P 2", None)
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_a_person_with_exams_stays(client: Client, exam: Exam) -> None:
    assert client.delete(f"/api/v1/people/{exam.person_id}").status_code == 409


def test_accounts_are_made_changed_and_never_shown_with_their_hash(public: Services) -> None:
    admin = Client(public)
    admin.log_in("adm")
    made = admin.post(
        "/api/v1/accounts", json={"name": "Neu", "password": PASSWORD, "roles": ["student"]}
    )
    assert made.status_code == 201
    assert "hash" not in made.text
    new = Client(public)
    assert new.log_in("neu").status_code == 200
    admin.request("PATCH", "/api/v1/accounts/neu", json={"disabled": True})
    assert new.get("/api/v1/session").status_code == 401
    assert Client(public).log_in("neu").status_code == 401


def test_the_last_admin_stays_admin(public: Services) -> None:
    admin = Client(public)
    admin.log_in("adm")
    answer = admin.request("PATCH", "/api/v1/accounts/adm", json={"roles": ["student"]})
    assert answer.status_code == 409


def test_the_audit_log_is_read_and_checked(client: Client, exam: Exam) -> None:
    client.post(f"/api/v1/exams/{exam.id}/accept")
    entries = client.get("/api/v1/audit", params={"action": "finding."}).json()
    assert entries[0]["action"] == "finding.accept_rest"
    assert client.get("/api/v1/audit/verify").json()["intact"] is True


def test_changes_by_several_reviewers_at_once_all_count(
    services: Services, local: Actor, exam: Exam
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from sesamoid.server.reviewing import Change
    from sesamoid.server.store import Verdict

    rows = {row.key: row.id for row in exam.pictures[0].findings}
    square = ((39.5, 39.5), (39.5, 59.5), (59.5, 59.5), (59.5, 39.5))
    work = {
        "nerve-1": (Verdict.MODIFY, Change(polygons=(square,))),
        "vessel-1/long-axis": (Verdict.MODIFY, Change(line=((50.0, 110.0), (50.0, 140.0)))),
        "vessel-1": (Verdict.ACCEPT, None),
        "grade": (Verdict.ACCEPT, None),
    }

    def decide(key: str) -> None:
        verdict, change = work[key]
        services.reviewing.decide(local, rows[key], verdict, change=change)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, work))
    after = {row.key: row for row in services.exams.get(local, exam.id).pictures[0].findings}
    assert after["nerve-1#cross_sectional_area"].value == pytest.approx(4.0)
    assert after["vessel-1#long_axis"].value == pytest.approx(3.0)
    assert after["vessel-1"].status == after["grade"].status == "accepted"
