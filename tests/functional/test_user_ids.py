"""A user id may be any text: what is invalidated is exactly the id that was sent, encoded in a path or in an event."""

from typing import Any
from urllib.parse import quote

import pytest

from discovery.personalization.score_cache import version_key
from discovery.privacy.hashing import user_hash
from tests import tokens
from tests.conftest import Counted
from tests.events import FakeContext, http_event, preferences_updated
from tests.functional.client import Api
from tests.functional.conftest import USER_KEY

ROUTE = "DELETE /v1/users/{user_id}/personalization-cache"
IDS = [
    "🎬👩‍👩‍👧",
    "e\u0301clair",
    "a/b",
    "/",
    "a#b?c",
    "100%",
    "%2F",
    "a%20b",
    "a b",
    " ",
    "..",
    ".",
    "a+b",
    "auth0|5f7c8ec7",
    '"quoted"\\',
    "line\nbreak",
    "\u202eana",
    "me/..",
    "x" * 500,
]


def version(user: str) -> str:
    return version_key(user_hash(user, USER_KEY))


def deletion(raw_path: str, **changes: Any) -> dict[str, Any]:
    token = tokens.token("ana", scope="personalization:write")
    return http_event("DELETE", raw_path, token=token) | {"routeKey": ROUTE} | changes


@pytest.mark.parametrize("user", IDS)
@pytest.mark.parametrize("raw_path_is_encoded", [True, False])
def test_an_id_of_any_shape_is_invalidated_as_api_gateway_decoded_it(
    user: str, raw_path_is_encoded: bool, invalidation: Api
) -> None:
    segment = quote(user, safe="") if raw_path_is_encoded else user

    answer = invalidation.send(deletion(f"/v1/users/{segment}/personalization-cache", pathParameters={"user_id": user}))

    assert answer.status == 200
    assert invalidation.valkey.versions == {version(user): 1}


@pytest.mark.parametrize("user", IDS)
def test_an_id_is_read_from_an_encoded_path_where_no_parameters_come_with_it(user: str, invalidation: Api) -> None:
    path = f"/v1/users/{quote(user, safe='')}/personalization-cache"

    assert invalidation.send(deletion(path, routeKey="$default")).status == 200
    assert invalidation.valkey.versions == {version(user): 1}


def test_an_id_that_is_no_text_once_decoded_is_refused(invalidation: Api) -> None:
    answer = invalidation.send(deletion("/v1/users/%ED%A0%80/personalization-cache", routeKey="$default"))

    assert answer.status == 422
    assert not invalidation.valkey.versions


def test_the_path_of_a_named_stage_is_known(invalidation: Api) -> None:
    event = deletion("/dev/v1/users/a%2Fb/personalization-cache", pathParameters={"user_id": "a/b"})
    event["requestContext"]["stage"] = "dev"

    assert invalidation.send(event).status == 200
    assert invalidation.valkey.versions == {version("a/b"): 1}


@pytest.mark.parametrize("user", ["\ud800", "ana\udfff", ""])
def test_an_event_whose_user_is_no_text_is_counted_and_dropped_so_that_it_is_not_sent_again(
    user: str, invalidation: Api, counted: Counted
) -> None:
    assert invalidation.handler(preferences_updated(user), FakeContext()) is None

    assert not invalidation.valkey.versions
    assert counted()["EventIgnored"] == 1


@pytest.mark.parametrize("user", IDS)
def test_an_event_may_name_a_user_of_any_shape(user: str, invalidation: Api) -> None:
    invalidation.handler(preferences_updated(user), FakeContext())

    assert invalidation.valkey.versions == {version(user): 1}


def test_an_event_of_an_unwritable_source_is_ignored(invalidation: Api, counted: Counted) -> None:
    assert invalidation.handler(preferences_updated("ana") | {"source": "\ud800"}, FakeContext()) is None
    assert counted()["EventIgnored"] == 1
