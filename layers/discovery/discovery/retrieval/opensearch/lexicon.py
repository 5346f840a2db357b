"""Words near others, in the index of names: the same that `catalogue.lexicon` has of a bundle."""

from collections.abc import Mapping, Sequence

from discovery.catalogue.lexicon import CANDIDATES, edits, likeliest
from discovery.catalogue.title_key import folded
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Answer, Body
from discovery.retrieval.opensearch.asking import fuzzy


def searches(words: Sequence[str]) -> list[Body]:
    """Searches for the words that may be meant by words that the catalogue lacks."""
    return [near(key, distance) for key in map(folded, words) for distance in edits(key)]


def corrections(words: Sequence[str], answers: Sequence[Answer]) -> Mapping[str, str | None]:
    """What is meant by each of the words, from the answers to their `searches`; None where no word is near."""
    left = iter(answers)
    meant: dict[str, str | None] = {}
    for word in words:
        key = folded(word)
        found = [words_of(key, next(left)) for _ in edits(key)]
        meant[word] = next((near[0] for near in found if near), None)
    return meant


def near(key: str, distance: int) -> Body:
    """A search for the words within so many edits of a `folded` one, at most two."""
    return {
        "query": {"bool": {"filter": [{"term": {fields.KIND: fields.WORD_KIND}}, fuzzy(fields.NAME, key, distance)]}},
        "size": CANDIDATES,
        "sort": [{fields.WEIGHT: "desc"}],
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": [fields.NAME, fields.WEIGHT],
        "track_total_hits": False,
    }


def words_of(key: str, answer: Answer) -> list[str]:
    """The words that were found near one, the likeliest first."""
    return likeliest(key, {hit["fields"][fields.NAME][0]: hit["fields"][fields.WEIGHT][0] for hit in answer.hits})
