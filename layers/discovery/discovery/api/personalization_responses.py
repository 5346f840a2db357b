"""What personalization did to a response, and to each result."""

from typing import Literal

from pydantic import Field

from discovery.api.query_responses import LikeTitle
from discovery.names import Frozen
from discovery.reason import Reason


class Explanation(Frozen):
    """Why a result is where it is: `final = relevance · (1 − weight) + score · weight`, ties by `rank_before`.

    `score` is SONA's `raw_score` by `personalization.calibration`; it and `final` may leave [0, 1].
    With a `sort` of the request the order is that of the attribute, and these are the numbers beside it. So they are
    where `personalization.mode` is `multileave`: several weights took turns, and `weight` is the default one.
    """

    relevance: float
    evidence: dict[str, float] = Field(default_factory=dict)
    """What each kind of evidence adds to `relevance`, which is their sum in this order."""
    raw_score: float | None = None
    """SONA's own score, in [0, 1]; null where there is none of this item, or nothing was blended."""
    score: float | None
    """What was blended: `raw_score` by `personalization.calibration`.

    The mean relevance where this item has no score of its own; null where nothing was blended.
    """
    score_source: Literal["live", "cache", "neutral"] | None
    score_age_ms: int | None
    components: dict[str, float] | None
    because_you_liked: tuple[LikeTitle, ...] | None = None
    """Up to three titles that say most for this one, by SONA; null where it does not say so, or not in time."""
    why: str | None = None
    """What SONA says for its score, in words."""
    weight: float
    final: float
    rank_before: int
    rank_after: int
    reranked: bool
    """False beyond the reranking window and where nothing was personalized."""


class Calibration(Frozen):
    """How the scores were brought to the mean and spread of relevance in the reranking window, before the blend.

    `score = relevance_mean + deviation · relevance_spread`, where `deviation` is
    `(raw_score − score_mean) / max(score_spread, least_score_spread)`, kept within `−most_spreads` and `most_spreads`.
    Where `raw_score` is null or `score_spread` is 0, `score` is `relevance_mean`. Where only `relevance_spread` is 0,
    it is `relevance_mean + (raw_score − score_mean)`. Spreads are population standard deviations; those below 1e-9
    are 0.
    """

    relevance_mean: float
    relevance_spread: float
    score_mean: float
    """Of the candidates that have a score of their own, like `score_spread`."""
    score_spread: float
    least_score_spread: float
    """Scores that vary less are not stretched any further."""
    most_spreads: float
    """How many of relevance's spreads a score may be away from the mean relevance."""


class Participation(Frozen):
    """An experiment that the person takes part in, in its layer, and what they get there."""

    layer: str
    """`weight` decides the weight; what other layers decide is the app's own business."""
    experiment: str
    variant: str | None
    """Null where each of the experiment's variants has a part in each page (`mode` is `multileave`)."""
    epoch: str
    """Of this experiment; another one after every change of it or of a weight in it."""


class Personalization(Frozen):
    """What personalization did to this response, and why."""

    status: Literal["applied", "partial", "skipped", "failed"]
    reason: Reason | None
    variant: str | None
    requested_variant: str | None
    assigned_by: Literal["experiment", "request", "holdout", "default"]
    weight: float
    experiment: str | None
    """The experiment that assigned; null where none did."""
    epoch: str | None
    """Of the experiment in the policy; another one after every change of it or of a weight in it."""
    policy_version: str
    policy_age_ms: int | None
    """Since the policy was read from Parameter Store; null for the built-in one."""
    scored: int
    candidates: int
    from_cache: int
    elapsed_ms: float
    calibration: Calibration | None = None
    """What recomputes each explained `score`; null where nothing was blended."""
    layers: tuple[Participation, ...] = ()
    """The experiments that the person takes part in, at most one of a layer; in order of the layers' names."""
    mode: Literal["ab", "multileave"] = "ab"
    """`ab`: one weight orders the page. `multileave`: several weights take turns in choosing its results.

    `score` and `final` are then computed with `weight`, the default one, and do not order.
    """
