"""What is written down of searches and previews: one log line each, a metric, and exposure records.

Of suggestions there are metrics alone, since what somebody types is nobody's business and comes letter by letter.
"""

from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest, SearchRequest
from discovery.api.suggest_responses import SuggestResponse
from discovery.experiments import exposure
from discovery.observability import logger, metrics
from discovery.search.pipeline import Searched

_OF_A_SEARCH = {"status", "reason", "variant", "policy_version", "policy_age_ms", "epoch"}
_OF_A_PREVIEW = {"policy_version", "policy_age_ms", "epoch"}


class Journal:
    """Writes it down, beside the use cases and not in them."""

    def __init__(self, *, log_queries: bool) -> None:
        """`log_queries`: what was searched for is personal too, so it is in no line unless a setting says so."""
        self._log_queries = log_queries

    def searched(self, request: SearchRequest, searched: Searched) -> None:
        """Write down a search that was answered."""
        response = searched.response
        metrics.milliseconds("SearchTime", response.search_time_ms)
        if not response.total_count:
            metrics.count("SearchNothing")
        line = {
            "search_id": response.search_id,
            "user": searched.user,
            **response.personalization.model_dump(mode="json", include=_OF_A_SEARCH),
            "total": response.total_count,
            "page": request.page,
            "elapsed_ms": response.search_time_ms,
        }
        self._log("searched", line, request.query)
        self._expose(searched)

    def previewed(self, request: PreviewRequest, caller: str | None, response: PreviewResponse, ms: float) -> None:
        """Write down who (a keyed hash) looked at whose order; it is no exposure, since nobody searched."""
        line = {
            "user": response.user,
            "caller": caller,
            "weights": [column.weight for column in response.columns],
            **response.scores.model_dump(mode="json", include={"status", "reason"}),
            **response.model_dump(mode="json", include=_OF_A_PREVIEW),
            "elapsed_ms": round(ms, 3),
        }
        self._log("previewed", line, request.query)

    def suggested(self, response: SuggestResponse, ms: float) -> None:
        """Count suggestions; no line, whatever the setting."""
        metrics.milliseconds("SuggestTime", ms)
        if response.corrected is not None:
            metrics.count("SuggestCorrected")
        if not response.suggestions:
            metrics.count("SuggestNothing")

    def _log(self, what: str, line: dict[str, object], query: str) -> None:
        logger.info(what, extra=line | ({"query": query} if self._log_queries else {}))

    def _expose(self, searched: Searched) -> None:
        try:
            exposure.emit(searched.response, searched.user, searched.choices)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a record, the person gets their answer
            metrics.defect("ExposureFailed")
            logger.exception("exposure not recorded", reason=type(error).__name__)
