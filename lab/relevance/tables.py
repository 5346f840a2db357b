"""The tables of a run."""

from collections.abc import Mapping, Sequence

from lab.relevance.causes import Causes, cause_of
from lab.relevance.measures import Scored, means
from lab.report.table import Table

_HEADER = ("set", "class", "queries", "NDCG@10", "recall@100", "MRR", "success@1", "success@5", "success@10")
_SHOWN = _HEADER[3:]


def summary(ours: Mapping[str, Sequence[Scored]], bare: Mapping[str, Sequence[Scored]]) -> Table:
    """Every set and class, ours beside bare BM25."""
    rows = []
    for name, scored in ours.items():
        for kind in ("all", *sorted({one.judged.kind for one in scored})):
            places = [place for place, one in enumerate(scored) if kind in ("all", one.judged.kind)]
            if kind != "all" and len(places) == len(scored):
                continue
            own, others = (means(run[place] for place in places) for run in (scored, bare[name]))
            cells = [f"{own[measure]:.3f} ({others[measure]:.3f})" for measure in _SHOWN]
            rows.append((name, kind, str(len(places)), *cells))
    return Table(_HEADER, rows, title="Ours (bare BM25)", words=(0, 1))


def worst(ours: Mapping[str, Sequence[Scored]], count: int, causes: Causes) -> Table:
    """The queries of each set with the least NDCG@10, as far as it is less than 1; what came first instead, and why."""
    rows = []
    for name, scored in ours.items():
        bad = [one for one in scored if _ndcg(one) < 1]
        bad.sort(key=lambda one: (_ndcg(one), one.judged.query))
        rows += [
            (
                name,
                one.judged.query,
                f"{_ndcg(one):.2f}",
                ", ".join(one.found[:3]) or "nothing",
                cause_of(causes, name, one.judged.query),
            )
            for one in bad[:count]
        ]
    return Table(("set", "query", "NDCG@10", "found first", "cause"), rows, title="Worst queries", words=(0, 1, 3, 4))


def _ndcg(one: Scored) -> float:
    return one.values.get("NDCG@10", 0.0)


def ablation(gains: Mapping[str, Mapping[str, float]]) -> Table:
    """What is lost of NDCG@10 and half of recall@100 without the weight of each kind of evidence."""
    whole = gains["nothing"]
    rows = [("(all)", *(f"{value:.3f}" for value in whole.values()))]
    rows += [
        (kind, *(f"{left[name] - whole[name]:+.3f}" for name in whole))
        for kind, left in gains.items()
        if kind != "nothing"
    ]
    return Table(("without", *whole), rows, title="NDCG@10 + ½ recall@100")
