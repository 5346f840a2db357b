"""What a preview of weights answers."""

from typing import Literal

from discovery.api.personalization_responses import Calibration
from discovery.api.query_responses import QueryParsed
from discovery.names import Frozen
from discovery.reason import Reason


class PreviewAssignment(Frozen):
    """What the person's searches get today."""

    variant: str | None
    weight: float
    assigned_by: Literal["experiment", "request", "holdout", "default"]
    experiment: str | None


class PreviewScores(Frozen):
    """What became of asking for the person's scores, which all columns have in common."""

    status: Literal["applied", "partial", "skipped", "failed"]
    """Skipped and failed: there are none, and every column is in the order of relevance."""
    reason: Reason | None
    scored: int
    candidates: int
    from_cache: int
    elapsed_ms: float
    calibration: Calibration | None = None
    """What makes each `score` of its `raw_score`, under every weight; null where nothing was blended."""


class PreviewResult(Frozen):
    """A result under one weight: `final = relevance · (1 − weight) + score · weight`.

    `score` is SONA's `raw_score` by `scores.calibration`; it and `final` may leave [0, 1].
    """

    content_id: str
    title: str
    release_year: int | None
    rank: int
    control_rank: int
    """Under weight 0."""
    moved: int
    """`control_rank − rank`: positive is up."""
    relevance: float
    raw_score: float | None = None
    """SONA's own score, in [0, 1]; null where there is none of this item."""
    score: float | None
    """What was blended: `raw_score` by `scores.calibration`.

    The mean relevance where this item has no score of its own; null where nothing was blended.
    """
    final: float


class PreviewColumn(Frozen):
    """The results under one weight, and how far they are from control."""

    weight: float
    variant: str | None
    """The policy's variant of this weight, the first by name of several; null where none has it."""
    churn_at_10: float
    """Share of the first ten that are not among control's first ten."""
    rank_biased_overlap: float
    """With control, over the whole list: Webber, Moffat and Zobel 2010, extrapolated, p = 0.9."""
    results: tuple[PreviewResult, ...]


class PreviewResponse(Frozen):
    """One query for one person under several weights."""

    query_parsed: QueryParsed
    catalogue: str = ""
    """Which catalogue answered: its bundle's id; empty of a service from before it was told."""
    user: str | None
    """Keyed hash of the user id; null where nothing may be looked up for them."""
    policy_version: str
    policy_age_ms: int | None
    epoch: str | None
    enabled: bool
    """The policy's switch; while it is off, no search is personalized, whatever the columns show."""
    assignment: PreviewAssignment
    scores: PreviewScores
    total_count: int
    columns: tuple[PreviewColumn, ...]
