"""The whole system as `make run` starts it, used as its people use it: an app, an operator, SONA, and Ctrl-C."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from local.stack.configuration import CREDENTIALS
from local.stack.folders import find
from local.stack.folders import running as running_stacks
from local.stack.issuer import Issuer
from local.stack.processes import ROOT, free_port

ANA, CHLOE = "ana", "chloe"
QUERY = "adventure"
SEEN_WITHIN_SECONDS = 10.0
"""Far above what it takes: a test is no stopwatch."""


class RunningStack:
    """A stack, and what one does with it."""

    def __init__(self, state: Path, port: int, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.description = find(state, port)
        self.folder = Path(self.description.folder)
        self._state = state
        self._port = port
        self._issuer = Issuer(state)
        self._api = httpx.Client(base_url=self.description.api_url, timeout=20, trust_env=False)

    def close(self) -> None:
        self._api.close()

    def search(self, user: str | None = None, **parameters: Any) -> dict[str, Any]:
        answer = self._api.get("/v1/search", params={"query": QUERY, **parameters}, headers=self._headers(user))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def delete(self, path: str, user: str, *scopes: str) -> dict[str, Any]:
        answer = self._api.delete(path, headers=self._headers(user, *scopes))
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def edit(self, parameter: str, value: str) -> None:
        """What an operator types."""
        name = f"/discovery/{self.description.stage}/personalization/{parameter}"
        command = [str(Path(sys.executable).parent / "aws"), "ssm", "put-parameter", "--overwrite", "--name", name]
        command += ["--value", value, "--endpoint-url", self.description.aws_endpoint_url]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | CREDENTIALS)

    def watched(self, user: str, content_id: str, **event: Any) -> None:
        """What an app tells SONA."""
        now = datetime.now(UTC).isoformat()
        event = {"content_id": content_id, "timestamp": now, "completion_rate": 1.0, "is_rewatch": False, **event}
        url = f"{self.description.sona_url}/api/v1/profile/update"
        told = {"user_id": user, "events": [{"dismissed": False, **event}]}
        bearer = {"Authorization": f"Bearer {self.description.sona_token}"}
        answer = httpx.post(url, json=told, headers=bearer, trust_env=False)
        answer.raise_for_status()

    def kill(self, name: str) -> None:
        """Kill a server; it is restarted under another id, which `stack.json` names then."""
        os.kill(find(self._state, self._port).processes[name], signal.SIGKILL)

    def reported(self, text: str) -> str:
        """The next line on the stack's terminal that contains this text."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if text in line)

    def _headers(self, user: str | None, *scopes: str) -> dict[str, str]:
        return {} if user is None else {"Authorization": f"Bearer {self._issuer.sign(user, scopes)}"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "demo"
    command = [sys.executable, "-c", "from discovery_cli import main; main()", "catalogue", "build"]
    subprocess.run([*command, str(ROOT / "catalogue/demo.jsonl"), "--out", str(out)], check=True, capture_output=True)
    return out


@contextlib.contextmanager
def starting(bundle: Path, state: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local.stack", "--catalogue", str(bundle), "--state", str(state)]
    command += ["--environments", "2", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@contextlib.contextmanager
def ready(state: Path, process: subprocess.Popen[str]) -> Iterator[RunningStack]:
    """The stack of a process, once it has printed all of its welcome."""
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("# 4."):
            break
    welcome = "".join(printed)
    assert process.poll() is None, welcome
    port = re.search(r"API +http://127.0.0.1:(\d+)", welcome)
    assert port is not None
    stack = RunningStack(state, int(port[1]), process)
    yield stack
    stack.close()


@contextlib.contextmanager
def running(bundle: Path, state: Path) -> Iterator[RunningStack]:
    ports = ["--port", str(free_port()), "--sona-port", str(free_port())]
    with starting(bundle, state, *ports) as process, ready(state, process) as stack:
        yield stack


@pytest.fixture(scope="module")
def stack(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running(bundle, tmp_path_factory.mktemp("state")) as stack:
        yield stack


def ids(response: dict[str, Any]) -> list[str]:
    return [result["content"]["id"] for result in response["results"]]


def until[T](ask: Callable[[], T], satisfied: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + SEEN_WITHIN_SECONDS
    while not satisfied(answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


def applied(stack: RunningStack, user: str, **parameters: Any) -> dict[str, Any]:
    """A search with every score at hand: on a busy machine a first try may be cut short by the deadline."""
    return until(
        lambda: stack.search(user, **parameters), lambda found: found["personalization"]["status"] == "applied"
    )


def test_two_people_of_different_taste_see_different_orders_and_control_is_everybodys(stack: RunningStack) -> None:
    # When the same words are searched by nobody, by two people, and by one of them as control
    anonymous = stack.search(page_size=100)
    ana, chloe = (applied(stack, user, page_size=100) for user in (ANA, CHLOE))
    control = stack.search(ANA, page_size=100, experiment_variant="control")

    # Then the people differ, and control is what nobody sees
    assert len({tuple(ids(found)) for found in (anonymous, ana, chloe)}) == 3
    assert ids(control) == ids(anonymous)
    assert control["personalization"]["reason"] == "control"
    assert sorted(ids(ana)) == sorted(ids(anonymous))


@pytest.mark.parametrize("variant", ["low_boost", "aggressive_boost"])
def test_every_order_can_be_recomputed_from_its_explanation(stack: RunningStack, variant: str) -> None:
    found = applied(stack, CHLOE, page_size=100, explain=True, experiment_variant=variant)
    explained = [result["explanation"] for result in found["results"] if result["explanation"]["reranked"]]

    recomputed = [part["relevance"] * (1 - part["weight"]) + part["score"] * part["weight"] for part in explained]

    assert recomputed == [part["final"] for part in explained]
    by_final = sorted(range(len(explained)), key=lambda i: (-recomputed[i], explained[i]["rank_before"]))
    assert by_final == list(range(len(explained)))
    assert [part["rank_after"] for part in explained] == list(range(1, len(explained) + 1))


def test_an_edited_weight_is_seen_by_searches_that_follow(stack: RunningStack) -> None:
    before = stack.search(ANA, experiment_variant="high_boost")["personalization"]

    stack.edit("variants/high_boost", "0.55")

    after = until(
        lambda: stack.search(ANA, experiment_variant="high_boost")["personalization"],
        lambda block: block["policy_version"] != before["policy_version"],
    )
    assert (before["weight"], after["weight"]) == (0.40, 0.55)
    assert after["policy_version"] != before["policy_version"]


def test_a_refused_weight_changes_nothing(stack: RunningStack) -> None:
    before = stack.search(ANA)["personalization"]

    stack.edit("boost_weight", "1.5")
    refused = stack.search(ANA)["personalization"]
    stack.edit("boost_weight", "0.25")

    assert (refused["weight"], refused["policy_version"]) == (before["weight"], before["policy_version"])


def test_scores_are_cached_until_somebody_deletes_them(stack: RunningStack) -> None:
    applied(stack, ANA)
    again = applied(stack, ANA)["personalization"]
    assert again["from_cache"] == again["candidates"] > 0

    assert stack.delete("/v1/users/me/personalization-cache", ANA)["scope"] == "user"
    assert stack.search(ANA)["personalization"]["from_cache"] == 0

    applied(stack, ANA)
    flushed = stack.delete("/v1/personalization-cache", "operator", "personalization:admin")
    assert flushed["cache_generation"] == 2
    assert stack.search(ANA)["personalization"]["from_cache"] == 0


def test_what_a_person_watches_changes_their_order_with_nobody_calling_delete(stack: RunningStack) -> None:
    # Given a person whose scores are cached
    applied(stack, ANA, page_size=100)
    before = applied(stack, ANA, page_size=100)
    assert before["personalization"]["from_cache"] > 0

    # When SONA is told that they could not stand the first result and loved a late one
    first, late = ids(before)[0], ids(before)[30]
    stack.watched(ANA, first, completion_rate=0.02, rating=1, dismissed=True)
    stack.watched(ANA, late, rating=5, is_rewatch=True)

    # Then a search asks SONA anew, both events are in its scores, and the order is another
    after = until(lambda: applied(stack, ANA, page_size=100), lambda found: ids(found).index(late) < 30)
    assert ids(after).index(late) < 30


def test_nobody_can_be_told_from_logs_and_keys(stack: RunningStack) -> None:
    applied(stack, ANA)
    stack.delete("/v1/users/me/personalization-cache", ANA)

    logged = "".join(log.read_text() for log in stack.folder.glob("*.log") if log.stem in ("search", "invalidation"))
    assert '"message":"searched"' in logged
    assert '"message":"user invalidated"' in logged
    assert not re.search(rf"\b{ANA}\b|\b{QUERY}\b|Bearer|eyJ", logged)
    with redis.Redis.from_url(stack.description.valkey_url) as valkey:
        keys = [key.decode() for key in valkey.scan_iter()]
    assert any(key.startswith("scores:{") for key in keys)
    assert not any(ANA in re.split(r"\W", key) for key in keys)


def test_servers_that_are_killed_are_restarted_and_every_search_meanwhile_is_answered(
    bundle: Path, tmp_path: Path
) -> None:
    with running(bundle, tmp_path) as stack:
        # Given an edited weight, and what nobody in particular is answered
        stack.edit("boost_weight", "0.5")
        anonymous = stack.search(page_size=100)

        for name, said in (("sona", "SONA"), ("valkey", "Valkey"), ("moto", "moto")):
            # When a server is killed, then a search does without it
            stack.kill(name)
            found = stack.search(ANA, page_size=100)
            if found["personalization"]["status"] == "failed":
                assert ids(found) == ids(anonymous)

            # Then it is restarted, and people see their own orders again
            assert re.search(f"{said} ended with exit code -9; restarted", stack.reported(f"{said} ended"))
            assert ids(applied(stack, ANA, page_size=100)) != ids(anonymous)

        # Then the parameters are as they were last, and edits are seen as before
        assert applied(stack, ANA)["personalization"]["weight"] == 0.5
        stack.edit("boost_weight", "0.3")
        until(lambda: stack.search(ANA)["personalization"]["weight"], lambda weight: weight == 0.3)
        assert stack.search(ANA)["personalization"]["weight"] == 0.3


def test_ctrl_c_leaves_no_process_behind(bundle: Path, tmp_path: Path) -> None:
    with running(bundle, tmp_path) as stack:
        started = list(stack.description.processes.values())
        assert all(alive(pid) for pid in started)

    assert stack.process.returncode == 0
    assert not any(alive(pid) for pid in started)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_stacks_of_one_checkout_start_together_and_leave_each_others_files_alone(
    bundle: Path, tmp_path: Path
) -> None:
    # Given two stacks on the ports that they choose
    with (
        starting(bundle, tmp_path) as first_process,
        starting(bundle, tmp_path) as second_process,
        ready(tmp_path, first_process) as first,
        ready(tmp_path, second_process) as second,
    ):
        assert ids(applied(first, ANA)) == ids(applied(second, ANA))
        files = {file.name for file in second.folder.iterdir()}
        assert files == {file.name for file in first.folder.iterdir()} > {"stack.json", "search.log"}

        # When one stops
        first_process.send_signal(signal.SIGINT)
        first_process.wait(30)

        # Then the other still answers, has its files, and is the one that programs find
        assert applied(second, ANA)["total_count"] > 0
        assert {file.name for file in second.folder.iterdir()} == files
        assert running_stacks(tmp_path) == [second.description]
        assert (tmp_path / "stack.json").resolve() == second.folder / "stack.json"
        assert not (first.folder / "stack.json").exists()
