"""The cost of personalizing where no score is cached, against the bare request to SONA that it can't do without."""

from pathlib import Path

import httpx

from discovery.sona.contract import SCORES_PATH
from lab.benchmarks import personalizing
from lab.benchmarks.personalizing import ANONYMOUS, PERSONALIZED, Searches
from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER
from lab.environments.inline import environment
from lab.report.result import Result
from lab.servers.bed import LASTING, Bed, bed
from lab.statistics.interleaving import Contestant, interleave

TITLE = "Cost of personalizing, no score cached, SONA in one batch"
BARE = "bare httpx.Client POST"


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue."""
    return [_measure(plan, bundle) for bundle in plan.bundles]


def _measure(plan: Plan, bundle: Path) -> Result:
    with (
        bed(bundle, plan.scratch) as ours,
        environment(ours.settings(personalization=LASTING)) as here,
        httpx.Client(base_url=ours.sona_url, trust_env=False) as client,
    ):
        searches = Searches(ours, here)
        samples = interleave(
            _contestants(ours, searches, client),
            blocks=plan.times(24, 4),
            rounds=plan.times(60, 15),
            before_block=searches.choose,
        )
    notes = [
        "The difference holds two round trips to Valkey, reading and compare-and-set, besides the request itself.",
        "The server does next to nothing for a score, which makes the bare request as cheap as it can be.",
        f"The personalized answers: {searches.personalized.outcome_note()}.",
    ]
    return personalizing.result("uncached", TITLE, bundle, samples, bare=BARE, request="bare POST", notes=notes)


def _contestants(ours: Bed, searches: Searches, client: httpx.Client) -> list[Contestant]:
    def forget() -> None:
        searches.personalized.note()
        ours.invalidator.invalidate_user(USER)

    def post() -> None:
        body = {"user_id": USER, "content_ids": searches.window.content_ids}
        client.post(SCORES_PATH, json=body).raise_for_status()

    return [
        Contestant(ANONYMOUS, searches.anonymous),
        Contestant(PERSONALIZED, searches.personalized, prepare=forget),
        Contestant(BARE, post),
    ]
