"""Every fault of SONA and of the cache, over real sockets: met by a search, and gone again.

The deadlines are generous, since these tests are about what is answered; `make faults` measures.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.environments.inline import Answer, Environment, environment
from lab.faults.fault import FAULTS, SONA_FAULTS, Fault, Target
from lab.faults.rig import Rig, rig
from lab.servers.bed import Bed, share_policy
from lab.servers.scores import wrong_scores
from local.stack.issuer import Issuer
from tests import catalogues

Search = Callable[[str], Answer]
"""By a user."""

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
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("issuer"))


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
def env(bundle: Path, issuer: Issuer, broken: Rig, aws: pytest.MonkeyPatch) -> Iterator[Environment]:
    personalization = {"timeout_ms": TIMEOUT_MS, "breaker_open_sec": BREAKER_OPEN_SECONDS}
    bed = broken.bed(bundle, issuer)
    with environment(bed.settings(personalization=personalization, cache={"timeout_ms": CACHE_TIMEOUT_MS})) as running:
        yield running


@pytest.fixture
def search(env: Environment, issuer: Issuer) -> Search:
    return lambda user: env.search(QUERY, issuer.sign(user), explain="true", page_size="100")


def outcome(answer: Answer) -> tuple[str, str | None]:
    return answer.personalization["status"], answer.personalization["reason"]


def until_personalized(search: Search, user: str) -> Answer:
    """Search until the fault is forgotten, which a breaker or a reconnection may put off for a moment."""
    end = time.monotonic() + RECOVERY_SECONDS
    while True:
        answer = search(user)
        if outcome(answer) == ("applied", None) or time.monotonic() > end:
            return answer


@each_fault
def test_a_fault_breaks_no_answer_and_leaves_no_trace(
    target: Target, fault: Fault, search: Search, broken: Rig
) -> None:
    search("ana")

    broken.suffer(target, fault)
    during = {user: search(user) for user in ("ana", "ben", "chloe")}
    broken.heal()
    after = {user: until_personalized(search, user) for user in ("ana", "ben", "chloe", "dan")}

    assert [answer.status for answer in during.values()] == [200] * 3
    assert {answer.personalization["reason"] for answer in during.values()} <= fault.reasons | {None}
    assert {answer.personalization["status"] for answer in after.values()} == {"applied"}
    assert sum(wrong_scores(answer.body, user) for user, answer in [*during.items(), *after.items()]) == 0
    assert all(broken.connections(who) <= most for who, most in MAX_CONNECTIONS.items())


@pytest.mark.parametrize("fault", SONA_FAULTS, ids=lambda fault: fault.name)
def test_who_is_cached_does_not_notice_a_fault_of_sona(fault: Fault, search: Search, broken: Rig) -> None:
    search("ana")

    broken.suffer("sona", fault)
    answer = search("ana")

    assert outcome(answer) == ("applied", None)
    assert answer.personalization["from_cache"] == answer.personalization["candidates"]


@pytest.mark.parametrize("fault", SONA_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_that_must_be_noticed_is_named(fault: Fault, search: Search, broken: Rig) -> None:
    broken.suffer("sona", fault)

    answer = search("ana")

    assert answer.personalization["reason"] in fault.reasons


def test_an_invalidation_holds_while_the_cache_is_slow(
    bundle: Path, issuer: Issuer, search: Search, broken: Rig, valkey_url: str
) -> None:
    slow = next(fault for fault in FAULTS["valkey"] if "5 to 60" in fault.name)
    search("ana")
    broken.suffer("valkey", slow)

    version = broken.update("ana")
    Bed(bundle, broken.sona_url, valkey_url, issuer).invalidator.invalidate_user("ana")
    answers = [search("ana") for _ in range(5)]

    assert [answer.status for answer in answers] == [200] * 5
    assert sum(wrong_scores(answer.body, "ana", version) for answer in answers) == 0
