"""A short run of chaos over real servers: what it counts, and that all is well again after it."""

from pathlib import Path

import pytest

from lab.chaos.course import Course, play
from lab.chaos.phase import Phase
from lab.chaos.spell import Seen
from lab.chaos.stack import running
from tests import catalogues

BUSY_MACHINE = {
    "DISCOVERY_PERSONALIZATION_TIMEOUT_MS": "400",
    "DISCOVERY_PERSONALIZATION_BREAKER_OPEN_SEC": "0.2",
    "DISCOVERY_CACHE_BREAKER_OPEN_SEC": "0.2",
}
PHASES = (
    Phase("Valkey hung and SONA with it", ("Valkey", "SONA"), "hung"),
    Phase("Valkey and an environment killed", ("Valkey",), "killed", kills=(0.5,)),
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


async def test_searches_are_answered_whatever_is_killed_or_hangs(bundle: Path, tmp_path: Path) -> None:
    seen: list[Seen] = []
    async with running(bundle, tmp_path, BUSY_MACHINE) as stack:
        async for one in play(Course(seconds=0.6, long_seconds=0.6), PHASES, stack):
            seen.append(one)

    hung, killed = seen
    assert [one.failures for one in seen] == [[], []]
    assert all(one.before.answers and one.during.answers for one in seen)
    assert (hung.during.lost, hung.during.personalized) == (0, 0)
    assert killed.during.lost <= killed.kills == 1
    assert killed.during.reasons["cache_unavailable"] > 0
