"""What a search that finds nothing answers in place of results: what was tried, and other queries that find something.

Inside, it is made by `search.why_nothing`.
"""

from typing import Literal

from pydantic import ConfigDict, Field

from discovery.names import Frozen

YearRange = tuple[int | None, int | None]
Why = Literal["spelling", "near_title", "near_name", "near_word", "plain_words", "fewer_words", "fewer_constraints"]
"""How a suggested query came about."""


class WordTried(Frozen):
    """A word that was searched."""

    word: str
    known: bool
    """Whether any text of the catalogue has it."""


class WordsTried(Frozen):
    """The words that were searched, corrections included; the first 24."""

    kind: Literal["words"] = "words"
    words: tuple[WordTried, ...]


class CorrectionTried(Frozen):
    """Another query was searched than what was typed."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    kind: Literal["correction"] = "correction"
    typed: str = Field(alias="from")
    meant: str = Field(alias="to")


class UncorrectedTried(Frozen):
    """Words that the catalogue lacks were searched as they are."""

    kind: Literal["uncorrected"] = "uncorrected"
    words: tuple[str, ...]
    because: Literal["nothing_near", "switched_off", "query_syntax"]
    """`switched_off`: the request says `correct=false`. Query syntax is never corrected."""


class RelaxedTried(Frozen):
    """What was understood in the query left nothing, so it was dropped and the words were searched as they stand."""

    kind: Literal["relaxed"] = "relaxed"
    genres: tuple[str, ...]
    platforms: tuple[str, ...]
    year_range: YearRange | None


class FilterTried(Frozen):
    """How many titles the search would find if a part of it were left out."""

    kind: Literal["filter"] = "filter"
    without: str
    """A filter, by its name in the body of a search; `filters`, all of them; or `query`, the filters alone."""
    total_count: int


Tried = WordsTried | CorrectionTried | UncorrectedTried | RelaxedTried | FilterTried


class QuerySuggestion(Frozen):
    """Another query, which finds something under the same filters."""

    query: str
    why: Why
    total_count: int


class NothingFound(Frozen):
    """Nothing is in the catalogue for this search, as far as it was looked for."""

    complete: bool
    """False where a part of retrieval failed or was left out: that nothing was found then says little."""
    tried: tuple[Tried, ...]
    suggestions: tuple[QuerySuggestion, ...] = ()
    """At most five, the likeliest first."""
