"""What is looked up, and for how long it is remembered."""

from typing import Any

import pytest

from discovery.errors import IndexUnavailable
from discovery.opensearch.engine import Body
from discovery.retrieval.opensearch.lookups import Lookups
from tests.unit.retrieval.opensearch.engines import Client, engine_of


def respond(search: Body) -> dict[str, Any]:
    query = search["query"]
    if "match_all" in query:
        return {"hits": {"total": {"value": 26}}}
    if "match" in query:
        return {"hits": {"total": {"value": {"shark": 3}.get(query["match"]["anywhere"]["query"], 0)}}}
    if search["docvalue_fields"] == ["kind", "name"]:
        return {"hits": {"hits": [{"fields": {"kind": ["person"], "name": ["al pacino"]}}]}}
    titles = [("new", "Heat", "heat"), ("old", "The Heat", "heat")]
    hits = [
        {"fields": {"id": [one], "title_key": [key]}, "_source": {"content": {"title": title}}}
        for one, title, key in titles
    ]
    return {"hits": {"hits": hits}}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def client() -> Client:
    return Client(respond)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lookups(client: Client, clock: Clock) -> Lookups:
    return Lookups(engine_of(client), "titles", "names", clock=clock)


async def test_words_names_and_titles_are_looked_up_in_one_request(lookups: Lookups, client: Client) -> None:
    found = await lookups.look_up(words=["shark", "zzqx"], names=["al pacino", "jaws shark"], titles=["The Heat", "!"])

    assert len(client.requests) == 1
    assert (found.documents, found.count("shark"), found.count("zzqx")) == (26, 3, 0)
    assert found.has_name("person", "al pacino")
    assert not found.has_name("keyword", "al pacino")
    assert not found.has_name("person", "jaws shark")


async def test_of_several_titles_of_a_name_the_first_is_meant(lookups: Lookups) -> None:
    title = (await lookups.look_up(titles=["HEAT"])).title("heat")

    assert title is not None
    assert title.id == "new"


async def test_what_was_looked_up_a_moment_ago_is_remembered_and_no_longer(
    lookups: Lookups, client: Client, clock: Clock
) -> None:
    await lookups.look_up(words=["shark"])
    clock.now += 0.4
    await lookups.look_up(words=["shark", "zzqx"])
    assert [len(request) for request in client.requests] == [2, 1]

    clock.now += 0.2
    await lookups.look_up(words=["shark"])
    assert [len(request) for request in client.requests] == [2, 1, 2]


async def test_an_answer_in_part_is_not_remembered(clock: Clock) -> None:
    client = Client(lambda search: respond(search) | {"timed_out": "match" in search["query"]})
    lookups = Lookups(engine_of(client), "titles", "names", clock=clock)

    await lookups.look_up(words=["shark"])
    await lookups.look_up(words=["shark"])

    assert len(client.requests) == 2


async def test_without_an_answer_that_is_told(clock: Clock) -> None:
    with pytest.raises(IndexUnavailable):
        await Lookups(engine_of(Client(None)), "titles", "names", clock=clock).look_up(words=["shark"])
