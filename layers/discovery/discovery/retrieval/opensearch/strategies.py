"""The strategies over OpenSearch: what each asks for a query. All are asked in one request."""

from collections.abc import Mapping
from dataclasses import dataclass

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel, Vector, embedded_text
from discovery.retrieval.meaning import query_vector
from discovery.retrieval.names import PEOPLE, TOPICS
from discovery.retrieval.opensearch import keyword, likeness, meaning, names, titles
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.lookups import Lookup
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.scoring import SCORING, Scoring
from discovery.settings.retrieval import RetrievalSettings


@dataclass(frozen=True)
class Strategies:
    """All of them, with what they are told by."""

    model: EmbeddingModel
    settings: RetrievalSettings
    scoring: Scoring = SCORING

    def asking(self, query: ParsedQuery, looked_up: Lookup, form: Form, liked: Content | None) -> Mapping[str, Asking]:
        """What each asks for a query; `liked`: the title that it likens to."""
        scoring, terms = self.scoring, query.parsed.terms
        asked = {}
        if terms:
            counts = {word: looked_up.count(word) for word in keyword.words_of(terms)}
            asked["keyword"] = keyword.asking(terms, counts, looked_up.documents, form, scoring.words)
            if query.like_key is None:
                asked["title"] = titles.asking((query.query, query.typed), form, scoring.titles)
        asked["person"] = names.asking(PEOPLE, query.query, lambda name: looked_up.has_name("person", name), form)
        asked["topic"] = names.asking(TOPICS, query.query, lambda name: looked_up.has_name("keyword", name), form)
        vectors = self._vectors(query, looked_up)
        if liked is not None:
            (vector,) = self.model.embed([embedded_text(liked)])
            asked["likeness"] = likeness.asking(liked, vector, form, scoring.likeness)
            vectors.append(vector)
        if vectors and (direction := query_vector(*vectors)).any():
            without = liked.id if liked is not None else None  # who asks for something like a title has the title
            asked["vector"] = meaning.asking(direction, form, self.settings, without=without)
        return asked

    def _vectors(self, query: ParsedQuery, looked_up: Lookup) -> list[Vector]:
        """That of a query's words, where any of them is one: the catalogue has it, or the model."""
        text = query.parsed.text
        if not (self.model.has_words(text) or any(map(looked_up.count, keyword.words_of(text)))):
            return []
        return list(self.model.embed([text]))
