"""Personalization, and the policy that steers it."""

from typing import Annotated, Literal

from pydantic import Field

from discovery.scoring import Share
from discovery.settings.section import Section


class PersonalizationSettings(Section):
    """SONA, the deadline and the blend."""

    enabled: bool = True
    """False switches personalization off whatever the policy says."""
    sona_url: str = "http://localhost:8082"
    boost_weight: Share = 0.2
    """The default weight where Parameter Store holds none (docs/ranking-quality.md has why)."""
    variant_override: bool = True
    """Whether a request's `experiment_variant` overrides the assignment."""
    timeout_ms: Annotated[float, Field(gt=0)] = 50
    """The whole of personalization: first byte to Valkey to the last of the write-back."""
    preview_timeout_ms: Annotated[float, Field(gt=0)] = 1000
    """The same for a preview of weights, which no search waits for."""
    window: Annotated[int, Field(ge=1, le=1000)] = 100
    """The first candidates, which are reranked; what follows keeps its order."""
    cache_ttl_sec: Annotated[int, Field(ge=1)] = 300
    cache_max_scores: Annotated[int, Field(ge=1)] = 5000
    """Scores kept for one user; a write that would pass it starts the user's hash anew."""
    batch_size: Annotated[int, Field(ge=1)] = 500
    """Content ids in one batch request to SONA; a longer list becomes several."""
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failures of SONA in a row that open the circuit."""
    breaker_open_sec: Annotated[float, Field(gt=0)] = 5
    """How long SONA is then left alone before a probe."""
    no_batch_retry_sec: Annotated[float, Field(gt=0)] = 600
    """How long an engine that has no batch endpoint is remembered as such."""


class PolicySettings(Section):
    """Parameter Store."""

    prefix: str = ""
    """Path of the parameters; `/discovery/{stage}/personalization/` where it is empty."""
    max_age_sec: Annotated[float, Field(gt=0)] = 60
    """How old a policy may grow before it is read again, and how often at the most that is tried."""
    when_unavailable: Literal["off", "built_in"] = "off"
    """What holds in an environment that could never read a policy: `off` personalizes nobody until it can.

    With `built_in` the default weights are in force meanwhile, even though personalization may be switched off.
    """
