"""People in a DynamoDB table, against moto's server: the contract of stores, and what only a network can do."""

import http.client
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.stack.processes import HOST
from sona.errors import StoreUnavailable
from sona.history import MAX_TITLES, History
from sona.profile import NOBODY, Profile
from sona.store.dynamodb import RETENTION_SECONDS, DynamoStore, dynamodb_client
from sona.store.table import create_table
from tests.unit.engine.store_contract import StoreContract, history, somebody, update, watched

PATIENT = 20.0
"""Seconds; this machine may be busy."""
GENRES = (
    *("Action", "Adventure", "Animation", "Biography", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy"),
    *("History", "Horror", "Music", "Musical", "Mystery", "Noir", "Romance", "Science Fiction", "Sports", "Spy"),
    *("Superhero", "Thriller", "War", "Western"),
)
"""All of the demo catalogue."""


@pytest.fixture
def client(aws: pytest.MonkeyPatch) -> Any:
    return dynamodb_client(timeout=PATIENT)


@pytest.fixture
def table(client: Any) -> str:
    name = f"profiles-{uuid.uuid4().hex}"
    create_table(client, name)
    return name


@pytest.fixture
def store(client: Any, table: str) -> DynamoStore:
    return DynamoStore(client, table)


class TestDynamoStore(StoreContract):
    """The fixtures are the module's."""


def item(client: Any, table: str, user: str) -> dict[str, Any]:
    """The item as DynamoDB has it."""
    found: dict[str, Any] = client.get_item(TableName=table, Key={"user": {"S": user}})["Item"]
    return found


def test_two_engines_see_each_others_updates(client: Any, table: str) -> None:
    one, other = DynamoStore(client, table), DynamoStore(dynamodb_client(timeout=PATIENT), table)
    user = somebody()

    update(one, user, [watched("alien")])
    update(other, user, [watched("dune")])

    assert one.read(user) == other.read(user) == Profile(2, history("alien", "dune"))


def test_a_person_is_at_most_ten_kilobytes(client: Any, table: str) -> None:
    user = somebody()
    full = Profile(1, History.of(watched(f"title {number}") for number in range(MAX_TITLES)), GENRES)
    DynamoStore(client, table).write(user, full)

    stored = item(client, table, user)

    # "DynamoDB item sizes and formats": names and texts in UTF-8, binary as it is, a number's digits by halves and one,
    # a list's three bytes and one for each element.
    sizes = {
        "user": 32,
        "version": 2,
        "history": len(stored["history"]["B"]),
        "genres": 3 + sum(1 + len(genre["S"].encode()) for genre in stored["genres"]["L"]),
        "expires_at": 6,
    }
    assert sizes.keys() == stored.keys()
    assert sizes["history"] == 9_801
    assert sum(map(len, sizes)) + sum(sizes.values()) <= 10 * 1024


def test_a_profile_expires_four_hundred_days_after_its_last_update(client: Any, table: str) -> None:
    user = somebody()
    store = DynamoStore(client, table, wall_clock=lambda: 1_700_000_000.9)

    update(store, user, [watched("alien")])

    assert item(client, table, user)["expires_at"] == {"N": str(1_700_000_000 + RETENTION_SECONDS)}
    told = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert told == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_the_table_is_billed_backed_up_and_encrypted_as_a_deployments(client: Any, table: str) -> None:
    made = client.describe_table(TableName=table)["Table"]
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]

    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert made["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert made["SSEDescription"]["Status"] == "ENABLED"
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_table_that_exists_stays_as_it_is(client: Any, table: str, store: DynamoStore) -> None:
    user = somebody()
    update(store, user, [watched("alien")])

    create_table(client, table)

    assert store.read(user).version == 1


def test_everybody_is_found_on_however_many_pages(client: Any, table: str, store: DynamoStore) -> None:
    """A page is a megabyte: 110 people of 700 titles are more."""
    full = Profile(1, History.of(watched(f"title {number}") for number in range(MAX_TITLES)))
    users = {somebody() for _ in range(110)}
    for user in users:
        store.write(user, full)
    assert "LastEvaluatedKey" in client.scan(TableName=table)

    assert {user for user, _ in store.everybody()} == users


def test_profiles_of_another_format_are_left_out_and_counted(
    client: Any, table: str, store: DynamoStore, caplog: pytest.LogCaptureFixture
) -> None:
    update(store, user := somebody(), [watched("alien")])
    for strange in ({"history": {"B": b"\x02"}}, {"history": {"S": "text"}}, {"genres": {"L": [{"N": "1"}]}}):
        client.put_item(TableName=table, Item={**item(client, table, user), "user": {"S": somebody()}, **strange})

    with caplog.at_level(logging.WARNING):
        assert [name for name, _ in store.everybody()] == [user]

    assert "3 profiles of another format were left out" in caplog.text


def test_a_person_of_another_format_is_not_taken_for_nobody(client: Any, table: str, store: DynamoStore) -> None:
    """Whoever did would write over what a newer engine keeps."""
    update(store, user := somebody(), [watched("alien")])
    client.put_item(TableName=table, Item=item(client, table, user) | {"history": {"B": b"\x02"}})

    with pytest.raises(StoreUnavailable, match="another format"):
        store.read(user)


CALLS: dict[str, Callable[[DynamoStore], object]] = {
    "read": lambda store: store.read(somebody()),
    "write": lambda store: store.write(somebody(), Profile(1, history("alien"))),
    "erase": lambda store: store.erase(somebody()),
    "everybody": lambda store: list(store.everybody()),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_table_that_is_not_there_is_named_by_its_error(client: Any, call: Callable[[DynamoStore], object]) -> None:
    with pytest.raises(StoreUnavailable, match="ResourceNotFoundException"):
        call(DynamoStore(client, "nowhere"))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_dynamodb_that_does_not_answer_is_unavailable(
    aws: pytest.MonkeyPatch, call: Callable[[DynamoStore], object], unused_tcp_port: int
) -> None:
    store = DynamoStore(dynamodb_client(f"http://{HOST}:{unused_tcp_port}"), "profiles")

    with pytest.raises(StoreUnavailable, match="EndpointConnectionError"):
        call(store)


class Relay(ThreadingHTTPServer):
    """Before moto: passes requests on, and hangs up or fails in place of the first answers to an operation."""

    def __init__(self, upstream: str) -> None:
        super().__init__((HOST, 0), _Relaying)
        self.upstream = urlsplit(upstream).netloc
        self.lost: list[str] = []
        """Operations whose answers are lost, one each."""
        self.asked: list[str] = []
        self.status: int | None = None
        """What is answered in place of a lost answer; None hangs up."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"


class _Relaying(BaseHTTPRequestHandler):
    server: Relay

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        self.server.asked.append(operation)
        connection = http.client.HTTPConnection(self.server.upstream, timeout=PATIENT)
        connection.request("POST", self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        status = answer.status
        if operation in self.server.lost:
            self.server.lost.remove(operation)
            if self.server.status is None:
                return
            status, content = self.server.status, b"{}"
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=[None, 500], ids=["hangs up", "fails"])
def relay(request: pytest.FixtureRequest, moto_endpoint: str) -> Iterator[Relay]:
    with Relay(moto_endpoint) as server:
        server.status = request.param
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def through(relay: Relay, table: str) -> DynamoStore:
    """A store that reaches its table through the relay."""
    return DynamoStore(dynamodb_client(relay.url, timeout=PATIENT), table)


def test_a_write_whose_answer_is_lost_has_been_kept_once(relay: Relay, through: DynamoStore) -> None:
    user = somebody()
    for version, names in ((1, ["alien"]), (2, ["alien", "dune"])):
        relay.lost = ["PutItem"]
        assert through.write(user, Profile(version, history(*names), ("Western",)))

    assert relay.asked == ["PutItem"] * 4, "each was asked twice"
    assert through.read(user) == Profile(2, history("alien", "dune"), ("Western",))


def test_a_write_that_was_lost_to_anothers_is_refused(relay: Relay, through: DynamoStore, store: DynamoStore) -> None:
    user = somebody()
    store.write(user, Profile(1, history("alien")))
    relay.lost = ["PutItem"]

    assert not through.write(user, Profile(1, history("dune")))

    assert store.read(user) == Profile(1, history("alien"))


def test_a_read_is_asked_twice_and_no_more(relay: Relay, through: DynamoStore) -> None:
    relay.lost = ["GetItem"]
    assert through.read(somebody()) == NOBODY

    relay.lost = ["GetItem"] * 3
    with pytest.raises(StoreUnavailable):
        through.read(somebody())

    assert relay.asked == ["GetItem"] * 4
