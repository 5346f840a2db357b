"""The SONA process over HTTP, on a bundle of the demo catalogue, with an event bus that listens."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import parse_jsonl, read_lines
from discovery.catalogue.content import Content
from local.stack.processes import HOST, ROOT, Process, ProcessFailed, free_port
from sona.demo import demo_users

SCORE, SCORES = "/api/v1/personalization/score", "/api/v1/personalization/scores"
UPDATE = "/api/v1/profile/update"
RECOMMENDATIONS, SIMILAR = "/api/v1/recommendations", "/api/v1/similar"
COMPONENTS = {"liked", "recent", "content", "popular"}
WATCHED, HORROR = "film-notting-hill-1999", "film-the-exorcist-1973"


@pytest.fixture(scope="module")
def contents() -> list[Content]:
    lines = enumerate(read_lines(ROOT / "catalogue" / "demo.jsonl"), start=1)
    return [parse_jsonl(number, line) for number, line in lines if line.strip()]


@pytest.fixture(scope="module")
def bundle(contents: list[Content], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("catalogue") / "demo"
    build_bundle(contents, load_pretrained(), out)
    return out


@contextlib.contextmanager
def sona(bundle: Path, logs: Path, *options: str, token: str = "") -> Iterator[httpx.Client]:
    port = free_port()
    command = [sys.executable, "-m", "sona", "--port", str(port), "--catalogue", str(bundle), *options]
    url = f"http://{HOST}:{port}"
    environment = os.environ | {"SONA_TOKEN": token, "SONA_USER_KEY": "key"}
    with (
        Process("sona", command, log=logs / "sona.log", port=port, env=environment),
        httpx.Client(base_url=url) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with sona(bundle, tmp_path_factory.mktemp("sona")) as client:
        yield client


def event(content_id: str = WATCHED, **changes: Any) -> dict[str, Any]:
    watched = {"content_id": content_id, "timestamp": datetime.now(UTC).isoformat(), "completion_rate": 1.0}
    return watched | {"rating": 5, "is_rewatch": False, "dismissed": False} | changes


def test_health_says_what_it_holds(client: httpx.Client, contents: list[Content]) -> None:
    health = client.get("/health").json()

    assert (health["status"], health["contents"], health["batch"]) == ("ok", len(contents), True)


def test_the_demo_users_are_listed(client: httpx.Client) -> None:
    users = client.get("/api/v1/users").json()["users"]

    assert users == [{"id": user.id, "taste": user.taste} for user in demo_users()]


def test_every_demo_event_is_of_a_title_of_the_demo_catalogue(contents: list[Content]) -> None:
    known = {(content.id, content.title, content.release_year) for content in contents}

    assert [e for user in demo_users() for e in user.events if (e.content_id, e.title, e.year) not in known] == []


def test_one_score_is_that_of_the_batch(client: httpx.Client) -> None:
    single = client.post(SCORE, json={"user_id": "ana", "content_id": "film-solaris-1972"}).json()
    batch = client.post(SCORES, json={"user_id": "ana", "content_ids": ["film-solaris-1972"]}).json()

    assert single.keys() == {"user_id", "content_id", "score", "components"}
    assert single["components"].keys() == COMPONENTS
    assert all(0 <= value <= 1 for value in [single["score"], *single["components"].values()])
    assert batch == {"user_id": "ana", "scores": [{name: single[name] for name in single if name != "user_id"}]}


def test_users_of_different_taste_order_the_catalogue_differently(client: httpx.Client) -> None:
    candidates = ["film-solaris-1972", "film-the-apartment-1960", "film-shutter-2004", "film-flow-2024"]
    candidates += ["film-the-battle-of-algiers-1966"]
    favourites = {}
    for user in ("ana", "ben", "chloe", "dev", "erik"):
        scores = client.post(SCORES, json={"user_id": user, "content_ids": candidates}).json()["scores"]
        favourites[user] = max(scores, key=lambda answer: answer["score"])["content_id"]

    assert list(favourites.values()) == candidates


def test_unknown_contents_are_left_out_of_a_batch(client: httpx.Client) -> None:
    asked = {"user_id": "ben", "content_ids": ["nowhere", WATCHED, WATCHED]}

    assert [answer["content_id"] for answer in client.post(SCORES, json=asked).json()["scores"]] == [WATCHED]


def test_a_newcomer_gets_what_is_popular(client: httpx.Client, contents: list[Content]) -> None:
    asked = {"user_id": "nobody", "content_ids": [content.id for content in contents]}
    scores = client.post(SCORES, json=asked).json()["scores"]

    assert len(scores) == len(contents)
    assert {name for one in scores for name, part in one["components"].items() if part > 0} == {"popular"}


def test_the_components_add_up_to_the_score(client: httpx.Client, contents: list[Content]) -> None:
    asked = {"user_id": "ana", "content_ids": [content.id for content in contents]}
    scores = client.post(SCORES, json=asked).json()["scores"]

    assert [one["score"] for one in scores] == pytest.approx([sum(one["components"].values()) for one in scores])


def test_an_explained_score_says_why_in_words(client: httpx.Client) -> None:
    client.post(UPDATE, json={"user_id": "ida", "event": event("film-alien-1979")})
    asked = {"user_id": "ida", "content_ids": ["film-aliens-1986", "film-the-thing-1982"], "explain": True}
    scores = client.post(SCORES, json=asked).json()["scores"]

    assert scores
    for one in scores:
        assert one["because_you_liked"] == [{"content_id": "film-alien-1979", "title": "Alien"}]
        assert isinstance(one["reason"], str)


def test_half_stars_are_taken(client: httpx.Client) -> None:
    accepted = client.post(UPDATE, json={"user_id": "jan", "event": event(rating=0.5)}).json()

    assert accepted["events_accepted"] == 1


def test_genres_chosen_at_sign_up_order_the_catalogue(client: httpx.Client) -> None:
    client.post(UPDATE, json={"user_id": "kim", "genres": ["Horror"]})
    first = client.post(RECOMMENDATIONS, json={"user_id": "kim", "limit": 1}).json()["recommendations"][0]

    assert first["components"]["content"] > 0


def test_recommendations_leave_out_what_was_met_or_excluded(client: httpx.Client) -> None:
    client.post(UPDATE, json={"user_id": "lea", "event": event()})
    first = client.post(RECOMMENDATIONS, json={"user_id": "lea", "limit": 5}).json()["recommendations"]
    asked = {"user_id": "lea", "limit": 5, "exclude": [first[0]["content_id"]], "diversity": 0.5}
    others = client.post(RECOMMENDATIONS, json=asked).json()["recommendations"]

    ids = [one["content_id"] for one in first]
    assert len(ids) == len(others) == 5
    assert WATCHED not in ids
    assert first[0].keys() == {"content_id", "title", "score", "components", "because_you_liked", "reason"}
    assert ids[0] not in [one["content_id"] for one in others]


def test_similar_titles_are_found_and_of_an_unknown_one_none(client: httpx.Client) -> None:
    similar = client.post(SIMILAR, json={"content_id": "film-the-godfather-1972", "limit": 3}).json()["similar"]
    unknown = client.post(SIMILAR, json={"content_id": "nowhere"})

    assert len(similar) == 3
    assert (unknown.status_code, unknown.json()) == (404, {"error": "unknown_content"})


def test_who_is_erased_is_a_newcomer_again(client: httpx.Client) -> None:
    client.post(UPDATE, json={"user_id": "mo/ü", "event": event()})
    erased = [client.delete("/api/v1/users/mo%2F%C3%BC").json() for _ in range(2)]

    assert erased == [{"user_id": "mo/ü", "erased": True}, {"user_id": "mo/ü", "erased": False}]
    assert client.post(UPDATE, json={"user_id": "mo/ü", "event": event()}).json()["profile_version"] == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", SCORE, 405),
        ("GET", "/api/v1/users/ana", 405),
        ("POST", "/elsewhere", 404),
        ("DELETE", "/api/v1/users/", 404),
    ],
)
def test_an_unknown_route_is_refused(client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, path).status_code == status


def test_an_unknown_content_is_a_404(client: httpx.Client) -> None:
    answer = client.post(SCORE, json={"user_id": "ana", "content_id": "nowhere"})

    assert (answer.status_code, answer.json()) == (404, {"error": "unknown_content"})


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (SCORE, b"{", ""),
        (SCORE, b"\xff", ""),
        (SCORE, {"user_id": "ana"}, "content_id"),
        (SCORES, {"user_id": "ana", "content_ids": "abc"}, "content_ids"),
        (SCORES, {"user_id": 7, "content_ids": []}, "user_id"),
        (UPDATE, {"user_id": "x"}, ""),
        (UPDATE, {"user_id": "x", "events": []}, "events"),
        (UPDATE, {"user_id": "x", "events": [event(completion_rate=1.5)]}, "events.0.completion_rate"),
        (UPDATE, {"user_id": "x", "event": event(rating=0)}, "event.rating"),
        (UPDATE, {"user_id": "x", "genres": [""]}, "genres.0"),
        (RECOMMENDATIONS, {"user_id": "x", "limit": 0}, "limit"),
        (SIMILAR, {"content_id": "x", "diversity": 2}, "diversity"),
        (UPDATE, {"user_id": "x", "event": event(timestamp="yesterday")}, "event.timestamp"),
        (UPDATE, {"user_id": "x", "event": event(timestamp="2020-01-01T00:00:00")}, "event.timestamp"),
        (UPDATE, {"user_id": "x", "event": event(timestamp="2999-01-01T00:00:00Z")}, "event.timestamp"),
    ],
)
def test_a_malformed_body_is_a_400_that_names_the_field(client: httpx.Client, path: str, body: Any, field: str) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(path, content=content)

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["field"]) == ("malformed", field)


def test_a_single_event_makes_a_new_user_known(client: httpx.Client) -> None:
    accepted = client.post(UPDATE, json={"user_id": "fay", "event": event()})
    scores = client.post(SCORES, json={"user_id": "fay", "content_ids": [WATCHED, HORROR]}).json()["scores"]

    assert accepted.json() == {"user_id": "fay", "events_accepted": 1, "profile_version": 1}
    assert scores[0]["score"] > scores[1]["score"]


def test_events_change_what_is_scored(client: httpx.Client) -> None:
    asked = {"user_id": "gus", "content_ids": [WATCHED, HORROR]}
    client.post(UPDATE, json={"user_id": "gus", "events": [event(WATCHED)]})
    before = [answer["score"] for answer in client.post(SCORES, json=asked).json()["scores"]]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    events = [event(WATCHED, dismissed=True, timestamp=later), event(HORROR, timestamp=later, rating=None)]
    accepted = client.post(UPDATE, json={"user_id": "gus", "events": [*events, event("nowhere")]}).json()
    after = [answer["score"] for answer in client.post(SCORES, json=asked).json()["scores"]]

    assert accepted == {"user_id": "gus", "events_accepted": 2, "profile_version": 2}
    assert before[0] > before[1]
    assert after[0] < after[1]


def test_events_of_unknown_contents_alone_change_nothing(client: httpx.Client) -> None:
    answer = client.post(UPDATE, json={"user_id": "hal", "event": event("nowhere")})

    assert answer.json() == {"user_id": "hal", "events_accepted": 0, "profile_version": 0}


def test_an_engine_without_batch_has_no_such_path(bundle: Path, tmp_path: Path) -> None:
    with sona(bundle, tmp_path, "--no-batch", "--users", "none") as client:
        batch = client.post(SCORES, json={"user_id": "ana", "content_ids": []})
        assert batch.status_code == 404
        assert client.get("/api/v1/users").json() == {"users": []}
        assert client.post(SCORE, json={"user_id": "ana", "content_id": WATCHED}).json()["score"] == 0


def test_a_folder_that_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match="no index bundle"), sona(tmp_path, tmp_path):
        pass
    assert "Traceback" not in (tmp_path / "sona.log").read_text()


def test_with_a_token_nobody_else_is_served_but_for_its_health(bundle: Path, tmp_path: Path) -> None:
    def statuses(client: httpx.Client, **headers: str) -> list[int]:
        asked = {"user_id": "ana", "content_ids": [WATCHED]}
        answers = client.post(SCORES, json=asked, headers=headers), client.get("/api/v1/users", headers=headers)
        return [answer.status_code for answer in answers]

    with sona(bundle, tmp_path, token="s3cret") as client:
        assert statuses(client) == statuses(client, Authorization="Bearer other") == [401, 401]
        assert client.get("/api/v1/users").headers["www-authenticate"] == "Bearer"
        assert client.get("/health").status_code == 200
        assert statuses(client, Authorization="Bearer s3cret") == [200, 200]
