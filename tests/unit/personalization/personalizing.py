"""A personalizer among fakes, for one signed-in user and three candidates."""

import asyncio
from typing import Any

import numpy as np

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.opt_outs import OptOuts
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.result import Personalized
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.snapshot import encode
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import UserKey, fixed_key
from discovery.settings.personalization import PersonalizationSettings
from discovery.sona.client import SonaClient
from discovery.sona.contract import Score
from tests.fakes import FakeOptOuts, FakeParameters, FakeScoreCache, FakeSona, parameters
from tests.services import policy_source

ANA = Caller("ana")
USER_KEY = b"key"
HASH = user_hash("ana", USER_KEY)
CANDIDATES = Candidates(["alien", "heat", "jaws"], np.array([1.0, 0.6, 0.2]))
LIKES = {"ana": {"alien": 0.0, "heat": 0.1, "jaws": 1.0}}
ENOUGH_MS = 5_000
"""A deadline that no healthy test reaches."""


def snapshot(read_at: float = 1.0, **values: str) -> bytes:
    return encode(parameters({name.replace("__", "/"): value for name, value in values.items()}), read_at).encode()


class Rig:
    """A personalizer among fakes."""

    def __init__(self, sona: FakeSona | None = None, *, policy: bytes | None = None) -> None:
        self.cache = FakeScoreCache(policy=policy or snapshot(variants__control="0", variants__high_boost="0.4"))
        self.sona = sona or FakeSona(LIKES)
        self.parameters = FakeParameters()
        self.default_suffices = False

    async def personalize(
        self,
        caller: Caller = ANA,
        variant: str | None = "high_boost",
        candidates: Candidates = CANDIDATES,
        *,
        cache: ScoreCache | None = None,
        sona: SonaClient | None = None,
        opt_outs: OptOuts | None = None,
        user_key: UserKey | None = None,
        keep_order: bool = False,
        **settings: Any,
    ) -> Personalized:
        personalization = PersonalizationSettings(**{"timeout_ms": ENOUGH_MS} | settings)
        gatherer = self.gatherer(personalization, cache=cache, sona=sona, user_key=user_key, opt_outs=opt_outs)
        clock = asyncio.get_running_loop().time
        personalizer = Personalizer(gatherer, variant_override=personalization.variant_override, clock=clock)
        return await personalizer.personalize(caller, variant, candidates, keep_order=keep_order)

    def gatherer(
        self,
        settings: PersonalizationSettings | None = None,
        *,
        cache: ScoreCache | None = None,
        sona: SonaClient | None = None,
        user_key: UserKey | None = None,
        opt_outs: OptOuts | None = None,
    ) -> ScoreGatherer:
        settings = settings or PersonalizationSettings(timeout_ms=ENOUGH_MS)
        return ScoreGatherer(
            cache or self.cache,
            sona or self.sona.client(),
            policy_source(self.parameters, default_suffices=self.default_suffices),
            opt_outs=opt_outs or FakeOptOuts(self.cache),
            enabled=settings.enabled,
            user_key=user_key or fixed_key(USER_KEY),
            timeout_ms=settings.timeout_ms,
        )

    def cached(self, generation: int = 0) -> dict[str, float]:
        return {item: score.value for item, score in self.cache.scores.get((HASH, generation), {}).items()}

    def keep(self, generation: int = 0, **scores: float) -> None:
        self.cache.scores[HASH, generation] = {item: Score(value, 1.0) for item, value in scores.items()}


def said(outcome: Personalized) -> tuple[str, str | None]:
    summary = outcome.summary()
    return summary.status, summary.reason
