"""The preview's use case over a real catalogue, with fakes where it would reach a network."""

from typing import Any

import pytest

from discovery.api.auth import Caller
from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest
from discovery.catalogue.bundle import Catalogue
from discovery.observability import logger
from discovery.settings.people import PrivacySettings
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.settings import Settings
from tests.catalogues import CONTENTS
from tests.conftest import Counted
from tests.fakes import FOR_EVER, FakeScoreCache, FakeSona
from tests.services import search_service

ANA, OLGA = Caller("ana"), Caller("olga")
LAST_FIRST = {content.id: place / len(CONTENTS) for place, content in enumerate(CONTENTS)}
BROAD = "space sea crime love food war fear games family music"
SHORT_MS, ENOUGH_MS = 250, 5_000


class Rig:
    """A preview among fakes."""

    def __init__(self, catalogue: Catalogue, *, key: bytes = b"key", log_queries: bool = False, **changes: Any) -> None:
        personalization = PersonalizationSettings(**{"timeout_ms": 1, "preview_timeout_ms": ENOUGH_MS} | changes)
        settings = Settings(personalization=personalization, privacy=PrivacySettings(log_queries=log_queries))
        self.cache, self.sona = FakeScoreCache(), FakeSona({"ana": LAST_FIRST})
        self._service = search_service(catalogue, settings, cache=self.cache, sona=self.sona, key=key)

    def preview(self, caller: Caller = OLGA, user: str = "ana", *weights: float) -> PreviewResponse:
        request = PreviewRequest(BROAD, user, weights or (0.0, 1.0), limit=100)
        return self._service.preview(request, caller)


@pytest.mark.parametrize("settings", [{"enabled": False}, {"key": b""}], ids=["switched off", "no key"])
def test_where_settings_disable_personalization_nobody_is_looked_up(
    settings: dict[str, Any], catalogue: Catalogue
) -> None:
    rig = Rig(catalogue, **settings)

    response = rig.preview()

    assert (response.scores.status, response.scores.reason, response.user) == ("skipped", "disabled", None)
    assert (rig.cache.reads, rig.sona.asked) == (0, [])
    assert response.columns[0].results == response.columns[1].results


def test_a_preview_may_take_longer_than_a_search(catalogue: Catalogue) -> None:
    rig = Rig(catalogue, timeout_ms=10)
    rig.sona.delay = 0.1

    assert (rig.preview()).scores.status == "applied"


def test_at_its_own_deadline_it_shows_what_has_arrived(catalogue: Catalogue, counted: Counted) -> None:
    rig = Rig(catalogue, preview_timeout_ms=SHORT_MS)
    rig.sona.has_batch = False
    rig.sona.slow = frozenset({Rig(catalogue).preview().columns[0].results[0].content_id})

    response = rig.preview()

    assert (response.scores.status, response.scores.reason) == ("partial", "timeout")
    assert response.scores.scored == response.scores.candidates - 1
    assert counted()["DeadlineReached"] == 1


def test_nothing_in_time_is_control_under_every_weight(catalogue: Catalogue) -> None:
    rig = Rig(catalogue, preview_timeout_ms=SHORT_MS)
    rig.sona.delay = FOR_EVER

    response = rig.preview()

    assert (response.scores.status, response.scores.reason) == ("failed", "timeout")
    assert [column.rank_biased_overlap for column in response.columns] == [1, 1]
    assert (response.assignment.weight, response.assignment.assigned_by) == (0.25, "default")


def test_what_is_beyond_the_window_keeps_its_place(catalogue: Catalogue) -> None:
    control, liked = (Rig(catalogue, window=5).preview()).columns

    moved = [result.moved for result in liked.results]
    assert any(moved[:5])
    assert len(moved) > 5
    assert not any(moved[5:])
    assert liked.results[5:] == control.results[5:]


def test_a_cold_person_is_said_to_be_cold(catalogue: Catalogue) -> None:
    response = Rig(catalogue).preview(OLGA, "nobody-yet")

    assert (response.scores.status, response.scores.reason) == ("skipped", "cold_user")


def test_what_sona_said_is_cached_for_the_searches_that_follow(catalogue: Catalogue) -> None:
    rig = Rig(catalogue)

    first, second = rig.preview(), rig.preview(ANA, "me")

    assert [first.scores.from_cache, second.scores.from_cache] == [0, second.scores.candidates]
    assert first.columns == second.columns


@pytest.mark.parametrize("log_queries", [True, False])
def test_the_query_is_logged_only_by_a_setting(
    log_queries: bool, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger.name)

    Rig(catalogue, log_queries=log_queries).preview()

    (record,) = [record for record in caplog.records if record.getMessage() == "previewed"]
    assert ("query" in vars(record)) is log_queries
