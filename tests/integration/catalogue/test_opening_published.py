"""Opening a published catalogue from a real S3 API: what is fetched, what is kept, and what a reader never sees."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from discovery.api.auth import Caller
from discovery.api.requests import SearchRequest
from discovery.artefacts.folder import artefact_id
from discovery.artefacts.opening import open_best
from discovery.artefacts.store import Store, s3_client
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.content import Content
from discovery.catalogue.published import BUNDLES, open_published
from discovery.composition.search import search_service
from discovery.errors import BundleInvalid
from discovery.location import S3Prefix
from discovery.settings.settings import Settings
from tests import catalogues
from tests.conftest import Counted
from tests.integration.catalogue.conftest import Shelf

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Requests:
    """What a client asks of S3."""

    def __init__(self, client: "S3Client") -> None:
        self.made: list[tuple[str, str]] = []
        client.meta.events.register("before-call.s3", self._note)

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        self.made.append((model.name, params["headers"].get("Range", "")))


@pytest.fixture
def reader(aws: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    """The client that a function makes."""
    with closing(s3_client()) as client:
        yield client


def test_a_published_catalogue_is_searched_and_named_by_health(
    shelf: Shelf, films: Path, tmp_path: Path, valkey_url: str
) -> None:
    published = shelf.publish(films)
    settings = {
        "catalogue": {"path": str(shelf.location), "folder": tmp_path},
        "cache": {"url": valkey_url},
        "privacy": {"user_key": "key"},
    }

    service = search_service(Settings.model_validate(settings))
    found = service.search(SearchRequest(query="a shark off a beach"), Caller())
    health = service.health()
    service.close()

    assert found.results[0].content.id == "jaws-1975"
    assert health.catalogue["bundle"] == published == artefact_id(films)


def test_an_environment_keeps_no_connection_and_no_thread_of_it(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    """A snapshot may be taken right after it; an unclosed socket would be a warning, and so a failure."""
    shelf.publish(films)
    before = set(threading.enumerate())

    open_published(shelf.location, tmp_path)

    assert set(threading.enumerate()) <= before


def test_without_a_folder_the_systems_temporary_one_is_taken(
    shelf: Shelf, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    published = shelf.publish(films)

    open_published(shelf.location, None)

    assert (tmp_path / "discovery-catalogues" / published / "manifest.json").exists()


def test_a_second_opening_asks_for_the_pointer_alone(
    shelf: Shelf, films: Path, tmp_path: Path, reader: "S3Client"
) -> None:
    shelf.publish(films)
    open_best(Store(reader, shelf.location, BUNDLES), tmp_path)
    requests = Requests(reader)

    open_best(Store(reader, shelf.location, BUNDLES), tmp_path)

    assert requests.made == [("GetObject", "")]


def test_a_large_file_is_fetched_in_parts_of_8_megabytes(shelf: Shelf, tmp_path: Path, reader: "S3Client") -> None:
    tokens = np.random.default_rng(1).random((300_000, 32), dtype=np.float32).astype(np.float16)  # 19.2 MB
    build_bundle([Content(id="a", title="A")], replace(catalogues.model(), tokens=tokens), tmp_path / "large")
    published = shelf.publish(tmp_path / "large")
    requests = Requests(reader)

    opened = open_best(Store(reader, shelf.location, BUNDLES), tmp_path / "kept")

    assert opened.bundle == published
    ranges = sorted(asked for _, asked in requests.made if asked)
    assert ranges == ["bytes=0-8388607", "bytes=16777216-", "bytes=8388608-16777215"]


@pytest.mark.parametrize("name", ["vectors.npy", "documents.jsonl", "manifest.json"])
def test_where_an_object_is_damaged_the_bundle_before_is_opened(
    shelf: Shelf, films: Path, others: tuple[Path, Path], counted: Counted, name: str, *, tmp_path: Path
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)
    shelf.damage(films, name)

    assert open_published(shelf.location, tmp_path).ids == ["jaws"]
    assert counted() == {"CatalogueRefused": 1}


def test_where_an_object_is_missing_too(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path, counted: Counted
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)
    shelf.remove(films, "ids.npy")

    assert open_published(shelf.location, tmp_path).ids == ["jaws"]
    assert counted() == {"CatalogueRefused": 1}


def test_another_format_version_is_refused_before_the_rest_of_the_bundle_is_fetched(
    shelf: Shelf, films: Path, tmp_path: Path, reader: "S3Client"
) -> None:
    shelf.publish(films)
    shelf.client.put_object(Bucket=shelf.location.bucket, Key=shelf.key(films), Body=b'{"format_version": 99}')
    requests = Requests(reader)

    with pytest.raises(BundleInvalid, match=r"manifest\.json has format version 99, .*discovery catalogue build"):
        open_best(Store(reader, shelf.location, BUNDLES), tmp_path)
    assert [operation for operation, _ in requests.made] == ["GetObject", "HeadObject", "GetObject"]


def test_where_both_are_bad_the_error_names_both_reasons(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path, counted: Counted
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)
    shelf.remove(others[0], "ids.npy")
    shelf.damage(films, "vectors.npy")

    with pytest.raises(
        BundleInvalid, match=r"vectors\.npy is damaged.* of the next one: .*ids\.npy: there is no such object"
    ):
        open_published(shelf.location, tmp_path)
    assert counted() == {"CatalogueRefused": 2}
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_published_the_error_names_the_pointer(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=rf"{shelf.location}: current\.json: there is no such object"):
        open_published(shelf.location, tmp_path)


def test_a_pointer_that_cannot_be_read_is_an_error_that_says_where(shelf: Shelf, tmp_path: Path) -> None:
    shelf.client.put_object(Bucket=shelf.location.bucket, Key="prod/current.json", Body=b"{}")

    with pytest.raises(BundleInvalid, match=rf"{shelf.location}: current\.json can't be read"):
        open_published(shelf.location, tmp_path)


def test_a_bucket_that_is_not_there_is_an_error_that_says_so(aws: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=r"s3://nobodys-films/prod: current\.json: NoSuchBucket"):
        open_published(S3Prefix("nobodys-films", "prod"), tmp_path)


def test_an_s3_that_cannot_be_reached_is_an_error_before_the_init_phase_is_over(
    aws: pytest.MonkeyPatch, tmp_path: Path, unused_tcp_port: int
) -> None:
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_tcp_port}")
    began = time.monotonic()

    with pytest.raises(BundleInvalid, match=r"s3://films/prod: current\.json: Could not connect"):
        open_published(S3Prefix("films", "prod"), tmp_path)
    assert time.monotonic() - began < 9


def test_readers_in_one_folder_at_once_all_open_it(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    published = shelf.publish(films)

    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_published(shelf.location, tmp_path), range(6)))

    assert [catalogue.bundle for catalogue in opened] == [published] * 6
    assert [path.name for path in tmp_path.iterdir()] == [published]


def test_readers_while_it_is_published_over_and_over_see_whole_bundles_only(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path, counted: Counted
) -> None:
    bundles = [films, *others]
    shelf.publish(films)
    stop = threading.Event()

    def read(reader: int) -> list[str]:
        opened: list[str] = []
        while not stop.is_set():
            folder = tmp_path / f"{reader}-{len(opened)}"
            opened.append(open_published(shelf.location, folder).bundle)
        return opened

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read, reader) for reader in range(2)]
        for turn in range(1, 4):
            shelf.publish(bundles[turn % 3])
        stop.set()
        opened = [bundle for reader in readers for bundle in reader.result()]

    assert set(opened) <= {artefact_id(bundle) for bundle in bundles}
    assert len(opened) >= 2
    assert counted() == {}


def test_what_is_damaged_never_gets_its_place_in_the_folder(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    shelf.publish(films)
    shelf.damage(films, "vectors.npy")

    with pytest.raises(BundleInvalid, match=r"vectors\.npy is damaged, its checksum"):
        open_published(shelf.location, tmp_path)

    assert list(tmp_path.iterdir()) == []
