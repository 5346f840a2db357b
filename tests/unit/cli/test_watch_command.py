"""`discovery weights watch --version`, with an API that is made up."""

import json

import httpx
import pytest
import respx
from click.testing import CliRunner, Result

from discovery_cli import main

URL = "https://api.test"


def watch(*options: str, timeout: float = 60) -> Result:
    command = ["weights", "watch", "--version", "9f2c41", "--url", URL, "--timeout", str(timeout), *options]
    return CliRunner().invoke(main, command)


def health(version: str) -> httpx.Response:
    return httpx.Response(200, json={"status": "ok", "policy_version": version, "policy_age_ms": 3})


@respx.mock
def test_the_version_is_waited_for_and_the_seconds_are_said() -> None:
    respx.get(f"{URL}/v1/health").mock(side_effect=[health("old"), health("9f2c41")])

    result = watch("--json")

    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["policy_version"] == "9f2c41"
    assert found["seconds"] > 0


@respx.mock
def test_answers_in_a_row_are_counted_anew_after_an_old_one() -> None:
    answers = [health(version) for version in ("9f2c41", "old", "9f2c41", "9f2c41", "9f2c41")]
    route = respx.get(f"{URL}/v1/health").mock(side_effect=answers)

    assert watch("--environments", "3").exit_code == 0
    assert route.call_count == 5


@respx.mock
def test_with_a_token_each_look_is_a_search_that_no_experiment_counts() -> None:
    answer = httpx.Response(200, json={"personalization": {"policy_version": "9f2c41"}})
    route = respx.get(f"{URL}/v1/search").mock(return_value=answer)

    assert watch("--token", "T").exit_code == 0

    request = route.calls.last.request
    assert request.headers["Authorization"] == "Bearer T"
    assert request.url.params["experiment_variant"] == "control"


@respx.mock
def test_no_effect_in_time_is_exit_code_5() -> None:
    respx.get(f"{URL}/v1/health").mock(return_value=health("old"))

    result = watch("--json", timeout=0.6)

    assert result.exit_code == 5
    assert json.loads(result.stdout)["answered"] == "old"
    assert "answers with policy old, not 9f2c41" in result.stderr


@respx.mock
@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.Response(503),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
    ],
)
def test_an_api_that_gives_no_usable_answer_is_exit_code_1(trouble: httpx.Response | httpx.ConnectError) -> None:
    respx.get(f"{URL}/v1/health").mock(side_effect=lambda _: _raised(trouble))

    result = watch(timeout=0.6)

    assert result.exit_code == 1
    assert "gave no usable answer" in result.stderr


@respx.mock
def test_a_bad_token_is_said_at_once() -> None:
    route = respx.get(f"{URL}/v1/search").mock(return_value=httpx.Response(401))

    result = watch("--token", "bad")

    assert result.exit_code == 1
    assert "401" in result.stderr
    assert route.call_count == 1


@pytest.mark.parametrize("command", [["watch"], ["watch", "high_boost", "--version", "9f2c41", "--url", URL]])
def test_wrong_usage_is_exit_code_2(command: list[str]) -> None:
    assert CliRunner().invoke(main, ["weights", *command]).exit_code == 2


def _raised(trouble: httpx.Response | httpx.ConnectError) -> httpx.Response:
    if isinstance(trouble, httpx.ConnectError):
        raise trouble
    return trouble
