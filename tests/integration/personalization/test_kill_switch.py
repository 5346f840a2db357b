"""The switch holds when those that know of it are gone: new environments, and Valkey or Parameter Store away."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import redis

from discovery.policy.snapshot import LAST_POLICY_KEY, POLICY_KEY
from local.stack.processes import valkey
from tests.integration.conftest import Put
from tests.integration.personalization.serving import Serve, search
from tests.integration.personalization.sona_server import Engine


@pytest.fixture
def nobody(unused_tcp_port: int) -> str:
    """An address where nobody listens."""
    return f"127.0.0.1:{unused_tcp_port}"


def said(serve: Serve, **changes: Mapping[str, object]) -> tuple[str, str | None]:
    """Status and reason of a new environment's first search."""
    block = search(serve(**changes)).personalization
    return block.status, block.reason


def test_switched_off_it_stays_off_in_new_environments_with_valkey_and_parameter_store_gone(
    serve: Serve, put: Put, aws: pytest.MonkeyPatch, nobody: str, sona: Engine
) -> None:
    put("enabled", "false")
    before = said(serve)
    aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")

    after = said(serve, cache={"url": f"redis://{nobody}/0"})

    assert (before, after) == (("skipped", "disabled"), ("failed", "policy_unavailable"))
    assert sona.asked == []


def test_nor_is_anybody_personalized_by_a_policy_that_nobody_knows_any_more(
    serve: Serve, aws: pytest.MonkeyPatch, nobody: str, sona: Engine
) -> None:
    aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")

    assert said(serve) == ("failed", "policy_unavailable")
    assert sona.asked == []


@pytest.mark.parametrize(("enabled", "expected"), [("false", ("skipped", "disabled")), ("true", ("applied", None))])
def test_the_last_policy_outlives_all_environments_and_its_snapshot(
    enabled: str, expected: tuple[str, str | None], serve: Serve, put: Put, operator: redis.Redis
) -> None:
    put("enabled", enabled)
    search(serve())
    operator.delete(POLICY_KEY)  # as its end would, a minute later
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens at the port for discarding

        assert said(serve) == expected
    assert operator.ttl(LAST_POLICY_KEY) == -1  # no end


def test_as_soon_as_a_reading_succeeds_the_policy_is_in_force(
    serve: Serve, put: Put, aws: pytest.MonkeyPatch, moto_endpoint: str, nobody: str
) -> None:
    put("boost_weight", "0.5")
    aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")
    early = serve()
    before = search(early).personalization
    aws.setenv("AWS_ENDPOINT_URL", moto_endpoint)
    search(serve())  # another environment, which reads and shares

    after = search(early).personalization

    assert (before.status, before.reason, before.weight) == ("failed", "policy_unavailable", 0)
    assert (after.status, after.reason, after.weight) == ("applied", None, 0.5)


def test_who_prefers_the_built_in_policy_can_have_it(serve: Serve, aws: pytest.MonkeyPatch, nobody: str) -> None:
    aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")

    block = search(serve(policy={"when_unavailable": "built_in"})).personalization

    assert (block.status, block.weight, block.policy_version, block.policy_age_ms) == ("applied", 0.2, "default", None)


def test_a_valkey_that_lost_its_data_gets_the_last_policy_back_from_an_environment_that_has_it(
    serve: Serve, put: Put, aws: pytest.MonkeyPatch, nobody: str, tmp_path: Path
) -> None:
    put("enabled", "false")
    with valkey(tmp_path) as url:
        here = {"cache": {"url": url}}
        warm = serve(**here, policy={"max_age_sec": 1})
        search(warm)
        with redis.Redis.from_url(url) as client:
            client.flushall()
            aws.setenv("AWS_ENDPOINT_URL", f"http://{nobody}")
            reading = warm.policies.refresh_if_old()
            while reading is None:
                reading = warm.policies.refresh_if_old()
            reading.result(30)

            assert said(serve, **here) == ("skipped", "disabled")
