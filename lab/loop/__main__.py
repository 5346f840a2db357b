"""Go once round the loop on a running stack, and print after how many seconds each part is seen.

    make run                                                      # in another terminal
    .venv/bin/python -m lab.loop [--stack .local/stack.json]

A new person searches under an experiment that starts here, plays what they found, and nobody calls anything else.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import httpx
from rich.console import Console
from rich.table import Table

from discovery.sona.contract import SCORE_PATH
from local.stack.description import Description
from local.stack.issuer import Issuer
from local.stack.processes import ROOT

QUERY = "adventure"
PATIENCE_SECONDS, PAUSE_SECONDS = 60.0, 0.02


class Loop:
    """One person's way round, on one stack."""

    def __init__(self, stack: Description, http: httpx.Client, issuer: Issuer) -> None:
        """`http` has the API's address as its base; `issuer` signs what the stack believes."""
        self._stack = stack
        self._http = http
        self._issuer = issuer
        self._experiment = f"loop-{uuid.uuid4().hex[:8]}"
        credentials = {
            "AWS_ACCESS_KEY_ID": stack.access_key_id,
            "AWS_SECRET_ACCESS_KEY": stack.secret_access_key,
            "AWS_DEFAULT_REGION": stack.region,
        }
        self._environment = os.environ | credentials
        session = boto3.session.Session(stack.access_key_id, stack.secret_access_key, region_name=stack.region)
        self._s3 = session.client("s3", endpoint_url=stack.aws_endpoint_url)

    def run(self) -> list[tuple[str, float]]:
        """What was seen, and after how many seconds: first since the experiment was started, then since the event.

        Raises:
            TimeoutError: a part was not seen within a minute.
        """
        self._command("create", self._experiment, "--variants", "control=0.5,high_boost=0.5", "--yes")
        try:
            return self._round()
        finally:
            self._command("complete", self._experiment, "--yes")

    def _round(self) -> list[tuple[str, float]]:
        self._command("start", self._experiment, "--yes")
        began = time.perf_counter()
        person, search = _seen("a person in high_boost", self._in_high_boost)
        seen = [("the experiment, in a search", time.perf_counter() - began)]

        played = search["results"][-1]["content"]["id"]
        events = [_event(action, search["search_id"], played) for action in ("click", "complete")]
        began = time.perf_counter()
        answer = self._http.post("/v1/events", json={"events": events}, headers=self._authorized(person))
        answer.raise_for_status()
        if {(event["verdict"], event["search"]) for event in answer.json()["events"]} != {("accepted", "joined")}:
            raise RuntimeError(f"not accepted, or not joined: {answer.text}")
        seen.append(("the events' verdicts: accepted, joined", time.perf_counter() - began))

        for what, look in {
            "the profile: SONA's score says what was watched": lambda: self._is_liked(person, played),
            "the person's next order": lambda: self._is_reordered(person, search),
            "the lake has the events": lambda: self._is_in_lake(events[1]["event_attributes"]["event_id"]),
            "the analysis counts the person, their click and what they completed": self._is_analysed,
        }.items():
            _seen(what, look)
            seen.append((what, time.perf_counter() - began))
        return seen

    def _in_high_boost(self) -> tuple[str, dict[str, Any]] | None:
        person = f"looper-{uuid.uuid4().hex[:8]}"
        search = self._search(person)
        told = search["personalization"]
        return (person, search) if (told["variant"], told["status"]) == ("high_boost", "applied") else None

    def _search(self, person: str) -> dict[str, Any]:
        answer = self._http.get("/v1/search", params={"query": QUERY}, headers=self._authorized(person))
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _is_reordered(self, person: str, before: dict[str, Any]) -> bool:
        now = self._search(person)
        return now["personalization"]["status"] == "applied" and _order(now) != _order(before)

    def _is_liked(self, person: str, content_id: str) -> bool:
        """Whether the score has more in it than popularity."""
        answer = self._http.post(
            self._stack.sona_url + SCORE_PATH,
            json={"user_id": person, "content_id": content_id, "explain": True},
            headers={"Authorization": f"Bearer {self._stack.sona_token}"},
        )
        score = answer.raise_for_status().json()
        return any(score["components"].get(part, 0) > 0 for part in ("liked", "recent", "content"))

    def _is_in_lake(self, event_id: str) -> bool:
        bucket = self._stack.lake.removeprefix("s3://")
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="outcomes/")
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        bodies = (self._s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in reversed(keys))
        return any(event_id.encode() in gzip.decompress(body) for body in bodies)

    def _is_analysed(self) -> bool:
        told = self._command("analyse", self._experiment, "--lake", self._stack.lake, "--json", accepted=(0, 6))
        analysis = json.loads(told)["analysis"] or {"variants": ()}
        values = {found["variant"]: found["values"] for found in analysis["variants"]}.get("high_boost", {})
        return bool(values.get("completions") and values.get("click_through"))

    def _authorized(self, person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.sign(person)}"}

    def _command(self, *arguments: str, accepted: tuple[int, ...] = (0,)) -> str:
        program = str(Path(sys.executable).parent / "discovery")
        where = ("--stage", self._stack.stage, "--endpoint-url", self._stack.aws_endpoint_url)
        command = [program, "experiment", *arguments, *where]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode not in accepted:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m lab.loop", description="Time the loop on a running stack.")
    parser.add_argument("--stack", type=Path, default=ROOT / ".local" / "stack.json")
    stack = Description.read(parser.parse_args().stack)
    table = Table("seen", "seconds")
    with httpx.Client(base_url=stack.api_url, timeout=10) as http:
        for what, seconds in Loop(stack, http, Issuer()).run():
            table.add_row(what, f"{seconds:.2f}")
    Console().print(table)


def _event(action: str, search_id: str, content_id: str) -> dict[str, Any]:
    return {
        "action_name": action,
        "timestamp": datetime.now(UTC).isoformat(),
        "query_id": search_id,
        "event_attributes": {"event_id": str(uuid.uuid4()), "object": {"object_id": content_id}},
    }


def _order(search: dict[str, Any]) -> list[str]:
    return [result["content"]["id"] for result in search["results"]]


def _seen[T](what: str, look: Callable[[], T | None]) -> T:
    """What a look finds, as soon as it finds something.

    Raises:
        TimeoutError: it did not in time.
    """
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(PAUSE_SECONDS)
    raise TimeoutError(what)


if __name__ == "__main__":
    main()
