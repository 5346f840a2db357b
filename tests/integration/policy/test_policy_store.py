"""The policy on a real SSM API and a real Valkey: reading it, sharing it, raising the generation."""

from collections.abc import Iterator

import pytest
import redis

from discovery.api.auth import Authenticator
from discovery.composition.invalidation import InvalidationService
from discovery.errors import CacheUnavailable, PolicyUnavailable
from discovery.personalization.invalidation import Invalidator
from discovery.policy.parameters import PolicyParameters, ssm_client
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh
from discovery.policy.snapshot import LAST_POLICY_KEY, POLICY_KEY, READER_KEY, SnapshotStore, decode
from discovery.privacy.user_key import fixed_key
from discovery.settings.access import AuthSettings
from discovery.settings.cache import CacheSettings
from discovery.valkey.connections import PlainCluster, plain_valkey
from tests.conftest import Counted
from tests.fakes import parameters as of
from tests.integration.conftest import Put

DEFAULT = Policy(boost_weight=0.25)
NOW = 1_700_000_000.0


@pytest.fixture
def client(valkey_url: str) -> Iterator[redis.Redis | PlainCluster]:
    client = plain_valkey(CacheSettings(url=valkey_url, timeout_ms=2_000))
    assert isinstance(client, redis.Redis)
    yield client
    client.close()


@pytest.fixture
def store(client: redis.Redis | PlainCluster) -> SnapshotStore:
    return SnapshotStore(client)


@pytest.fixture
def parameters(aws: pytest.MonkeyPatch, stage: str) -> PolicyParameters:
    return PolicyParameters(ssm_client, f"/discovery/{stage}/personalization/")


@pytest.fixture
def refresh(parameters: PolicyParameters, store: SnapshotStore) -> PolicyRefresh:
    return PolicyRefresh(parameters, store, DEFAULT, max_age_sec=60, wall_clock=lambda: NOW)


def values(parameters: PolicyParameters) -> dict[str, str]:
    return {name: parameter.value for name, parameter in parameters.read().items()}


def shared(operator: redis.Redis) -> Policy | None:
    found = operator.get(POLICY_KEY)
    return decode(found, DEFAULT, not_after=NOW + 60) if isinstance(found, bytes) else None


def test_without_parameters_there_are_none(parameters: PolicyParameters) -> None:
    assert parameters.read() == {}


def test_more_parameters_than_a_page_holds_are_all_read(parameters: PolicyParameters, put: Put) -> None:
    expected = {f"variants/v{number}": f"0.{number:02}" for number in range(25)} | {"boost_weight": "0.3"}
    for name, value in expected.items():
        put(name, value)

    assert values(parameters) == expected


def test_an_edit_is_read_at_once(parameters: PolicyParameters, put: Put) -> None:
    put("boost_weight", "0.3")
    before = parameters.read()["boost_weight"]
    put("boost_weight", "0.4")
    after = parameters.read()["boost_weight"]

    assert (before.value, after.value) == ("0.3", "0.4")
    assert (before.version, after.version) == (1, 2)
    assert 0 < before.modified_at <= after.modified_at


def test_the_generation_is_raised_and_others_are_left(parameters: PolicyParameters, put: Put) -> None:
    put("boost_weight", "0.3")

    assert parameters.raise_cache_generation() == 1
    assert parameters.raise_cache_generation() == 2
    assert values(parameters) == {"boost_weight": "0.3", "cache_generation": "2"}


def test_an_api_that_is_not_there_is_unavailable(aws: pytest.MonkeyPatch, stage: str, unused_tcp_port: int) -> None:
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_tcp_port}")
    parameters = PolicyParameters(ssm_client, f"/discovery/{stage}/personalization/")

    with pytest.raises(PolicyUnavailable):
        parameters.read()
    with pytest.raises(PolicyUnavailable):
        parameters.write("boost_weight", "0.3")


def test_a_snapshot_lives_as_long_as_it_may_be_old(store: SnapshotStore, operator: redis.Redis) -> None:
    assert store.store(of({"boost_weight": "0.4"}), NOW, 60)

    policy = shared(operator)
    assert policy is not None
    assert (policy.boost_weight, policy.read_at) == (0.4, NOW)
    assert 50_000 < operator.pttl(POLICY_KEY) <= 60_000


def test_the_last_policy_has_no_end_and_is_never_replaced_by_an_older_one(
    store: SnapshotStore, operator: redis.Redis
) -> None:
    store.keep(of({"boost_weight": "0.4"}), NOW)
    store.keep(of({"boost_weight": "0.1"}), NOW - 0.001)

    assert store.parameters() == of({"boost_weight": "0.4"})
    assert operator.ttl(LAST_POLICY_KEY) == -1
    assert shared(operator) is None


def test_a_policy_too_old_for_a_snapshot_is_still_the_last_one(store: SnapshotStore, operator: redis.Redis) -> None:
    assert not store.store(of({"boost_weight": "0.4"}), NOW, 0)

    assert store.parameters() == of({"boost_weight": "0.4"})
    assert shared(operator) is None


def test_of_two_snapshots_the_one_whose_reading_began_last_stays(store: SnapshotStore, operator: redis.Redis) -> None:
    kept = [store.store(of({"boost_weight": weight}), at, 60) for weight, at in (("0.2", NOW), ("0.1", NOW - 0.001))]
    after_older = shared(operator)
    kept.append(store.store(of({"boost_weight": "0.3"}), NOW + 0.001, 60))
    after_newer = shared(operator)

    assert kept == [True, False, True]
    assert after_older is not None
    assert after_newer is not None
    assert (after_older.boost_weight, after_newer.boost_weight) == (0.2, 0.3)


@pytest.mark.parametrize("life", [0, -1])
def test_a_snapshot_that_is_too_old_already_is_not_stored(
    life: float, store: SnapshotStore, operator: redis.Redis
) -> None:
    assert not store.store(of({"boost_weight": "0.4"}), NOW, life)
    assert operator.get(POLICY_KEY) is None


def test_one_may_read_parameter_store_at_a_time(store: SnapshotStore, operator: redis.Redis) -> None:
    assert [store.claim_reading(10), store.claim_reading(10)] == [True, False]
    assert 0 < operator.pttl(READER_KEY) <= 10_000


@pytest.mark.parametrize("damaged", [b"", b"garbage", b"7", b"[]", b'{"read_at": "soon"}', b"null"])
def test_a_damaged_snapshot_is_replaced(damaged: bytes, store: SnapshotStore, operator: redis.Redis) -> None:
    operator.set(POLICY_KEY, damaged)

    assert store.store(of({"boost_weight": "0.4"}), NOW, 60)
    assert shared(operator) is not None


def test_a_server_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    url = f"redis://127.0.0.1:{unused_tcp_port}/0"
    with plain_valkey(CacheSettings(url=url)) as client, pytest.raises(CacheUnavailable):
        SnapshotStore(client).store({}, NOW, 60)


def test_the_policy_is_shared_as_parameter_store_has_it(
    refresh: PolicyRefresh, put: Put, operator: redis.Redis
) -> None:
    put("variants/brave", "0.9")

    assert refresh.run().shared

    policy = shared(operator)
    assert policy is not None
    assert dict(policy.variants) == {"brave": 0.9}


def test_a_refused_policy_leaves_the_shared_one(
    refresh: PolicyRefresh, put: Put, operator: redis.Redis, counted: Counted
) -> None:
    put("boost_weight", "0.3")
    refresh.run()
    put("boost_weight", "1.5")
    refresh.run()

    policy = shared(operator)
    assert policy is not None
    assert policy.boost_weight == 0.3
    assert counted()["PolicyRefused"] == 1


def test_a_switch_that_goes_off_beside_a_refused_value_keeps_the_rest_of_the_shared_policy(
    refresh: PolicyRefresh, put: Put, operator: redis.Redis
) -> None:
    put("boost_weight", "0.3")
    refresh.run()
    put("boost_weight", "1.5")
    put("enabled", "false")
    refresh.run()

    policy = shared(operator)
    assert policy is not None
    assert (policy.enabled, policy.boost_weight) == (False, 0.3)


def test_invalidating_all_raises_the_generation_and_shares_it(
    client: redis.Redis, parameters: PolicyParameters, refresh: PolicyRefresh, put: Put, operator: redis.Redis
) -> None:
    put("cache_generation", "41")
    invalidator = Invalidator(client, parameters, user_key=fixed_key(b"key"))

    assert InvalidationService(invalidator, refresh, Authenticator(AuthSettings())).invalidate_all() == 42

    policy = shared(operator)
    assert policy is not None
    assert policy.cache_generation == 42


def test_without_valkey_the_generation_is_raised_all_the_same(
    parameters: PolicyParameters, unused_tcp_port: int
) -> None:
    with plain_valkey(CacheSettings(url=f"redis://127.0.0.1:{unused_tcp_port}/0")) as gone:
        invalidator = Invalidator(gone, parameters, user_key=fixed_key(b"key"))
        refresh = PolicyRefresh(parameters, SnapshotStore(gone), DEFAULT, max_age_sec=60)
        with pytest.raises(CacheUnavailable):
            InvalidationService(invalidator, refresh, Authenticator(AuthSettings())).invalidate_all()
        with pytest.raises(CacheUnavailable):
            invalidator.invalidate_user("ana")

    assert values(parameters) == {"cache_generation": "1"}
