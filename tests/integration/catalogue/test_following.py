"""Following what is published: warm services go over to it, nobody waiting, and go back, or stay where it is bad."""

import gc
import shutil
import time
import weakref
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery.api.auth import Caller
from discovery.api.requests import SearchRequest
from discovery.api.search_responses import SearchResponse
from discovery.artefacts.folder import artefact_id
from discovery.artefacts.followed import Followed
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.catalogue.published import KEPT_SECONDS
from discovery.composition.events import events_service
from discovery.composition.search import SearchService, search_service
from discovery.settings.settings import Settings
from tests.clock import StandingClock
from tests.conftest import Counted
from tests.integration.catalogue.conftest import Shelf, kept

ALWAYS = 0.000_001
"""Seconds between polls where every request is to begin one."""


def settings(shelf: Shelf, folder: Path, **catalogue: object) -> Settings:
    return Settings.model_validate(
        {
            "catalogue": {"path": str(shelf.location), "folder": folder, "poll_sec": ALWAYS, **catalogue},
            "personalization": {"enabled": False},
            "events": {"stream": "outcomes", "queue_url": "https://queue"},
        }
    )


@pytest.fixture
def service(shelf: Shelf, others: tuple[Path, Path], tmp_path: Path) -> Iterator[SearchService]:
    """A warm environment with the first of two bundles."""
    shelf.publish(others[0])
    made = search_service(settings(shelf, tmp_path))
    yield made
    made.runner.close()


def until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true within half a minute."""
    end = time.monotonic() + 30
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def test_a_warm_environment_answers_from_what_is_published_and_says_so_everywhere(
    shelf: Shelf, service: SearchService, others: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    def title() -> tuple[str, str]:
        found = service.search(SearchRequest(), Caller())
        return found.results[0].content.title, found.catalogue

    before = title()
    second = shelf.publish(others[1])

    assert before == ("Jaws", artefact_id(others[0]))
    assert until(lambda: title() == ("Alien", second))
    assert service.suggest("al", 5).suggestions[0].text == "Alien"
    assert service.suggest("al", 5).catalogue == service.health().catalogue["bundle"] == second
    assert "catalogue swapped" in caplog.messages


def test_a_rollback_goes_back(shelf: Shelf, service: SearchService, others: tuple[Path, Path]) -> None:
    def catalogue() -> str:
        return service.search(SearchRequest(), Caller()).catalogue

    second = shelf.publish(others[1])
    assert until(lambda: catalogue() == second)

    shelf.publisher.roll_back()

    assert until(lambda: catalogue() == artefact_id(others[0]))


def test_pages_with_a_cursor_stay_on_the_catalogue_of_the_first_while_it_is_held(
    shelf: Shelf, service: SearchService, films: Path, others: tuple[Path, Path]
) -> None:
    def page(cursor: str | None = None, number: int = 1) -> SearchResponse:
        return service.search(SearchRequest(cursor=cursor, page=number), Caller())

    first = page()
    second = shelf.publish(others[1])
    assert until(lambda: page().catalogue == second)

    next_page = page(first.cursor)
    third = shelf.publish(films)
    assert until(lambda: page().catalogue == third)
    too_late = page(first.cursor)

    assert (next_page.catalogue, next_page.cursor_expired) == (first.catalogue, None)
    assert next_page.results[0].content.title == "Jaws"
    assert (too_late.catalogue, too_late.cursor_expired) == (third, "catalogue")


def test_an_environment_with_a_bundle_of_its_own_does_not_move(
    shelf: Shelf, others: tuple[Path, Path], tmp_path: Path
) -> None:
    first = shelf.publish(others[0])
    service = search_service(settings(shelf, tmp_path, bundle=first))
    shelf.publish(others[1])

    answers = {service.search(SearchRequest(), Caller()).catalogue for _ in range(20)}
    service.close()

    assert answers == {first}
    assert kept(tmp_path) == {first}


def test_events_are_accepted_of_the_titles_of_both_catalogues(
    shelf: Shelf, others: tuple[Path, Path], tmp_path: Path, aws: pytest.MonkeyPatch
) -> None:
    shelf.publish(others[0])
    service = events_service(settings(shelf, tmp_path))
    opened_at_once = kept(tmp_path)
    titles: Any = service.collector._titles

    def known() -> set[str]:
        return set(service.runner.run(titles.known(["alien", "jaws", "heat"])))

    before = known()

    shelf.publish(others[1])

    assert opened_at_once == {artefact_id(others[0])}
    assert before == {"jaws"}
    assert until(lambda: known() == {"alien", "jaws"})
    service.runner.close()


def test_a_poll_is_due_by_the_wall_clock_and_begins_with_a_request(
    shelf: Shelf, followed: Followed[Catalogue], others: tuple[Path, Path], clock: StandingClock
) -> None:
    """A frozen environment's monotonic clock may stand still; it is to poll at its next request."""
    first = shelf.publish(others[0])
    assert followed.current().bundle == first
    second = shelf.publish(others[1])
    clock.now += 29
    before_it_is_due = followed.current().bundle
    clock.now += 1

    assert before_it_is_due == followed.current().bundle == first
    assert until(lambda: followed.current().bundle == second)


def test_the_one_before_is_held_for_ten_minutes_and_then_its_files_are_removed(
    shelf: Shelf, followed: Followed[Catalogue], others: tuple[Path, Path], clock: StandingClock, tmp_path: Path
) -> None:
    first = shelf.publish(others[0])
    followed.poll()
    second = shelf.publish(others[1])
    followed.poll()
    both = followed.held(first), kept(tmp_path / "kept")
    clock.now += KEPT_SECONDS
    followed.poll()

    assert both[0] is not None
    assert both[0].ids == ["jaws"]
    assert both[1] == {first, second}
    assert followed.held(first) is None
    assert kept(tmp_path / "kept") == {second}
    assert both[0].contents([0])[0].title == "Jaws"  # whoever still reads it goes on


def test_there_are_never_three_at_once(
    shelf: Shelf, followed: Followed[Catalogue], films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.publish(others[0])
    followed.poll()
    second = shelf.publish(others[1])
    followed.poll()
    third = shelf.publish(films)

    assert followed.poll().bundle == third
    assert kept(tmp_path / "kept") == {second, third}
    assert followed.held(artefact_id(others[0])) is None


def test_what_is_let_go_of_is_closed_without_a_collection(
    shelf: Shelf, service: SearchService, films: Path, others: tuple[Path, Path]
) -> None:
    """What was opened in the init phase is exempt from collections: a cycle of references would keep it for ever."""
    service.search(SearchRequest(query="like jaws"), Caller())
    pipeline = weakref.ref(service.editions.current().pipeline)
    gc.collect()
    opened = weakref.WeakSet(one for one in gc.get_objects() if type(one) is KeywordIndex)
    count = len(opened)
    gc.disable()
    try:
        for bundle in (others[1], films):
            shelf.publish(bundle)
            while service.health().catalogue["bundle"] != artefact_id(bundle):
                time.sleep(0.01)

        assert until(lambda: pipeline() is None and len(opened) == count - 1)
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["vectors.npy", "manifest.json"])
def test_a_damaged_bundle_leaves_the_old_one_and_is_counted_by_every_poll(
    shelf: Shelf, followed: Followed[Catalogue], films: Path, others: tuple[Path, Path], name: str, *, counted: Counted
) -> None:
    first = shelf.publish(others[0])
    followed.poll()
    shelf.publish(films)
    shelf.damage(films, name)

    answers = {followed.poll().bundle for _ in range(10)}
    counts = counted()
    third = shelf.publish(others[1])

    assert answers == {first}
    assert counts == {"CatalogueRefused": 10}
    assert followed.poll().bundle == third


def test_a_bundle_without_room_is_refused_before_it_is_fetched(
    shelf: Shelf,
    followed: Followed[Catalogue],
    others: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    counted: Counted,
) -> None:
    first = shelf.publish(others[0])
    followed.poll()
    shelf.publish(others[1])
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(512, 500, 12))

    assert followed.poll().bundle == first
    assert counted() == {"CatalogueRefused": 1}
    assert kept(tmp_path / "kept") == {first}


def test_a_pointer_that_cannot_be_read_leaves_the_old_one_and_is_counted(
    shelf: Shelf, followed: Followed[Catalogue], others: tuple[Path, Path], counted: Counted
) -> None:
    first = shelf.publish(others[0])
    followed.poll()
    shelf.client.put_object(Bucket=shelf.location.bucket, Key="prod/current.json", Body=b"{}")

    assert followed.poll().bundle == first
    assert counted() == {"CataloguePollFailed": 1}
