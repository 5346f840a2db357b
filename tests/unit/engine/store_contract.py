"""What every store must do: a test class inherits from `StoreContract` and has a fixture `store`."""

import itertools
import random
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discovery.sona.contract import ViewingEvent
from sona.history import EMPTY, History, title_key
from sona.profile import NOBODY, Profile
from sona.store.port import ProfileStore

THREADS, UPDATES = 8, 5
FEW = settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
"""A store may be on a network; the pure part has more examples in test_history.py."""

EVENTS = st.builds(
    ViewingEvent,
    content_id=st.sampled_from(["alien", "brazil", "cabaret", "dune"]),
    timestamp=st.integers(1_700_000_000, 1_700_000_003).map(lambda at: datetime.fromtimestamp(at, UTC)),
    completion_rate=st.floats(0, 1),
    rating=st.none() | st.integers(1, 10).map(lambda half_stars: half_stars / 2),
    is_rewatch=st.booleans(),
    dismissed=st.booleans(),
)


def watched(content_id: str, at: int = 1_700_000_000) -> ViewingEvent:
    return ViewingEvent(content_id=content_id, timestamp=datetime.fromtimestamp(at, UTC), completion_rate=1.0)


def history(*content_ids: str) -> History:
    return History.of(map(watched, content_ids))


def update(store: ProfileStore, user: str, events: Iterable[ViewingEvent]) -> Profile:
    """What an engine does: read, merge, write, and all of it again where somebody wrote meanwhile."""
    new = History.of(events)
    while True:
        before = store.read(user)
        after = before.merged(new, None)
        if after is before or store.write(user, after):
            return after


def somebody() -> str:
    """The hash of a user id that no other test has."""
    return uuid.uuid4().hex


class StoreContract:
    """The tests of the port."""

    def test_who_was_never_written_is_nobody(self, store: ProfileStore) -> None:
        assert store.read(somebody()) == NOBODY

    def test_what_is_written_is_read_as_it_was(self, store: ProfileStore) -> None:
        user, profile = somebody(), Profile(1, history("alien", "dune"), ("Western", "Film Noir", "Ciné-club"))

        assert store.write(user, profile)

        assert store.read(user) == profile

    def test_genres_alone_make_a_profile(self, store: ProfileStore) -> None:
        user, profile = somebody(), Profile(1, EMPTY, ("Western",))

        assert store.write(user, profile)

        assert store.read(user) == profile

    def test_a_profile_takes_the_place_of_the_version_before(self, store: ProfileStore) -> None:
        user = somebody()
        store.write(user, Profile(1, history("alien")))

        assert store.write(user, Profile(2, history("alien", "dune")))

        assert store.read(user) == Profile(2, history("alien", "dune"))

    def test_a_profile_of_any_other_version_is_refused(self, store: ProfileStore) -> None:
        user, kept = somebody(), Profile(2, history("alien", "dune"))
        store.write(user, Profile(1, history("alien")))
        store.write(user, kept)

        assert not any(store.write(user, Profile(version, history("brazil"))) for version in (1, 2, 4))

        assert store.read(user) == kept

    def test_a_later_version_of_nobody_is_refused(self, store: ProfileStore) -> None:
        user = somebody()

        assert not store.write(user, Profile(2, history("alien")))

        assert store.read(user) == NOBODY

    def test_who_is_erased_is_nobody_and_can_come_back(self, store: ProfileStore) -> None:
        user, other = somebody(), somebody()
        for one in (user, other):
            update(store, one, [watched("alien")])

        assert store.erase(user)

        assert store.read(user) == NOBODY
        assert store.read(other).version == 1
        assert not store.erase(user), "nothing is left to forget"
        assert update(store, user, [watched("dune")]) == Profile(1, history("dune"))

    def test_an_update_that_read_before_an_erasure_is_refused_after_it(self, store: ProfileStore) -> None:
        user = somebody()
        before = update(store, user, [watched("alien")])
        store.erase(user)

        assert not store.write(user, before.merged(history("dune"), None))

        assert store.read(user) == NOBODY

    def test_everybody_is_all_that_are_kept(self, store: ProfileStore) -> None:
        users = {somebody(): Profile(1, history(f"title {number}")) for number in range(5)}
        for user, profile in users.items():
            store.write(user, profile)
        store.erase(gone := next(iter(users)))

        found = dict(store.everybody())

        assert gone not in found
        assert {user: found[user] for user in users if user != gone} == {
            user: profile for user, profile in users.items() if user != gone
        }

    def test_threads_that_update_one_person_at_once_lose_nothing(self, store: ProfileStore) -> None:
        user = somebody()

        def watch(thread: int) -> None:
            for number in range(UPDATES):
                update(store, user, [watched(f"{thread}/{number}")])

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(watch, range(THREADS)))

        kept = store.read(user)
        titles = itertools.product(range(THREADS), range(UPDATES))
        assert set(kept.history.keys.tolist()) == {title_key(f"{thread}/{number}") for thread, number in titles}
        assert kept.version == THREADS * UPDATES, "one update, one version"

    @FEW
    @given(st.lists(EVENTS, min_size=1, max_size=8), st.randoms(use_true_random=False))
    def test_events_twice_and_in_any_order_leave_the_same_bytes(
        self, store: ProfileStore, events: list[ViewingEvent], chance: random.Random
    ) -> None:
        once, shuffled = somebody(), somebody()
        again = chance.sample(events * 2, k=2 * len(events))
        cut = chance.randrange(len(again))

        update(store, once, events)
        for some in (again[:cut], again[cut:]):
            update(store, shuffled, some)

        assert store.read(once).history.encode() == store.read(shuffled).history.encode()
