"""What multileaving five weights costs a search whose scores are all cached."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import redis

from discovery.personalization.blending import Candidates, blend
from discovery.personalization.drafting import drafted
from discovery.policy.policy import DEFAULT_VARIANTS, Multileaved, Parameter
from discovery.policy.snapshot import SnapshotStore
from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER, Search, Window, windows
from lab.catalogues import described
from lab.environments.inline import environment
from lab.environments.invocation import search_event
from lab.report.result import MILLISECONDS, Comparison, Figure, Result
from lab.servers.bed import LASTING, bed
from lab.servers.scores import score_of
from lab.statistics.interleaving import Contestant, Samples, interleave

TITLE = "Cost of multileaving five weights, all 100 scores cached"
PLAIN, MULTILEAVED, DRAFT = "search under one weight", "multileaved search", "the draft and the shares of a page"
TARGET_MS = 0.3
_DAY = 86_400
_VARIANT = "medium_boost"
_PAGE = 20


def run(plan: Plan) -> list[Result]:
    """Measure on the last catalogue alone: a draft is of 100 candidates in any."""
    bundle = plan.bundles[-1]
    with bed(bundle, plan.scratch) as ours, environment(ours.settings(personalization=LASTING)) as here:
        _share_experiment(ours.valkey_url)
        token, of = ours.issuer.sign(USER), windows(here, 8)
        # Who asks for a variant is ranked by that alone: the same person, policy, cache and candidates.
        plain = Search(here.handler, [search_event(one.query, token, experiment_variant=_VARIANT) for one in of])
        multileaved = Search(here.handler, [search_event(one.query, token) for one in of])

        def choose(block: int) -> None:
            plain.chosen = multileaved.chosen = block % len(of)

        samples = interleave(
            [
                Contestant(PLAIN, plain, prepare=plain.note),
                Contestant(MULTILEAVED, multileaved, prepare=multileaved.note),
                Contestant(DRAFT, _draft(of[0])),
            ],
            blocks=plan.times(24, 4),
            rounds=plan.times(100, 15),
            before_block=choose,
        )
    return [_result(samples, bundle, multileaved)]


def _draft(window: Window) -> Callable[[], object]:
    """What multileaving adds to a blended window."""
    relevance = np.array([1 - rank / len(window.content_ids) for rank in range(len(window.content_ids))])
    candidates = Candidates(window.content_ids, relevance)
    blended = blend(candidates, {one: score_of(USER, one) for one in window.content_ids}, DEFAULT_VARIANTS[_VARIANT])
    if blended is None:
        raise RuntimeError("a window without a score")
    multileaved = Multileaved(DEFAULT_VARIANTS, USER)
    return lambda: drafted(candidates, blended, multileaved).choices(0, _PAGE)


def _share_experiment(valkey_url: str) -> None:
    document = {
        "name": "five",
        "traffic_allocation": 1,
        "variants": dict.fromkeys(DEFAULT_VARIANTS, 1 / len(DEFAULT_VARIANTS)),
        "layer": "weight",
        "mode": "multileave",
    }
    with redis.Redis.from_url(valkey_url) as client:
        SnapshotStore(client).store({"experiments/five": Parameter(json.dumps(document), 1)}, time.time(), _DAY)


def _result(samples: Samples, bundle: Path, multileaved: Search) -> Result:
    plain, multileaved_p50 = samples.p50(PLAIN), samples.p50(MULTILEAVED)
    return Result(
        benchmark="multileaved",
        title=TITLE,
        catalogue=described(bundle),
        figures=[Figure.of(name, samples.all(name)) for name in (PLAIN, MULTILEAVED, DRAFT)],
        comparisons=[
            Comparison.of("multileaved − one weight", (multileaved_p50 - plain) * MILLISECONDS, unit="ms"),
            Comparison.of("multileaved ÷ one weight", multileaved_p50 / plain),
            Comparison.of("of it: draft and shares", samples.p50(DRAFT) * MILLISECONDS, unit="ms", target=TARGET_MS),
        ],
        noise=samples.noise,
        notes=[f"The multileaved answers: {multileaved.outcome_note()}."],
    )
