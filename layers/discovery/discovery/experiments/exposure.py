"""Exposure records: who was shown what under which variant; the schema is in docs/experiments.md.

One line each, in CloudWatch's embedded metric format: an analysis reads its fields, CloudWatch its metrics by variant.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from discovery.api.search_responses import SearchResponse
from discovery.experiments.multileaving import Choice

SCHEMA = "discovery.exposure/1"
_OF_THE_RESPONSE = {
    *("status", "reason", "assigned_by", "experiment", "epoch", "weight"),
    *("policy_version", "policy_age_ms", "candidates", "mode", "layers"),
}
NO_VARIANT, ALL_VARIANTS = "(default)", "(multileave)"
"""What the default weight is recorded as, and a page that several variants chose; no variant can have these names."""


def emit(response: SearchResponse, user: str | None, choices: Sequence[Choice] = ()) -> None:
    """Write the record of one search; `user` is a keyed hash, None where nobody was looked up.

    `choices` say which variants chose the page's results, in their order, as far as variants chose them.

    Nobody who is anonymous, opted out or refuses is exposed to anything. Control is, and so is whoever's scores did not
    come in time: an analysis that left them out would compare unlike people.
    """
    if user is None:
        return
    summary = response.personalization
    record = EphemeralMetrics()
    record.add_dimension("variant", summary.variant or (ALL_VARIANTS if summary.mode == "multileave" else NO_VARIANT))
    reranked = summary.status in ("applied", "partial")  # of control, say, no score is looked for, so none is missed
    for name, value in {
        "Searches": 1,
        f"Personalization{summary.status.capitalize()}": 1,
        "ScoredCandidates": summary.scored,
        "CacheHits": summary.from_cache,
        "CacheMisses": summary.candidates - summary.from_cache if reranked else 0,
    }.items():
        record.add_metric(name, MetricUnit.Count, value)
    record.add_metric("SearchTime", MetricUnit.Milliseconds, response.search_time_ms)
    record.add_metric("PersonalizationTime", MetricUnit.Milliseconds, summary.elapsed_ms)
    of_the_page = response.model_dump(include={"search_id", "page", "page_size", "total_count", "catalogue"})
    of_the_order = summary.model_dump(mode="json", include=_OF_THE_RESPONSE)
    for name, field in ({"schema": SCHEMA, "user": user} | of_the_page | of_the_order).items():
        record.add_metadata(name, field)
    record.add_metadata("shown", _shown(response, choices))
    record.flush_metrics()


def _shown(response: SearchResponse, choices: Sequence[Choice]) -> list[dict[str, Any]]:
    first = (response.page - 1) * response.page_size + 1
    return [
        {"id": result.content.id, "rank": rank} | ({} if choice is None else _choice(choice))
        for rank, (result, choice) in enumerate(zip_longest(response.results, choices), start=first)
    ]


def _choice(choice: Choice) -> dict[str, Any]:
    """With shares only where the team alone does not say them: most records stay small."""
    if len(choice.shares) == 1:
        return {"team": choice.team}
    return {"team": choice.team, "shares": {name: round(share, 4) for name, share in choice.shares.items()}}
