"""Every fault of SONA and of the cache, over real sockets: met by a search, and gone again.

The deadlines are generous, since these tests are about what is answered; `make faults` measures.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from discovery.personalization.invalidation import Invalidator
from discovery.privacy.user_key import fixed_key
from lab.faults.environment import USER_KEY, Answer, Environment, environment, share_policy
from lab.faults.fault import FAULTS, SONA_FAULTS, Fault, Target
from lab.faults.rig import Rig, rig
from tests import catalogues, tokens
from tests.fakes import FakeParameters

QUERY = "space sea crime love food war fear games family music"
TIMEOUT_MS, CACHE_TIMEOUT_MS = 400, 150
BREAKER_OPEN_SECONDS = 0.05
RECOVERY_SECONDS = 20.0
"""Far above what it takes: a test is no stopwatch."""
MAX_CONNECTIONS: dict[Target, int] = {"sona": 1, "valkey": 2}
"""One of the search path each, and one of the policy's."""

each_fault = pytest.mark.parametrize(
    ("target", "fault"),
    [pytest.param(target, fault, id=f"{target} {fault.name}") for target, faults in FAULTS.items() for fault in faults],
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def module_rig(shared_valkey: str) -> Iterator[Rig]:
    with rig(shared_valkey) as running:
        yield running


@pytest.fixture
def broken(module_rig: Rig, valkey_url: str) -> Iterator[Rig]:
    """A rig before an empty Valkey; it behaves until it is told otherwise."""
    share_policy(valkey_url)
    yield module_rig
    module_rig.heal()


@pytest.fixture
def env(bundle: Path, broken: Rig, aws: pytest.MonkeyPatch) -> Iterator[Environment]:
    timeouts = {"timeout_ms": TIMEOUT_MS, "cache_timeout_ms": CACHE_TIMEOUT_MS}
    with environment(bundle, broken, breaker_open_sec=BREAKER_OPEN_SECONDS, **timeouts) as running:
        yield running


def search(env: Environment, user: str) -> Answer:
    return env.search(QUERY, tokens.token(user), explain="true", page_size="100")


def searches_until_personalized(env: Environment, user: str) -> Answer:
    """Search until the fault is forgotten, which a breaker or a reconnection may put off for a moment."""
    end = time.monotonic() + RECOVERY_SECONDS
    while True:
        answer = search(env, user)
        if (answer.block["status"], answer.block["reason"]) == ("applied", None) or time.monotonic() > end:
            return answer


@each_fault
def test_a_fault_breaks_no_answer_and_leaves_no_trace(
    target: Target, fault: Fault, env: Environment, broken: Rig
) -> None:
    search(env, "ana")

    broken.suffer(target, fault)
    during = {user: search(env, user) for user in ("ana", "ben", "chloe")}
    broken.heal()
    after = {user: searches_until_personalized(env, user) for user in ("ana", "ben", "chloe", "dan")}

    assert [answer.status for answer in during.values()] == [200] * 3
    assert {answer.block["reason"] for answer in during.values()} <= fault.reasons | {None}
    assert {answer.block["status"] for answer in after.values()} == {"applied"}
    assert sum(answer.wrong_scores(user) for user, answer in [*during.items(), *after.items()]) == 0
    assert all(broken.connections(who) <= most for who, most in MAX_CONNECTIONS.items())


@pytest.mark.parametrize("fault", SONA_FAULTS, ids=lambda fault: fault.name)
def test_who_is_cached_does_not_notice_a_fault_of_sona(fault: Fault, env: Environment, broken: Rig) -> None:
    search(env, "ana")

    broken.suffer("sona", fault)
    answer = search(env, "ana")

    assert (answer.block["status"], answer.block["reason"]) == ("applied", None)
    assert answer.block["from_cache"] == answer.block["candidates"]


@pytest.mark.parametrize("fault", SONA_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_that_must_be_noticed_is_named(fault: Fault, env: Environment, broken: Rig) -> None:
    broken.suffer("sona", fault)

    answer = search(env, "ana")

    assert answer.block["reason"] in fault.reasons


def test_an_invalidation_holds_while_the_cache_is_slow(env: Environment, broken: Rig, valkey_url: str) -> None:
    slow = next(fault for fault in FAULTS["valkey"] if "5 to 60" in fault.name)
    search(env, "ana")
    broken.suffer("valkey", slow)

    version = broken.update("ana")
    with redis.Redis.from_url(valkey_url) as client:
        Invalidator(client, FakeParameters(), user_key=fixed_key(USER_KEY.encode())).invalidate_user("ana")
    answers = [search(env, "ana") for _ in range(5)]

    assert [answer.status for answer in answers] == [200] * 5
    assert sum(answer.wrong_scores("ana", version, version) for answer in answers) == 0
