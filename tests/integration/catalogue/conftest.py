"""An S3 bucket for each test, and bundles to publish in it."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from discovery.artefacts.folder import MANIFEST_FILE, artefact_id
from discovery.artefacts.followed import Followed
from discovery.artefacts.pointed import Pointed
from discovery.artefacts.pointer import Pointer
from discovery.artefacts.publisher import Publisher
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.published import BUNDLES, KEPT_SECONDS
from discovery.location import S3Prefix
from tests import catalogues
from tests.clock import StandingClock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_numbers = itertools.count()


class Shelf:
    """A prefix, and what a test does to it behind the back of whoever publishes and reads."""

    def __init__(self, client: "S3Client", location: S3Prefix) -> None:
        self.client = client
        self.location = location
        self.publisher = Publisher(client, location, BUNDLES)

    def publish(self, bundle: Path) -> str:
        published, _ = self.publisher.upload(bundle)
        self.publisher.switch_to(published)
        return published

    def pointer(self) -> Pointer:
        """What is current."""
        found = self.publisher.pointer.seen().pointer
        assert found is not None
        return found

    def key(self, bundle: Path, name: str = MANIFEST_FILE) -> str:
        return self.location.key(BUNDLES.file_name(artefact_id(bundle), name))

    def damage(self, bundle: Path, name: str) -> None:
        """Change a byte; the size stays."""
        content = bytearray((bundle / name).read_bytes())
        content[len(content) // 2] ^= 0x01
        self.client.put_object(Bucket=self.location.bucket, Key=self.key(bundle, name), Body=bytes(content))

    def remove(self, bundle: Path, name: str) -> None:
        self.client.delete_object(Bucket=self.location.bucket, Key=self.key(bundle, name))


@pytest.fixture
def shelf(s3: "S3Client") -> Shelf:
    """A prefix under which nothing is published."""
    bucket = f"films-{next(_numbers)}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})  # type: ignore[typeddict-item]  # whichever it is
    return Shelf(s3, S3Prefix(bucket, "prod"))


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of `catalogues.CONTENTS`."""
    return catalogues.build(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two other bundles, of one title each."""
    folder = tmp_path_factory.mktemp("others")
    for title in ("Jaws", "Alien"):
        build_bundle([Content(id=title.lower(), title=title)], catalogues.model(), folder / title)
    return folder / "Jaws", folder / "Alien"


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(1000.0)


@pytest.fixture
def followed(shelf: Shelf, tmp_path: Path, clock: StandingClock) -> Followed[Catalogue]:
    source = Pointed(shelf.location, tmp_path / "kept", BUNDLES)
    return Followed(source, poll_seconds=30, kept_seconds=KEPT_SECONDS, wall_clock=clock)


def kept(folder: Path) -> set[str]:
    """The bundles that a folder has."""
    return {found.name for found in folder.iterdir() if not found.name.startswith(".")}
