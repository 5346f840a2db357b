"""What was found in OpenSearch."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from discovery.api.search_responses import PartialReason
from discovery.opensearch import mapping
from discovery.opensearch.engine import Body
from discovery.retrieval.found import Found
from discovery.retrieval.understanding.query import ParsedQuery


@dataclass(frozen=True, eq=False)
class EngineFound(Found):
    """What was found, of which keys are places among `ids`."""

    ids: Sequence[str] = ()
    matching: Body | None = None
    """The query that matches all that was found, where that is more than is told of, or a filter says it shorter."""

    @classmethod
    def of(cls, found: Found, ids: Sequence[str], *, matching: Body | None = None, more: int = 0) -> "EngineFound":
        """The same, with what its keys stand for."""
        told = {field.name: getattr(found, field.name) for field in fields(Found)}
        return cls(**told | {"more": more}, ids=ids, matching=matching)

    @classmethod
    def nothing(cls, query: ParsedQuery, partial: PartialReason) -> "EngineFound":
        """What is found where nothing could be searched."""
        none = np.zeros(0)
        return cls(query, none.astype(np.intp), none, {}, none, none, partial=partial)

    @property
    def content_ids(self) -> list[str]:
        """All content ids, in their order."""
        return [self.ids[key] for key in self.keys.tolist()]

    @property
    def query_of_all(self) -> Body:
        """What matches exactly what was found, more included."""
        return self.matching if self.matching is not None else {"terms": {mapping.ID: self.content_ids}}
