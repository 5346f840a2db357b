"""The contents of titles, as their index keeps them."""

from collections.abc import Sequence

from discovery.catalogue.content import Content
from discovery.errors import IndexUnavailable
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body, Engine, Search


class Titles:
    """The titles of one index."""

    def __init__(self, engine: Engine, index: str) -> None:
        self._engine = engine
        self.index = index

    async def contents(self, ids: Sequence[str]) -> list[Content]:
        """The contents of ids, in their order.

        Raises:
            IndexUnavailable: there is no answer, or one of them was deleted since it was found.
        """
        if not ids:
            return []
        (answer,) = await self._engine.search([Search(self.index, search(ids))])
        documents = (hit["_source"][fields.CONTENT] for hit in answer.hits)
        by_id = {document["id"]: document for document in documents}
        if not by_id.keys() >= set(ids):
            raise IndexUnavailable(answer.missing or "failed")
        return [Content.model_validate(by_id[one]) for one in ids]


def search(ids: Sequence[str]) -> Body:
    """A search for the contents of ids: one can be asked together with others, and documents by their ids can't."""
    return {
        "query": {"bool": {"filter": [{"terms": {fields.ID: [*ids]}}]}},
        "size": len(ids),
        "_source": [fields.CONTENT],
        "track_total_hits": False,
    }
