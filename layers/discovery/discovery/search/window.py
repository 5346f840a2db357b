"""The reranking window: the first candidates of a search, which personalization may reorder."""

from discovery.personalization.blending import Candidates
from discovery.retrieval.found import Found
from discovery.retrieval.index import RetrievalIndex


def window(index: RetrievalIndex, found: Found, size: int) -> Candidates:
    """The first `size` candidates, as personalization knows them."""
    return Candidates(index.content_ids(found, size), found.relevance[:size])
