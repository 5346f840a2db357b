"""The record of who was shown what, under which variant."""

import json
from typing import Any

import pytest

from discovery.api.auth import ANONYMOUS, Caller
from discovery.api.requests import Filters, SearchRequest
from discovery.api.search_responses import SearchResponse
from discovery.catalogue.bundle import Catalogue
from discovery.experiments.exposure import emit
from discovery.experiments.multileaving import Choice
from discovery.privacy.hashing import user_hash
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.settings import Settings
from tests.catalogues import CONTENTS
from tests.fakes import FakeScoreCache, FakeSona
from tests.services import search_service
from tests.unit.personalization.personalizing import snapshot

ANA = Caller("ana")
BROAD = "space sea crime love food war fear games family music"
EXPERIMENT = json.dumps({"name": "homepage", "traffic_allocation": 1, "variants": {"high_boost": 1}})


class Searches:
    """Searches by a pipeline among fakes, and the exposure records that they wrote."""

    def __init__(self, catalogue: Catalogue, capsys: pytest.CaptureFixture[str], **policy: str) -> None:
        settings = Settings(personalization=PersonalizationSettings(timeout_ms=5_000))
        self.sona = FakeSona({"ana": {content.id: n / len(CONTENTS) for n, content in enumerate(CONTENTS)}})
        cache = FakeScoreCache(policy=snapshot(1.0, **policy))
        self._service = search_service(catalogue, settings, cache=cache, sona=self.sona)
        self._capsys = capsys

    def search(self, caller: Caller = ANA, **request: Any) -> tuple[SearchResponse, list[dict[str, Any]]]:
        self._capsys.readouterr()
        response = self._service.search(SearchRequest(query=BROAD, **request), caller)
        lines = self._capsys.readouterr().out.splitlines()
        records = [json.loads(line) for line in lines if line.startswith("{")]
        return response, [record for record in records if record.get("schema")]


def test_a_record_says_what_was_shown_to_whom_and_why(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    response, (record,) = Searches(catalogue, capsys, experiment=EXPERIMENT).search(page=2, page_size=3)

    block = response.personalization
    assert record["schema"] == "discovery.exposure/1"
    assert (record["search_id"], record["user"]) == (response.search_id, user_hash("ana", b"key"))
    assert (record["experiment"], record["variant"], record["assigned_by"]) == ("homepage", "high_boost", "experiment")
    assert (record["policy_version"], record["epoch"]) == (block.policy_version, block.epoch)
    assert block.epoch is not None
    assert (record["status"], record["reason"], record["weight"]) == ("applied", None, 0.4)
    assert record["shown"] == [
        {"id": result.content.id, "rank": rank} for rank, result in enumerate(response.results, start=4)
    ]


def test_its_metrics_are_by_variant(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    response, (record,) = Searches(catalogue, capsys, experiment=EXPERIMENT).search()

    (directive,) = record["_aws"]["CloudWatchMetrics"]
    candidates = response.personalization.candidates
    assert "variant" in directive["Dimensions"][0]
    assert {metric["Name"]: record[metric["Name"]] for metric in directive["Metrics"]} == {
        "Searches": [1],
        "PersonalizationApplied": [1],
        "ScoredCandidates": [candidates],
        "CacheHits": [0],
        "CacheMisses": [candidates],
        "SearchTime": [pytest.approx(response.search_time_ms, abs=0.001)],
        "PersonalizationTime": [response.personalization.elapsed_ms],
    }


def test_control_and_the_default_weight_are_exposures_too(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    searches = Searches(catalogue, capsys)

    _, (control,) = searches.search(experiment_variant="control")
    _, (default,) = searches.search()

    assert (control["variant"], control["status"], control["reason"]) == ("control", "skipped", "control")
    assert (default["variant"], default["status"], default["assigned_by"]) == ("(default)", "applied", "default")


def test_of_control_nothing_is_looked_for_in_the_cache_so_nothing_is_missed(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    response, (record,) = Searches(catalogue, capsys).search(experiment_variant="control")

    assert response.personalization.candidates > 0
    assert (record["CacheHits"], record["CacheMisses"]) == ([0], [0])


def test_a_failure_of_sona_is_recorded_and_not_left_out(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    searches = Searches(catalogue, capsys, experiment=EXPERIMENT)
    searches.sona.broken = True

    _, (record,) = searches.search()

    assert (record["variant"], record["status"], record["PersonalizationFailed"]) == ("high_boost", "failed", [1])


def test_a_record_that_can_not_be_written_costs_nobody_their_answer(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")

    response, records = Searches(catalogue, capsys).search()

    assert response.results
    assert records == []


@pytest.mark.parametrize("caller", [ANONYMOUS, Caller("ana", opted_out=True)], ids=["anonymous", "opted out"])
def test_nobody_is_recorded_who_is_not_looked_up(
    caller: Caller, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    _, records = Searches(catalogue, capsys).search(caller)

    assert records == []


def test_a_record_says_which_page_of_how_many_results_it_is(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    response, (record,) = Searches(catalogue, capsys).search(page=2, page_size=3)

    assert (record["page"], record["page_size"], record["total_count"]) == (2, 3, response.total_count)
    assert record["mode"] == "ab"


def test_a_search_that_finds_nothing_is_recorded_with_who_was_assigned_what(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = Filters(year_range=(1800, 1801))

    response, (record,) = Searches(catalogue, capsys, experiment=EXPERIMENT).search(filters=nothing)

    assert response.total_count == 0
    assert (record["total_count"], record["shown"]) == (0, [])
    assert (record["variant"], record["assigned_by"], record["reason"]) == ("high_boost", "experiment", "no_candidates")
    assert record["epoch"] == response.personalization.epoch is not None


def test_the_variant_that_chose_a_result_is_its_team(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    response, _ = Searches(catalogue, capsys).search(page_size=3)

    emit(response, "a hash", (Choice("control", {"control": 1.0}), Choice("high_boost", {"high_boost": 1.0})))

    (record,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [shown.get("team") for shown in record["shown"]] == ["control", "high_boost", None]
    assert all(set(shown) == {"id", "rank", "team"} for shown in record["shown"][:2])
    assert "team" not in record["shown"][2]


def test_variants_that_would_have_chosen_the_same_share_it(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    response, _ = Searches(catalogue, capsys).search(page_size=1)

    emit(response, "a hash", (Choice("control", {"control": 1 / 3, "high_boost": 2 / 3}),))

    (record,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (shown,) = record["shown"]
    assert (shown["team"], shown["shares"]) == ("control", {"control": 0.3333, "high_boost": 0.6667})


def test_an_order_that_was_asked_for_is_no_exposure(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    _, records = Searches(catalogue, capsys, experiment=EXPERIMENT).search(sort="year")

    assert records == []


def test_neither_the_user_id_nor_the_query_is_in_a_record(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    _, (record,) = Searches(catalogue, capsys).search()

    text = json.dumps({name: value for name, value in record.items() if name != "shown"})
    assert '"ana"' not in text
    assert BROAD not in text
