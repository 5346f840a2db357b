"""Measure ranking for people on real ratings; print tables, and write docs/ranking-quality.md and docs/ranking.md.

python -m lab.ranking [--check]

`--check` compares with the committed figures, writes nothing, and ends with exit code 1 where one has fallen. Without
the shared data the exit code is 2.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from discovery.catalogue.bundle import Catalogue
from lab.catalogues import bundle_of
from lab.ranking.alone import Situation, situations
from lab.ranking.blended import DIVERSITIES, WEIGHTS, Ordered, ordered
from lab.ranking.cases import Cases
from lab.ranking.costs import costs
from lab.ranking.guard import GUARDED, asked, kept
from lab.ranking.measures import Floats
from lab.ranking.ratings import FILMS, DataMissing, Film, Person, data, people, rated_bundle
from lab.ranking.recommenders import LEARNERS, Candidates
from lab.ranking.tables import (
    Guarded,
    alone_table,
    costs_table,
    diversity_table,
    draw_weights,
    verdict,
    weights_table,
)
from lab.ranking.themes import THEMES, windows
from lab.relevance.judgments import shared
from lab.relevance.systems import Ours
from lab.report.circumstances import measured
from lab.report.committed import Committed
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT
from plots.style import save_plot
from sona.model.model import Model
from sona.profile import Profile
from sona.scoring import Taste, score, taste_of
from sona.training.trainer import train

DOCS = ROOT / "docs"
QUALITY, MEANING = Part("ranking", "ranking"), Part("weights", "ranking")
PLOT = "weights-mean.svg"
_COMMITTED = Committed(ROOT / "lab" / "ranking" / "committed.json", tolerance=0.01)
"""Of the committed figures, which are given to three places: libraries and processors order near-equals differently."""
_DIVERSE_AT = (0.0, 0.25, 0.6)
_JUDGED = (*GUARDED, "known-items")


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make ranking")
    parser.add_argument("--check", action="store_true")
    check: bool = parser.parse_args().check
    try:
        folder = data()
    except DataMissing as missing:
        print(f"make ranking {missing}", file=sys.stderr)
        return 2
    if not check:
        check_page(DOCS / "ranking-quality.md", [QUALITY])
        check_page(DOCS / "ranking.md", [MEANING])
    rated = Ours(rated_bundle(folder))
    ids = _ids(rated.catalogue)
    everybody = people(folder, ids)
    cases = Cases.of(everybody, windows(rated, THEMES))
    alone = _alone(rated.catalogue, everybody, cases)
    whole = Whole(Ours(bundle_of(folder / FILMS)), everybody)
    by_weight = {weight: ordered(whole.cases, whole.liking, weight) for weight in WEIGHTS}
    guarded = whole.guarded()
    diverse = {
        (weight, diversity): ordered(whole.cases, whole.liking, weight, diversity)
        for weight in _DIVERSE_AT
        for diversity in DIVERSITIES
    }
    figures = _figures(alone, by_weight, guarded)
    tables = [alone_table(alone, cases), weights_table(by_weight, guarded, whole.cases), diversity_table(diverse)]
    console = terminal()
    for table in tables:
        console.print(table.printed())
    console.print(verdict(guarded))
    if check:
        return _COMMITTED.compare(figures)
    spent = costs_table(costs(whole.folder, everybody, [window.ids for window in whole.cases.windows]))
    console.print(spent.printed())
    _COMMITTED.write(figures)
    save_plot(partial(draw_weights, by_weight, guarded), DOCS / "plots" / PLOT)
    parts = [measured("make ranking"), _counts(everybody, cases, whole.cases), "**Alone**", tables[0].markdown()]
    parts += ["**End to end**", tables[1].markdown(), verdict(guarded), f"![By weight](plots/{PLOT})"]
    parts += ["**Diversity**", tables[2].markdown(), "**Costs**", spent.markdown()]
    write_page(DOCS / "ranking-quality.md", {QUALITY: "\n\n".join(parts)})
    write_page(DOCS / "ranking.md", {MEANING: "\n\n".join([tables[1].markdown(), verdict(guarded)])})
    return 0


class Whole:
    """The whole import, and a model learned from everybody over it."""

    def __init__(self, system: Ours, everybody: Sequence[Person]) -> None:
        self._system = system
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self._temporary.name) / "model"
        histories = [person.history() for person in everybody]
        self._model: Model = train(histories, system.catalogue, self.folder).model
        self._tastes: list[Taste] = [taste_of(Profile(1, history), self._model) for history in histories]
        self.cases = Cases.of(everybody, windows(system, THEMES))
        self._rows = self._model.rows(self.cases.ids)

    def liking(self, person: int) -> Floats:
        """How much a person likes each candidate of the themes."""
        return score(self._tastes[person], self._model, self._rows).scores

    def guarded(self) -> dict[float, dict[str, float]]:
        """What each weight keeps of each set of judgments."""
        found: dict[float, dict[str, float]] = {weight: {} for weight in WEIGHTS}
        by_name = {collection.name: collection for collection in shared()}
        for name in _JUDGED:
            collection = by_name[name]
            found_windows = windows(self._system, [judged.query for judged in collection.queries])
            queries = asked(collection, found_windows, len(self._tastes))
            scores = [[self._scores(person, query.window.ids) for person in query.people] for query in queries]
            for weight in WEIGHTS:
                found[weight][name] = kept(queries, scores, weight)
        return found

    def _scores(self, person: int, content_ids: Sequence[str]) -> Floats:
        return score(self._tastes[person], self._model, self._model.rows(content_ids)).scores


def _ids(catalogue: Catalogue) -> dict[Film, str]:
    contents = catalogue.contents(range(catalogue.size))
    return {(content.title, content.release_year or 0): content.id for content in contents}


def _alone(catalogue: Catalogue, everybody: Sequence[Person], cases: Cases) -> dict[str, list[Situation]]:
    candidates = Candidates.of(catalogue, cases.ids)
    return {name: situations(learner(candidates), everybody, cases) for name, learner in LEARNERS.items()}


def _counts(everybody: Sequence[Person], alone: Cases, whole: Cases) -> str:
    return (
        f"{len(everybody)} people have at least twenty likes. Alone: {len(alone.cases):,} cases of "
        f"{len(np.unique(alone.people))} people. End to end: {len(whole.cases):,} of {len(np.unique(whole.people))}."
    )


def _figures(
    alone: Mapping[str, Sequence[Situation]], by_weight: Mapping[float, Ordered], guarded: Guarded
) -> dict[str, float]:
    figures = {f"alone, {one.name}": float(one.ndcg.mean()) for one in alone["SONA"]}
    figures |= {f"likes at {weight:g}": float(one.ndcg.mean()) for weight, one in by_weight.items()}
    figures |= {f"{name} kept at {weight:g}": guarded[weight][name] for weight in WEIGHTS[1:-1] for name in GUARDED}
    return {name: round(value, 3) for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
