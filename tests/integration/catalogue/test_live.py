"""Single titles change over a published bundle: who has it open sees them, and damaged ones harm nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from discovery.artefacts.folder import artefact_id
from discovery.artefacts.followed import Followed
from discovery.artefacts.pointed import Pointed
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.live import LiveBundle
from discovery.catalogue.published import BUNDLES, KEPT_SECONDS, open_published
from discovery.errors import BundleInvalid, CatalogueError
from tests.catalogues import CONTENTS
from tests.clock import StandingClock
from tests.conftest import Counted
from tests.integration.catalogue.conftest import Shelf, kept

DUNE = Content(id="dune-2021", title="Dune", genres=("Desert",))


@pytest.fixture
def live(shelf: Shelf, films: Path) -> LiveBundle:
    """Of `films`, which is published."""
    shelf.publish(films)
    return LiveBundle(shelf.client, shelf.location)


def test_an_environment_sees_what_is_put_and_deleted_at_its_next_poll(
    live: LiveBundle, followed: Followed[Catalogue], films: Path
) -> None:
    before = followed.poll()
    live.put([DUNE])
    put = followed.poll()
    _, unknown = live.delete(["jaws-1975", "nobody"])
    deleted = followed.poll()

    assert unknown == ["nobody"]
    assert [one.find_title("dune") is None for one in (before, put, deleted)] == [True, False, False]
    assert [one.find_title("jaws") is None for one in (before, put, deleted)] == [False, False, True]
    assert before.bundle == artefact_id(films)
    assert len({before.bundle, put.bundle, deleted.bundle}) == 3
    assert followed.held(put.bundle) is put


def test_the_files_of_a_bundle_stay_while_any_version_of_it_is_held(
    live: LiveBundle,
    followed: Followed[Catalogue],
    shelf: Shelf,
    others: tuple[Path, Path],
    *,
    clock: StandingClock,
    tmp_path: Path,
) -> None:
    first = followed.poll().bundle
    for number in range(3):  # never three at once: the first is let go of
        live.put([DUNE.model_copy(update={"release_year": 2000 + number})])
        followed.poll()
    with_changes = kept(tmp_path / "kept")
    other = shelf.publish(others[0])
    followed.poll()
    clock.now += KEPT_SECONDS
    followed.poll()

    assert with_changes == {first}
    assert kept(tmp_path / "kept") == {other}


def test_a_new_environment_opens_them_too(live: LiveBundle, shelf: Shelf, tmp_path: Path) -> None:
    live.put([DUNE])

    opened = open_published(shelf.location, tmp_path)

    assert opened.bundle == str(shelf.pointer().current)
    assert opened.find_title("dune") == len(CONTENTS)


def test_damaged_changes_leave_what_was_there_and_are_counted(
    live: LiveBundle, followed: Followed[Catalogue], shelf: Shelf, tmp_path: Path, *, counted: Counted
) -> None:
    before = followed.poll()
    live.put([DUNE])
    key = shelf.location.key(BUNDLES.changes_name(str(shelf.pointer().changes)))
    shelf.client.put_object(Bucket=shelf.location.bucket, Key=key, Body=b'{"format": 1}\n')

    after = followed.poll()
    counts = counted()
    anew = open_published(shelf.location, tmp_path / "new")

    assert after is before
    assert counts == {"CatalogueRefused": 1}
    assert anew.bundle == before.bundle  # without them, rather than the bundle before
    assert kept(tmp_path / "kept") == {before.bundle}


def test_changes_of_another_format_do_not_have_the_bundle_fetched_again(
    live: LiveBundle, followed: Followed[Catalogue], shelf: Shelf, films: Path, tmp_path: Path
) -> None:
    before = followed.poll()
    shelf.publisher.pointer.change(lambda _: b'{"format": 2}\n')
    inode = (tmp_path / "kept" / artefact_id(films)).stat().st_ino

    assert followed.poll() is before
    assert (tmp_path / "kept" / artefact_id(films)).stat().st_ino == inode


def test_a_version_can_be_asked_for_by_its_name(live: LiveBundle, shelf: Shelf, films: Path, tmp_path: Path) -> None:
    version = live.put([DUNE]).current
    deleted, _ = live.delete(["dune-2021"])
    current = open_published(shelf.location, tmp_path)

    assert open_published(shelf.location, tmp_path, str(version)).find_title("dune") is not None
    assert (current.bundle, current.find_title("dune")) == (str(deleted.current), None)
    assert open_published(shelf.location, tmp_path, artefact_id(films)).bundle == artefact_id(films)


def test_a_rollback_takes_changes_with_it_and_back(
    live: LiveBundle, shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    changed = live.put([DUNE]).current
    shelf.publish(others[0])
    one_before = shelf.pointer().before
    back = shelf.publisher.roll_back().current
    forth = shelf.publisher.roll_back().current

    assert one_before == back == changed
    assert str(forth) == artefact_id(others[0])


def test_what_others_change_at_the_same_time_stays(live: LiveBundle, shelf: Shelf) -> None:
    others: list[Callable[[], object]] = [lambda: live.put([DUNE]), lambda: live.delete(["jaws-1975"])]

    def change(text: bytes | None) -> bytes | None:
        if others:
            others.pop()()
        return (text or b'{"format": 1}\n') + b'{"delete": "heat-1995"}\n'

    shelf.publisher.pointer.change(change)

    assert set(live.changes().titles) == {"dune-2021", "jaws-1975", "heat-1995"}


def test_who_is_disturbed_all_the_time_gives_up(live: LiveBundle, shelf: Shelf) -> None:
    years = iter(range(1900, 2000))

    def change(_: bytes | None) -> bytes | None:
        live.put([DUNE.model_copy(update={"release_year": next(years)})])
        return b'{"format": 1}\n{"delete": "heat-1995"}\n'

    with pytest.raises(CatalogueError, match="all the time"):
        shelf.publisher.pointer.change(change)


def test_a_deletion_is_of_the_bundle_whose_ids_were_looked_at(
    live: LiveBundle, shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    shelf.publish(others[0])

    with pytest.raises(CatalogueError, match=f"{artefact_id(films)} is no longer the current one"):
        shelf.publisher.pointer.change(lambda _: None, artefact_id(films))


def test_nothing_changes_where_nothing_is_published(shelf: Shelf) -> None:
    live = LiveBundle(shelf.client, shelf.location)

    assert not live.changes().titles
    with pytest.raises(CatalogueError, match="nothing is published"):
        live.put([DUNE])
    with pytest.raises(CatalogueError, match="nothing is published"):
        live.delete(["a"])


def test_changes_over_what_can_not_be_changed_are_refused(live: LiveBundle, shelf: Shelf, tmp_path: Path) -> None:
    live.put([DUNE])
    source = Pointed(shelf.location, tmp_path, replace(BUNDLES, changed=None))

    told, opened = source.first()  # without them

    assert told.id == opened.bundle == shelf.pointer().bundle


def test_a_bundle_without_ids_can_not_be_deleted_from(shelf: Shelf, films: Path) -> None:
    shelf.publish(films)
    shelf.remove(films, "ids.npy")

    with pytest.raises(BundleInvalid, match=r"ids\.npy: there is no such object"):
        LiveBundle(shelf.client, shelf.location).delete(["jaws-1975"])
