"""What unit tests share: no network, and one opened catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

from discovery.catalogue.bundle import Catalogue
from tests import catalogues


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)  # asyncio's loop wakes itself through a pair of them
    yield
    enable_socket()


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of `catalogues.CONTENTS`; read it, don't change it."""
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="session")
def catalogue(bundle: Path) -> Iterator[Catalogue]:
    """That bundle, open."""
    with catalogues.opened(bundle) as opened:
        yield opened
