"""The third use case: what may be meant by what somebody has typed so far. It knows nobody, and is the same for all."""

from discovery.api.query_responses import Correction
from discovery.api.suggest_responses import NameSuggestion, SuggestResponse, TitleSuggestion
from discovery.catalogue.suggestions import Suggestion
from discovery.retrieval.index import RetrievalIndex


class Suggest:
    """Suggests from one catalogue."""

    def __init__(self, index: RetrievalIndex) -> None:
        self._index = index

    async def suggest(self, prefix: str, limit: int) -> SuggestResponse:
        """Suggest at most `limit` names of each kind."""
        found = await self._index.suggest(prefix, limit)
        return SuggestResponse(
            prefix=prefix,
            catalogue=self._index.version,
            corrected=None if found.corrected is None else Correction(typed=prefix, meant=found.corrected),
            suggestions=tuple(map(_shown, found.suggestions)),
        )


def _shown(one: Suggestion) -> TitleSuggestion | NameSuggestion:
    if one.kind == "title":
        return TitleSuggestion(kind=one.kind, text=one.text, content_id=one.content_id, release_year=one.release_year)
    return NameSuggestion(kind=one.kind, text=one.text)
