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

import boto3
import httpx
import pytest
import redis

from discovery.privacy.hashing import user_hash
from lab.loop.__main__ import Loop
from local.stack.credentials import CREDENTIALS
from local.stack.folders import find
from local.stack.folders import running as running_stacks
from local.stack.issuer import Issuer
from local.stack.keys import user_key
from local.stack.processes import ROOT, free_port

ANA, CHLOE = "ana", "chloe"
QUERY = "adventure"
SEEN_WITHIN_SECONDS = 60.0
"""Far above what it takes: a test is no stopwatch."""


def keys_of(stack: "RunningStack", hashed: str) -> set[str]:
    """The keys of Valkey that name somebody by the keyed hash, or whose values do."""
    with redis.Redis.from_url(stack.description.valkey_url) as valkey:
        return {key.decode() for key in valkey.scan_iter() if hashed.encode() in key + (valkey.dump(key) or b"")}


class RunningStack:
    """A stack, and what one does with it."""

    def __init__(self, state: Path, port: int, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.description = find(state, port)
        self.folder = Path(self.description.folder)
        self.state = state
        self._port = port
        self.issuer = Issuer(state)
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

    def erase(self, user: str) -> None:
        """What SONA is asked to do when a person wants to be forgotten."""
        url = f"{self.description.sona_url}/api/v1/users/{user}"
        httpx.delete(url, headers={"Authorization": f"Bearer {self.description.sona_token}"}, trust_env=False)

    def people(self) -> int:
        """How many people are in SONA's table."""
        client: Any = boto3.client(
            "dynamodb",
            endpoint_url=self.description.aws_endpoint_url,
            region_name=self.description.region,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        return int(client.scan(TableName=f"discovery-{self.description.stage}-sona", Select="COUNT")["Count"])

    def kill(self, name: str) -> None:
        """Kill a server; it is restarted under another id, which `stack.json` names then."""
        os.kill(find(self.state, self._port).processes[name], signal.SIGKILL)

    def reported(self, text: str) -> str:
        """The next line on the stack's terminal that contains this text."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if text in line)

    def _headers(self, user: str | None, *scopes: str) -> dict[str, str]:
        return {} if user is None else {"Authorization": f"Bearer {self.issuer.sign(user, scopes)}"}


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
    with contextlib.closing(RunningStack(state, int(port[1]), process)) as stack:
        yield stack


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
    applied(stack, ANA, page_size=100, explain="true")
    before = applied(stack, ANA, page_size=100, explain="true")
    assert before["personalization"]["from_cache"] > 0

    # When SONA is told that they waved the best-liked of the first results away
    first = {found["content"]["id"]: found["explanation"]["raw_score"] for found in before["results"][:10]}
    liked = max(first, key=lambda content_id: first[content_id])
    stack.watched(ANA, liked, completion_rate=0.02, rating=1, dismissed=True)

    # Then a search asks SONA anew, the event is in its scores, and the order is another
    place = ids(before).index(liked)
    after = until(
        lambda: applied(stack, ANA, page_size=100, explain="true"), lambda found: ids(found).index(liked) > place
    )
    assert after["results"][ids(after).index(liked)]["explanation"]["raw_score"] == 0


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


def test_of_a_person_who_is_erased_nothing_is_left_but_a_mark_without_a_name(stack: RunningStack) -> None:
    # Given somebody with a history and cached scores
    sentinel = "sentinel-4711"
    stack.watched(sentinel, "film-alien-1979", rating=5)
    components = applied(stack, sentinel, explain="true")["results"][0]["explanation"]["components"]
    assert {"content", "popular"} <= components.keys()
    assert stack.people() > 0
    known = stack.people()

    hashed = user_hash(sentinel, user_key(stack.state).encode())
    assert until(lambda: keys_of(stack, hashed), lambda keys: any(key.startswith("scores:") for key in keys))

    # When SONA is told to forget them
    stack.erase(sentinel)

    # Then the table has one person less, and the cached scores are deleted, with nobody calling DELETE there; what is
    # left is the mark of an invalidation, for a day
    assert stack.people() == known - 1
    mark = {f"epoch:{{{hashed}}}"}
    left = until(lambda: keys_of(stack, hashed), lambda keys: keys == mark)
    assert left == mark
    with redis.Redis.from_url(stack.description.valkey_url) as valkey:
        assert 0 < valkey.ttl(*mark) <= 86_400
        assert re.fullmatch(rb"i[0-9a-f]{16}", valkey.get(*mark) or b"")

    # And to a search they are a newcomer

    def newcomer(found: dict[str, Any]) -> bool:
        said = [result["explanation"]["components"] or {} for result in found["results"]]
        return all(part == 0 or name == "popular" for parts in said for name, part in parts.items())

    after = until(lambda: applied(stack, sentinel, explain="true"), newcomer)
    assert newcomer(after)

    # And nothing names them: no log, no key, no value
    assert not any(sentinel in log.read_text(errors="replace") for log in stack.folder.glob("*.log"))
    with redis.Redis.from_url(stack.description.valkey_url) as valkey:
        assert not any(sentinel.encode() in key + (valkey.dump(key) or b"") for key in valkey.scan_iter())


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


def test_once_round_the_loop_each_part_is_seen(stack: RunningStack) -> None:
    description = stack.description

    with httpx.Client(base_url=description.api_url, timeout=SEEN_WITHIN_SECONDS, trust_env=False) as http:
        seen = Loop(description, http, stack.issuer).run()  # raises where a part is not seen

    assert [what.split()[0:2] for what, _ in seen] == [
        *(["the", "experiment,"], ["the", "events'"], ["the", "profile:"]),
        *(["the", "person's"], ["the", "lake"], ["the", "analysis"]),
    ]
