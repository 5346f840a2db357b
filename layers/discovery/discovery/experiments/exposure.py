"""Exposure records: who was shown what under which variant; the schema is in docs/experiments.md.

One line each, in CloudWatch's embedded metric format: an analysis reads its fields, CloudWatch its metrics by variant.
"""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from discovery.api.responses import SearchResponse

SCHEMA = "discovery.exposure/1"
_OF_THE_RESPONSE = {
    *("status", "reason", "assigned_by", "experiment", "epoch", "weight"),
    *("policy_version", "policy_age_ms", "candidates"),
}
NO_VARIANT = "(default)"
"""What the default weight is recorded as; no variant can have this name."""


def emit(response: SearchResponse, user: str | None) -> None:
    """Write the record of one search; `user` is a keyed hash, None where nobody was looked up.

    Nobody who is anonymous, opted out or refuses is exposed to anything. Control is, and so is whoever's scores did not
    come in time: an analysis that left them out would compare unlike people.
    """
    if user is None:
        return
    summary = response.personalization
    record = EphemeralMetrics()
    record.add_dimension("variant", summary.variant or NO_VARIANT)
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
    fields = summary.model_dump(include=_OF_THE_RESPONSE)
    first = (response.page - 1) * response.page_size + 1
    shown = [{"id": result.content.id, "rank": rank} for rank, result in enumerate(response.results, start=first)]
    for name, field in ({"schema": SCHEMA, "search_id": response.search_id, "user": user} | fields).items():
        record.add_metadata(name, field)
    record.add_metadata("shown", shown)
    record.flush_metrics()
