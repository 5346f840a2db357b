"""The contents of titles, as their index keeps them."""

from collections.abc import Sequence

from discovery.catalogue.content import Content
from discovery.errors import IndexUnavailable
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Engine


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
        documents = await self._engine.documents(self.index, ids)
        if not documents.keys() >= set(ids):
            raise IndexUnavailable("failed")
        return [Content.model_validate(documents[one][fields.CONTENT]) for one in ids]
