"""Ten thousand searches against updates and invalidations on a real Valkey, with a pause at every await."""

from collections import Counter
from collections.abc import Callable

from discovery.personalization import score_cache as scores
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh
from discovery.policy.snapshot import SnapshotStore
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import fixed_key
from discovery.settings.cache import CacheSettings
from discovery.valkey.client import AsyncValkey
from discovery.valkey.connections import async_valkey, plain_valkey
from tests.fakes import FakeOptOuts, FakeParameters, FakeScoreCache
from tests.integration.faults.race import Pauses, PausingCache, PausingSona, Race

KEY = b"key"
DEFAULT = Policy(boost_weight=0.25)
DEADLINES_MS = (5_000, 5_000, 25)
"""Of the environments; the last one often gives up midway, also in the middle of a write-back."""

MakeCache = Callable[[AsyncValkey], ScoreCache]


def sound(client: AsyncValkey) -> ScoreCache:
    return ScoreCache(client, ttl_sec=300, max_scores=100)


class WithoutCompareAndSet(ScoreCache):
    """The cache as it would be if a write-back did not look at the version it was read under."""

    def __init__(self, client: AsyncValkey) -> None:
        super().__init__(client, ttl_sec=300, max_scores=100)
        (check,) = [line for line in scores._WRITE_BACK.splitlines() if line.startswith("if version ~= ARGV[1]")]
        self._write_script = scores._WRITE_BACK.replace(check, "")


async def race(url: str, searches: int, make_cache: MakeCache) -> Race:
    """Run a race; every environment has connections, a policy and a SONA client of its own."""
    settings = CacheSettings(url=url, timeout_ms=10_000)
    plain, pause = plain_valkey(settings), Pauses(seed=7)
    parameters, store, versions = FakeParameters(), SnapshotStore(plain), Counter[str]()
    invalidator = Invalidator(plain, parameters, user_key=fixed_key(KEY))
    refresh = PolicyRefresh(parameters, store, DEFAULT, max_age_sec=60)
    refresh.run()
    environments = [
        Personalizer(
            ScoreGatherer(
                PausingCache(make_cache(async_valkey(settings)), pause),
                PausingSona(versions, pause),
                PolicySource(parameters, store, DEFAULT, max_age_sec=60),
                opt_outs=FakeOptOuts(FakeScoreCache()),
                enabled=True,
                user_key=fixed_key(KEY),
                timeout_ms=deadline,
            ),
            variant_override=True,
        )
        for deadline in DEADLINES_MS
    ]
    running = Race(environments, invalidator, refresh, versions, pause)
    await running.run(searches)
    for environment in environments:
        await environment.aclose()
    plain.close()
    return running


async def test_no_search_uses_a_score_that_was_invalidated_before_it_began(valkey_url: str) -> None:
    run = await race(valkey_url, 10_000, sound)

    assert run.stale == 0
    assert run.searches >= 10_000
    assert min(run.cached, run.live, run.invalidations) > 100


async def test_without_the_compare_and_set_the_same_race_is_lost(valkey_url: str) -> None:
    run = await race(valkey_url, 2_000, WithoutCompareAndSet)

    assert run.stale > 0
