"""A real OpenSearch for the tests below, one for the session; without one all are skipped, and say why."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from opensearchpy import OpenSearch

from discovery.opensearch.connecting import for_builds
from discovery.settings.opensearch import OpenSearchSettings
from local.opensearch.assembly import OpenSearchMissing
from local.opensearch.node import opensearch


@pytest.fixture(scope="session")
def node() -> Iterator[str]:
    """URL of an OpenSearch."""
    try:
        with opensearch() as url:
            yield url
    except OpenSearchMissing as missing:
        pytest.skip(f"No OpenSearch here: {missing}")


@pytest.fixture
def alias() -> str:
    """A name of a catalogue that no other test has."""
    return f"films-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def client(node: str) -> Iterator[OpenSearch]:
    """The client of whoever builds."""
    with closing(for_builds(OpenSearchSettings(url=node))) as client:
        yield client
