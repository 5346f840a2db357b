"""The reranking window: the first candidates of a search, which personalization may reorder."""

from discovery.personalization.blending import Candidate
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.found import Found


def window(index: BundleIndex, found: Found, size: int) -> list[Candidate]:
    """The first `size` candidates, as personalization knows them."""
    content_ids = index.content_ids(found, size)
    return [Candidate(*pair) for pair in zip(content_ids, found.relevance[:size].tolist(), strict=True)]
