"""What is current is followed through builds and rollbacks, and the version before is held for a while."""

import pytest
from opensearchpy import OpenSearch

from discovery.artefacts.followed import Followed
from discovery.errors import IndexUnavailable
from discovery.opensearch.about import About
from discovery.opensearch.connecting import for_polls
from discovery.opensearch.current import CurrentVersion, ToldVersion
from discovery.opensearch.publication import Publication
from discovery.opensearch.versions import KEPT_SECONDS, Version
from discovery.settings.opensearch import OpenSearchSettings
from tests.catalogues import CONTENTS, model
from tests.clock import StandingClock

Versions = Followed[tuple[str, About], ToldVersion]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(1000.0)


@pytest.fixture
def followed(node: str, alias: str, clock: StandingClock) -> Versions:
    source = CurrentVersion(lambda: for_polls(OpenSearchSettings(url=node)), alias, lambda index, about: (index, about))
    return Followed(source, poll_seconds=30, kept_seconds=KEPT_SECONDS, wall_clock=clock)


def build(client: OpenSearch, alias: str, size: int) -> Version:
    version = Publication(client, alias).build(CONTENTS[:size], model())
    assert version is not None
    return version


def test_what_is_built_and_what_is_returned_to_is_followed(client: OpenSearch, alias: str, followed: Versions) -> None:
    first = build(client, alias, 10)
    assert followed.current() == (first.index, About.of(first.told, first.index))

    second = build(client, alias, 20)
    assert followed.current()[0] == first.index
    assert followed.poll()[0] == second.index
    assert followed.held(first.id) == (first.index, About.of(first.told, first.index))

    Publication(client, alias).roll_back()
    assert followed.poll()[0] == first.index
    assert [index for index, _ in followed.all_held()] == [first.index, second.index]


def test_before_the_first_build_there_is_nothing_and_afterwards_there_is(
    client: OpenSearch, alias: str, followed: Versions
) -> None:
    with pytest.raises(IndexUnavailable, match="failed"):
        followed.current()

    version = build(client, alias, 10)

    assert followed.current()[0] == version.index


def test_a_version_of_another_format_is_not_used(client: OpenSearch, alias: str, followed: Versions) -> None:
    first = build(client, alias, 10)
    followed.current()
    second = build(client, alias, 20)
    client.indices.put_mapping(index=second.index, body={"_meta": {**second.told, "format_version": 99}})

    assert followed.poll()[0] == first.index
    assert followed.held(second.id) is None
