"""The invalidation function: its routes, who may use them, and the events it is sent."""

import pytest

from discovery.errors import PolicyUnavailable
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, scores_key, version_key
from discovery.privacy.hashing import user_hash
from tests import tokens
from tests.conftest import Counted
from tests.events import FakeContext, hash_updated, parameter_changed, preferences_updated
from tests.functional.client import Api
from tests.functional.conftest import USER_KEY

WRITE, ADMIN = "personalization:write", "personalization:admin"
ALL = "/v1/personalization-cache"


def of(user: str) -> str:
    return f"/v1/users/{user}/personalization-cache"


def version(user: str) -> str:
    return version_key(user_hash(user, USER_KEY))


@pytest.mark.parametrize("path", [of("me"), of("ana")])
def test_anyone_may_invalidate_what_is_their_own(path: str, invalidation: Api) -> None:
    answer = invalidation.request("DELETE", path, token=tokens.token("ana"))

    assert (answer.status, answer.json["status"], answer.json["scope"]) == (200, "invalidated", "user")
    assert invalidation.valkey.versions == {version("ana"): 1}
    assert invalidation.valkey.lives == {version("ana"): VERSION_TTL_SECONDS}


def test_another_user_needs_the_scope(invalidation: Api) -> None:
    without = invalidation.request("DELETE", of("ben"), token=tokens.token("ana", scope="openid"))
    with_it = invalidation.request("DELETE", of("ben"), token=tokens.token("ana", scope=f"openid {WRITE}"))

    assert (without.status, without.headers["content-type"]) == (403, "application/problem+json")
    assert WRITE in without.json["detail"]
    assert f'scope="{WRITE}"' in without.headers["www-authenticate"]
    assert with_it.status == 200
    assert invalidation.valkey.versions == {version("ben"): 1}


@pytest.mark.parametrize(
    "scope",
    [
        "personalization:writer",
        "personalization:writ",
        "xpersonalization:write",
        "PERSONALIZATION:WRITE",
        "a\tpersonalization:write",
        "a\npersonalization:write",
        "a\u00a0personalization:write",
        "a,personalization:write",
        "personalization:write\t",
    ],
)
def test_a_scope_that_resembles_the_right_one_is_another(scope: str, invalidation: Api) -> None:
    assert invalidation.request("DELETE", of("ben"), token=tokens.token("ana", scope=scope)).status == 403
    assert not invalidation.valkey.versions


def test_everybody_needs_the_admin_scope(invalidation: Api) -> None:
    without = invalidation.request("DELETE", ALL, token=tokens.token("ana", scope=WRITE))
    with_it = invalidation.request("DELETE", ALL, token=tokens.token("ana", scope=ADMIN))

    assert without.status == 403
    assert (with_it.status, with_it.json["scope"], with_it.json["cache_generation"]) == (200, "all", 1)
    assert invalidation.parameters.values == {"cache_generation": "1"}
    assert invalidation.store.stored == [({"cache_generation": "1"}, 1000.0)]


@pytest.mark.parametrize("stored", [" 41\n", "41"])
def test_the_generation_rises_by_one(stored: str, invalidation: Api) -> None:
    invalidation.parameters.values["cache_generation"] = stored

    answer = invalidation.request("DELETE", ALL, token=tokens.token("ana", scope=ADMIN))

    assert answer.json["cache_generation"] == 42


@pytest.mark.parametrize("stored", ["broken", "²", "-1", ""])
def test_a_generation_that_is_no_number_starts_anew(stored: str, invalidation: Api) -> None:
    invalidation.parameters.values["cache_generation"] = stored

    answer = invalidation.request("DELETE", ALL, token=tokens.token("ana", scope=ADMIN))

    assert answer.json["cache_generation"] == 1


@pytest.mark.parametrize("path", [of("me"), of("ana"), ALL])
@pytest.mark.parametrize("token", [None, "abc", tokens.token("ana", exp=1)])
def test_nobody_gets_in_without_a_good_token(token: str | None, path: str, invalidation: Api) -> None:
    answer = invalidation.request("DELETE", path, token=token)

    assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
    assert not invalidation.valkey.versions
    assert not invalidation.parameters.reads


def test_without_valkey_it_says_try_again(invalidation: Api) -> None:
    invalidation.valkey.fails = True

    answer = invalidation.request("DELETE", of("me"), token=tokens.token("ana"))

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_parameter_store_it_says_try_again(invalidation: Api) -> None:
    invalidation.parameters.fails = True

    assert invalidation.request("DELETE", ALL, token=tokens.token("ana", scope=ADMIN)).status == 503


@pytest.mark.parametrize("path", ["/v1/users/ana", "/", of("")])
def test_other_paths_are_not_its_own(path: str, invalidation: Api) -> None:
    answer = invalidation.request("DELETE", path, token=tokens.token("ana"))

    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("user", ["auth0|5f7c8ec7", "ana@example.com", "b6e0c4e2-1f0a-4f3e-9a59-3c1d2e4f5a6b", "Zoë"])
def test_user_ids_of_every_provider_are_paths(user: str, invalidation: Api) -> None:
    assert invalidation.request("DELETE", of(user), token=tokens.token("ana", scope=WRITE)).status == 200
    assert invalidation.valkey.versions == {version(user): 1}


def test_sonas_event_invalidates_the_user_it_names(invalidation: Api) -> None:
    assert invalidation.handler(preferences_updated("ana"), FakeContext()) is None

    assert invalidation.valkey.versions == {version("ana"): 1}


def test_an_event_may_name_the_user_as_keys_do(invalidation: Api) -> None:
    ana = user_hash("ana", USER_KEY)
    plain = preferences_updated("ignored") | {"detail": {"user_hash": ana}}

    for event in (hash_updated(ana), plain):
        assert invalidation.handler(event, FakeContext()) is None

    assert invalidation.valkey.versions == {version("ana"): 2}
    assert invalidation.valkey.lives == {version("ana"): VERSION_TTL_SECONDS}


@pytest.mark.parametrize(
    "event",
    [
        hash_updated(user_hash("ana", USER_KEY), erased=True),
        preferences_updated("ana") | {"detail": {"user_id": "ana", "erased": True}},
    ],
)
def test_an_event_that_a_person_was_erased_has_their_scores_deleted(
    event: dict[str, object], invalidation: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    ana = user_hash("ana", USER_KEY)
    invalidation.parameters.values["cache_generation"] = "41"

    invalidation.handler(event, FakeContext())

    assert invalidation.valkey.lives == {version("ana"): VERSION_TTL_SECONDS}
    assert invalidation.valkey.deleted == [scores_key(ana, generation) for generation in range(41, 31, -1)]
    assert ana not in "".join(capfd.readouterr())


def test_scores_of_an_erased_person_are_misses_also_while_the_generation_is_unknown(invalidation: Api) -> None:
    invalidation.parameters.fails = True

    with pytest.raises(PolicyUnavailable):
        invalidation.handler(hash_updated(user_hash("ana", USER_KEY), erased=True), FakeContext())

    assert invalidation.valkey.versions == {version("ana"): 1}


def test_who_only_changed_keeps_their_scores_until_they_end(invalidation: Api) -> None:
    invalidation.handler(hash_updated(user_hash("ana", USER_KEY)), FakeContext())

    assert invalidation.valkey.deleted == []


def test_a_duplicate_event_does_no_harm(invalidation: Api) -> None:
    for _ in range(2):
        invalidation.handler(preferences_updated("ana"), FakeContext())

    assert invalidation.valkey.versions == {version("ana"): 2}


def test_parameter_stores_event_shares_the_policy_as_it_is_now(invalidation: Api) -> None:
    invalidation.parameters.values = {"boost_weight": "0.4"}

    invalidation.handler(parameter_changed("/discovery/test/personalization/boost_weight"), FakeContext())

    assert invalidation.store.stored == [({"boost_weight": "0.4"}, 1000.0)]


def test_a_refused_policy_is_not_shared(invalidation: Api, counted: Counted) -> None:
    invalidation.parameters.values = {"boost_weight": "1.5"}

    invalidation.handler(parameter_changed("/discovery/test/personalization/boost_weight"), FakeContext())

    assert invalidation.store.stored == []
    assert counted()["PolicyRefused"] == 1


def test_the_switch_goes_off_whatever_else_is_refused(invalidation: Api, counted: Counted) -> None:
    name = "/discovery/test/personalization/enabled"
    invalidation.parameters.values = {"boost_weight": "0.4"}
    invalidation.handler(parameter_changed(name), FakeContext())
    invalidation.parameters.values = {"boost_weight": "1.5", "enabled": "false"}

    invalidation.handler(parameter_changed(name), FakeContext())

    assert invalidation.store.stored[-1] == ({"boost_weight": "0.4", "enabled": "false"}, 1000.0)
    assert counted()["PolicyRefused"] == 1


@pytest.mark.parametrize(
    "event",
    [
        preferences_updated(7),
        preferences_updated("ana") | {"detail": {}},
        preferences_updated("ana") | {"source": "elsewhere"},
        preferences_updated("ana") | {"detail": {"specversion": "1.0", "user_id": "ana"}},
        preferences_updated("ana") | {"detail": ["ana"]},
        hash_updated("ana"),
        hash_updated("A" * 32),
        hash_updated("ana", erased=True),
        hash_updated("a" * 33),
        hash_updated("a" * 32 + "\n"),
        hash_updated(7),
        parameter_changed("/discovery/test/other/boost_weight"),
        parameter_changed("/discovery/test/personalization"),
        {},
    ],
)
def test_an_event_that_it_does_not_know_is_counted_and_ignored(
    event: dict[str, object], invalidation: Api, counted: Counted
) -> None:
    assert invalidation.handler(event, FakeContext()) is None

    assert not invalidation.valkey.versions
    assert counted()["EventIgnored"] == 1


def test_an_event_that_could_not_be_done_fails_so_that_it_is_sent_again(invalidation: Api) -> None:
    invalidation.valkey.fails = True

    with pytest.raises(Exception, match="ConnectionError"):
        invalidation.handler(preferences_updated("ana"), FakeContext())


def test_a_subject_that_is_no_proper_text_is_no_subject(invalidation: Api) -> None:
    assert invalidation.request("DELETE", of("me"), token=tokens.token("\ud800")).status == 401
