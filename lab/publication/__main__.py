"""Publish under load, roll back, put and delete titles, publish what is damaged: seconds until all have moved, errors.

python -m lab.publication --catalogue catalogue/demo.jsonl [--environments 4] [--per-second 50]

The S3 API is moto's, on this machine. Ends with exit code 1 where an answer was not 200, or an environment stayed.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console

from discovery.artefacts.folder import MANIFEST_FILE
from discovery.artefacts.publisher import Publisher
from discovery.artefacts.store import s3_client
from discovery.catalogue.content import Content
from discovery.catalogue.live import LiveBundle
from discovery.catalogue.published import BUNDLES
from discovery.location import S3Prefix
from lab.catalogues import bundle_of
from lab.publication.fleet import Answer, Fleet, running
from lab.report.terminal import terminal
from local.stack.credentials import CREDENTIALS, REGION
from local.stack.processes import moto

PREFIX = S3Prefix("publication", "lab")
TITLES = 100
SETTLING, MOST_SECONDS, DAMAGED_SECONDS = 10.0, 120.0, 70.0


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.publication", description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True, help="source or bundle")
    parser.add_argument("--environments", type=int, default=4)
    parser.add_argument("--per-second", type=float, default=50)
    arguments = parser.parse_args()
    bundle, console = bundle_of(arguments.catalogue), terminal()
    with tempfile.TemporaryDirectory(prefix="discovery-publication-") as name:
        state = Path(name)
        with moto(state) as aws_url:
            os.environ |= CREDENTIALS | {"AWS_ENDPOINT_URL": aws_url, "AWS_DEFAULT_REGION": REGION}
            return asyncio.run(_measure(console, bundle, state, aws_url, arguments))


async def _measure(console: Console, bundle: Path, state: Path, aws_url: str, arguments: argparse.Namespace) -> int:
    client = s3_client()
    client.create_bucket(Bucket=PREFIX.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})  # type: ignore[typeddict-item]  # whichever it is
    publisher = Publisher(client, PREFIX, BUNDLES)
    first, _ = publisher.upload(bundle)
    publisher.switch_to(first)
    second, _ = await asyncio.to_thread(publisher.upload, _rebuilt(bundle, state / "second", later=1))
    third, _ = await asyncio.to_thread(publisher.upload, _rebuilt(bundle, state / "third", later=2))
    key = PREFIX.key(BUNDLES.file_name(third, "ids.npy"))
    client.put_object(Bucket=PREFIX.bucket, Key=key, Body=b"damaged")
    async with running(str(PREFIX), aws_url, state, arguments.environments) as fleet:
        load = asyncio.create_task(fleet.load(arguments.per_second))
        await asyncio.sleep(SETTLING)
        steady = _answered(fleet, since=0.0)
        base = fleet.peak_bytes()
        console.print(f"before: {_times(steady)}, memory peak {base / 1e6:.0f} MB")
        moved = await _moved(console, fleet, "published", lambda: publisher.switch_to(second), second)
        moved &= await _moved(console, fleet, "rolled back", publisher.roll_back, first)
        live = LiveBundle(client, PREFIX)
        titles = [Content(id=f"put-{number}", title=f"Put {number}") for number in range(TITLES)]
        changed = str((await asyncio.to_thread(live.put, titles)).current)
        moved &= await _moved(console, fleet, f"{TITLES} titles put", lambda: None, changed)
        changed = str((await asyncio.to_thread(live.delete, [title.id for title in titles[1:]]))[0].current)
        moved &= await _moved(console, fleet, f"{TITLES - 1} of them deleted", lambda: None, changed)
        publisher.switch_to(third)
        began = time.perf_counter()
        await asyncio.sleep(DAMAGED_SECONDS)
        still = {answer.catalogue for answer in _answered(fleet, since=began)} == {changed}
        refused = _refusing(state)
        said = f"{refused} of {arguments.environments} environments refused it, all answers from the old one: {still}"
        console.print(f"damaged: {said}; {_times(_answered(fleet, since=began))}")
        load.cancel()
        errors = sum(answer.status != 200 for answer in fleet.answers)  # noqa: PLR2004 - HTTP's
        console.print(f"{len(fleet.answers)} searches, {errors} errors; memory peak {fleet.peak_bytes() / 1e6:.0f} MB")
    return 0 if moved and still and not errors else 1


async def _moved(console: Console, fleet: Fleet, what: str, switch: Callable[[], object], catalogue: str) -> bool:
    """Switch, and wait until each environment has answered from a catalogue; whether all did."""
    await asyncio.to_thread(switch)
    began = time.perf_counter()
    seconds: dict[int, float] = {}
    while len(seconds) < len(fleet.functions) and time.perf_counter() - began < MOST_SECONDS:
        await asyncio.sleep(0.1)
        for answer in _answered(fleet, since=began):
            if answer.catalogue == catalogue:
                seconds.setdefault(answer.environment, answer.ended - began)
    every = sorted(seconds.values())
    said = ", ".join(f"{one:.1f}" for one in every)
    times, memory = _times(_answered(fleet, since=began)), fleet.peak_bytes() / 1e6
    console.print(f"{what}: environments answered from it after {said} s; {times}, memory peak {memory:.0f} MB")
    return len(every) == len(fleet.functions)


def _refusing(state: Path) -> int:
    """How many environments refused a bundle, by their logs."""
    return sum("catalogue refused" in log.read_text() for log in state.glob("environment-*.log"))


def _answered(fleet: Fleet, *, since: float) -> list[Answer]:
    return [answer for answer in fleet.answers if answer.began >= since]


def _times(answers: list[Answer]) -> str:
    ms = [(answer.ended - answer.began) * 1000 for answer in answers]
    p50, p99 = np.percentile(ms, [50, 99])
    return f"{len(ms)} searches, p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {max(ms):.0f} ms"


def _rebuilt(bundle: Path, out: Path, *, later: int) -> Path:
    """The same bundle, as if it had been built so many years later: another id."""
    shutil.copytree(bundle, out)
    manifest = json.loads((out / MANIFEST_FILE).read_text())
    built_at = datetime.fromisoformat(manifest["built_at"]).astimezone(UTC)
    manifest["built_at"] = built_at.replace(year=built_at.year + later).isoformat()
    (out / MANIFEST_FILE).write_text(json.dumps(manifest))
    return out


if __name__ == "__main__":
    sys.exit(main())
