"""What answers judged queries."""

import contextlib
from pathlib import Path

from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.strategies import Strategy
from discovery.retrieval.ranking import Ranking
from lab.relevance.systems import BareBm25, Ours


def test_ours_answers_as_the_index_does_and_notes_the_time(bundle: Path) -> None:
    with contextlib.closing(Ours(bundle)) as ours:
        assert ours("casablanca")[0] == "casablanca-1942"
    assert len(ours.milliseconds) == 1


def test_a_strategy_may_be_wrapped_by_its_name(bundle: Path) -> None:
    def without_words(name: str, strategy: Strategy) -> Strategy:
        return strategy if name != "keyword" else lambda *_: Ranking()

    with contextlib.closing(Ours(bundle, wrapped=without_words)) as ours:
        found = ours.find("casablanca")

    assert found.parts["title"].max() > 0
    assert not found.parts["keyword"].any()


def test_bare_bm25_knows_words_alone(catalogue: Catalogue) -> None:
    bare = BareBm25(catalogue)

    assert bare("casablanca")[0] == "casablanca-1942"
    assert bare("casablenca") == []
