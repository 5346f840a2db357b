"""The numbers that relevance is made of, from `scoring.toml`, which also says how they were chosen."""

import tomllib
from importlib import resources
from typing import Annotated

from pydantic import Field

from discovery.names import Frozen

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Summand = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class EvidenceWeights(Frozen):
    """How much each kind of evidence counts."""

    keyword: Summand
    meaning: Summand
    title: Summand
    person: Summand
    topic: Summand
    """Of keywords whose whole names are in the query."""
    likeness: Summand
    """Of what is like the title that a query names after "like"."""
    genre: Summand
    origin: Summand
    """Of countries and languages that the query names."""
    year: Summand
    popularity: Summand


class WordScoring(Frozen):
    """Evidence by words; see `retrieval.keyword`."""

    share: Share
    phrase: Share
    least_share: Share
    """The share of a query that makes a match. Of two words that are equally rare, either is enough; of three, none."""


class MeaningScoring(Frozen):
    """Evidence by meaning; see `retrieval.meaning`."""

    floor: Share
    """Share of the greatest cosine from which on a document is a match by meaning."""
    least: Share
    """Cosine below which a document is no match by meaning at all, so that nonsense finds nothing."""


class TitleScoring(Frozen):
    """Evidence by titles; see `retrieval.titles`."""

    exact: Share
    surface: Share
    """Added where even the article and the punctuation are the same: "The Heat" is not "Heat"."""
    edit: Share
    edit_length: Summand
    """One edit away counts edit · (1 − edit_length / n) of n letters, since short words are often one edit apart."""
    edit_of_beginning: Share
    """That, where the query is the beginning of another title, so that it more likely is unfinished than misspelled."""
    prefix: Share
    prefix_covered: Share
    """Times the part of the title that is there already."""
    prefix_popularity: Share
    """Times its popularity, since who types a beginning counts on it being enough."""
    prefix_surface: Share
    """Added where the beginning has the title's article too."""
    prefix_with_edit: Share


class LikenessScoring(Frozen):
    """Evidence by likeness to a title; see `retrieval.likeness`."""

    meaning: Share
    genres: Share
    keywords: Share


class Scoring(Frozen):
    """All of it."""

    weights: EvidenceWeights
    words: WordScoring
    meaning: MeaningScoring
    titles: TitleScoring
    likeness: LikenessScoring


def _read() -> Scoring:
    return Scoring.model_validate(
        tomllib.loads(resources.files("discovery").joinpath("scoring.toml").read_text("utf-8"))
    )


SCORING = _read()
"""As it is committed."""
