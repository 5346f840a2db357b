"""Which bundle is opened, and what is kept in the folder, over a store that is a folder of bundles."""

import errno
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from discovery.artefacts.folder import artefact_id
from discovery.artefacts.opening import open_best
from discovery.artefacts.pointer import Pointer
from discovery.artefacts.store import Store
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.published import BUNDLES
from discovery.errors import BundleInvalid
from discovery.location import S3Prefix
from tests import catalogues
from tests.conftest import Counted


class FolderStore(Store[Catalogue]):
    """Bundles by id; counts what is fetched, and fails as it is told to."""

    def __init__(self, bundles: dict[str, Path], current: str, previous: str | None) -> None:
        self.location, self.kind = S3Prefix("films", "prod"), BUNDLES
        self.bundles = bundles
        self.current, self.previous = current, previous
        self.fetched: list[str] = []
        self.failures: dict[str, Exception] = {}
        self.while_fetching: Callable[[], object] = lambda: None

    def pointer(self) -> Pointer:
        return Pointer(bundle=self.current, previous=self.previous, published_at=datetime(2026, 1, 2, tzinfo=UTC))

    def fetch(self, bundle: str, folder: Path) -> None:
        self.fetched.append(bundle)
        if bundle in self.failures:
            (folder / "half").write_text("a file")
            raise self.failures[bundle]
        shutil.copytree(self.bundles[bundle], folder, dirs_exist_ok=True)
        self.while_fetching()


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("older") / "bundle"
    build_bundle([Content(id="a", title="Older")], catalogues.model(), out)
    return out


@pytest.fixture
def store(bundle: Path, older: Path, tmp_path: Path) -> FolderStore:
    """`bundle`, which a test may damage, is current, and `older` was before it."""
    copy = Path(shutil.copytree(bundle, tmp_path / "store"))
    return FolderStore({artefact_id(copy): copy, artefact_id(older): older}, artefact_id(copy), artefact_id(older))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "kept"


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    file.write_bytes(content)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_current_bundle_is_fetched_and_opened(store: FolderStore, folder: Path, counted: Counted) -> None:
    opened = open_best(store, folder)

    assert opened.bundle == store.current
    assert opened.contents(range(26)) == list(catalogues.CONTENTS)
    assert kept(folder) == [store.current]
    assert counted() == {}


def test_a_bundle_that_is_asked_for_is_opened_whatever_is_current(
    store: FolderStore, folder: Path, counted: Counted
) -> None:
    assert open_best(store, folder, str(store.previous)).bundle == store.previous
    assert store.fetched == [store.previous]
    assert counted() == {}


def test_where_the_one_asked_for_is_bad_the_current_one_is_opened(
    store: FolderStore, folder: Path, counted: Counted
) -> None:
    store.failures[str(store.previous)] = BundleInvalid("there is no such object")

    assert open_best(store, folder, str(store.previous)).bundle == store.current
    assert counted() == {"CatalogueRefused": 1}


def test_what_was_fetched_is_not_fetched_again(store: FolderStore, folder: Path) -> None:
    open_best(store, folder)
    open_best(store, folder)

    assert store.fetched == [store.current]


def test_a_kept_bundle_that_was_damaged_is_fetched_again(store: FolderStore, folder: Path, counted: Counted) -> None:
    open_best(store, folder)
    (folder / store.current / "vectors.npy").unlink()

    assert open_best(store, folder).bundle == store.current
    assert store.fetched == [store.current] * 2
    assert kept(folder) == [store.current]
    assert counted() == {}


@pytest.mark.parametrize("name", ["vectors.npy", "manifest.json", "keyword/meta.json", "documents.jsonl"])
def test_where_the_current_bundle_is_damaged_the_one_before_it_is_opened(
    store: FolderStore, folder: Path, counted: Counted, name: str
) -> None:
    damage(store.bundles[store.current] / name)

    assert open_best(store, folder).bundle == store.previous
    assert counted() == {"CatalogueRefused": 1}
    assert kept(folder) == [store.previous]


def test_a_manifest_that_is_whole_and_another_than_the_pointer_names_is_refused(
    store: FolderStore, folder: Path, counted: Counted
) -> None:
    manifest = store.bundles[store.current] / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"count": 25}))

    assert open_best(store, folder).bundle == store.previous
    assert counted() == {"CatalogueRefused": 1}


def test_where_it_cannot_be_fetched_too(store: FolderStore, folder: Path, counted: Counted) -> None:
    store.failures[store.current] = BundleInvalid("s3://films/prod: bundles/…/ids.npy: there is no such object")

    assert open_best(store, folder).bundle == store.previous
    assert counted() == {"CatalogueRefused": 1}
    assert kept(folder) == [store.previous]


def test_where_both_are_bad_the_error_says_why_of_both(store: FolderStore, folder: Path, counted: Counted) -> None:
    damage(store.bundles[store.current] / "vectors.npy")
    store.failures[str(store.previous)] = BundleInvalid("there is no such object")

    with pytest.raises(BundleInvalid, match=r"vectors\.npy is damaged.*of the next one: there is no such object"):
        open_best(store, folder)
    assert counted() == {"CatalogueRefused": 2}
    assert kept(folder) == []


def test_where_there_is_none_before_it_the_error_is_the_current_ones(store: FolderStore, folder: Path) -> None:
    store.previous = None
    store.failures[store.current] = BundleInvalid("there is no such object")

    with pytest.raises(BundleInvalid, match=r"^there is no such object$"):
        open_best(store, folder)


def test_a_full_disk_is_an_error_that_names_the_limit(store: FolderStore, folder: Path) -> None:
    store.previous = None
    store.failures[store.current] = OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(BundleInvalid, match="no space left; Lambda's /tmp holds 512 MB"):
        open_best(store, folder)
    assert kept(folder) == []


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(BundleInvalid, match=f"can't be kept in {tmp_path / 'file'}: "):
        open_best(store, tmp_path / "file")


def test_a_folder_that_is_removed_meanwhile_is_an_error_and_not_taken_for_another_process(
    store: FolderStore, folder: Path
) -> None:
    store.while_fetching = lambda: shutil.rmtree(folder)

    with pytest.raises(BundleInvalid, match=r"is no index bundle: it has no manifest\.json"):
        open_best(store, folder)


def test_a_process_that_was_slower_than_another_takes_the_others_bundle(store: FolderStore, folder: Path) -> None:
    other = FolderStore(store.bundles, store.current, store.previous)
    store.while_fetching = lambda: open_best(other, folder)

    assert open_best(store, folder).bundle == store.current
    assert (store.fetched, other.fetched) == ([store.current], [store.current])
    assert kept(folder) == [store.current]


def test_a_bundle_taken_away_while_it_is_open_goes_on_being_read(store: FolderStore, folder: Path) -> None:
    opened = open_best(store, folder)
    damage(folder / store.current / "columns" / "years.npy")
    open_best(store, folder)

    assert opened.contents([0]) == [catalogues.CONTENTS[0]]
    assert opened.find_title("jaws") == catalogues.row_of("jaws-1975")
