"""The search service as the function composes it, from settings alone: real Valkey, SSM API and SONA over sockets."""

import time
from pathlib import Path
from typing import Any

import pytest
import redis

from discovery.api.auth import Caller
from discovery.composition.invalidation import invalidation_service
from discovery.policy.snapshot import POLICY_KEY
from discovery.settings.settings import Settings
from local.stack.processes import valkey
from tests.integration.conftest import Put
from tests.integration.personalization.serving import LIKES, Serve, ids, search
from tests.integration.personalization.sona_server import Engine


def test_a_second_search_is_served_from_the_cache_and_an_invalidation_empties_it(
    serve: Serve, settings: dict[str, Any], sona: Engine
) -> None:
    service = serve()
    first, second = search(service), search(service)
    invalidation_service(Settings.model_validate(settings)).invalidator.invalidate_user("ana")
    third = search(service)

    candidates = first.personalization.candidates
    assert [answer.personalization.from_cache for answer in (first, second, third)] == [0, candidates, 0]
    assert {answer.personalization.status for answer in (first, second, third)} == {"applied"}
    assert ids(first) == ids(second) == ids(third)
    assert len(sona.asked) == 2


def test_scores_cached_by_one_environment_serve_another(serve: Serve, sona: Engine) -> None:
    search(serve())

    answer = search(serve())

    assert answer.personalization.from_cache == answer.personalization.candidates
    assert len(sona.asked) == 1


def test_an_engine_without_batches_gets_a_request_for_each_candidate(serve: Serve, sona: Engine) -> None:
    sona.has_batch = False

    answer = search(serve())

    assert answer.personalization.status == "applied"
    assert len(sona.asked) == 1 + answer.personalization.candidates


def test_connections_that_died_while_frozen_cost_nothing(serve: Serve, sona: Engine, operator: redis.Redis) -> None:
    service = serve()
    search(service)
    operator.flushall()
    sona.drop_connections()
    operator.client_kill_filter(_type="normal", skipme=True)

    answer = search(service)

    assert (answer.personalization.status, answer.personalization.reason) == ("applied", None)


def test_an_edit_is_seen_by_the_next_search_of_every_environment(
    serve: Serve, settings: dict[str, Any], put: Put
) -> None:
    environments = [serve(), serve()]
    before = [search(service, experiment_variant="high_boost").personalization for service in environments]
    put("variants/high_boost", "0.9")
    invalidation_service(Settings.model_validate(settings)).policy_refresh.run()

    after = [search(service, experiment_variant="high_boost").personalization for service in environments]

    assert [block.weight for block in before + after] == [0.4, 0.4, 0.9, 0.9]
    assert before[0].policy_version not in {block.policy_version for block in after}
    assert len({block.policy_version for block in after}) == 1
    assert all(block.policy_age_ms is not None and block.policy_age_ms < 60_000 for block in after)


def test_raising_the_generation_makes_everybodys_scores_a_miss(
    serve: Serve, settings: dict[str, Any], put: Put
) -> None:
    service = serve()
    search(service)
    invalidation_service(Settings.model_validate(settings)).invalidate_all()

    answer = search(service)

    assert (answer.personalization.status, answer.personalization.from_cache) == ("applied", 0)


def test_the_first_search_of_all_reads_the_policy_and_shares_it(serve: Serve, put: Put, operator: redis.Redis) -> None:
    put("boost_weight", "0.5")

    answer = search(serve())

    assert answer.personalization.weight == 0.5
    assert operator.exists(POLICY_KEY)


def test_a_refused_edit_leaves_the_last_good_policy(serve: Serve, settings: dict[str, Any], put: Put) -> None:
    service = serve()
    put("boost_weight", "0.5")
    refresh = invalidation_service(Settings.model_validate(settings)).policy_refresh
    refresh.run()
    good = search(service).personalization
    put("boost_weight", "NaN")
    refresh.run()

    assert search(service).personalization.policy_version == good.policy_version
    assert search(service).personalization.weight == 0.5


def test_a_valkey_that_stops_midway_costs_the_cache_and_nothing_else(serve: Serve, tmp_path: Path) -> None:
    with valkey(tmp_path) as url:
        service = serve(cache={"url": url})
        with_cache = search(service)
    without = search(service)

    assert (without.personalization.status, without.personalization.reason) == ("applied", "cache_unavailable")
    assert ids(without) == ids(with_cache)


def test_with_everything_gone_a_search_is_still_a_search(
    serve: Serve, aws: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    nobody = f"127.0.0.1:{unused_tcp_port}"
    aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")
    service = serve(personalization={"sona_url": f"http://{nobody}"}, cache={"url": f"redis://{nobody}/0"})

    answer = search(service)

    assert (answer.personalization.status, answer.personalization.reason) == ("failed", "policy_unavailable")
    assert ids(answer) == ids(search(service, Caller()))


def test_a_sona_that_hangs_is_left_at_the_deadline_and_what_is_cached_is_used(serve: Serve, sona: Engine) -> None:
    alone = serve()
    sona.likes = {"ana": dict(list(LIKES["ana"].items())[:5])}
    search(alone)
    sona.hang = True
    service = serve(personalization={"timeout_ms": 300})

    began = time.monotonic()
    answer = search(service)

    assert (answer.personalization.status, answer.personalization.reason) == ("partial", "timeout")
    assert 0 < answer.personalization.from_cache <= 5
    assert time.monotonic() - began < 5


def test_no_key_in_valkey_holds_a_users_id(serve: Serve, operator: redis.Redis) -> None:
    search(serve())

    keys = [key.decode() for key in operator.scan_iter()]
    assert len(keys) == 4  # the policy, the last policy, the version and the scores
    assert not [key for key in keys if "ana" in key]


def test_health_names_the_policy_that_this_environment_has(serve: Serve, put: Put) -> None:
    put("boost_weight", "0.5")
    service = serve()
    before = service.health()
    search(service)
    after = service.health()

    assert (before.policy_version, before.policy_age_ms) == ("default", None)
    assert after.policy_version != "default"
    assert after.policy_age_ms is not None
