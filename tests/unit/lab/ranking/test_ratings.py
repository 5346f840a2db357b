"""Ratings split in time."""

from lab.ranking.ratings import Rating, split


def likes(count: int) -> list[Rating]:
    return [Rating(day, f"liked-{day:02}", 4.0) for day in range(count)]


def test_the_last_fifth_of_the_likes_is_held_out() -> None:
    person = split("ana", likes(20))

    assert person is not None
    assert [rating.content_id for rating in person.known] == [f"liked-{day:02}" for day in range(16)]
    assert person.held_out == {"liked-16", "liked-17", "liked-18", "liked-19"}


def test_other_ratings_are_known_only_from_before_the_first_like_that_is_held_out() -> None:
    others = [Rating(15, "before", 1.0), Rating(16, "at-once", 1.0), Rating(30, "after", 3.5)]

    person = split("ana", [*likes(20), *others])

    assert person is not None
    assert {rating.content_id for rating in person.known} & {"before", "at-once", "after"} == {"before"}
    assert person.later == {"at-once": 1.0, "after": 3.5} | dict.fromkeys(person.held_out, 4.0)


def test_a_known_like_of_the_same_moment_as_one_held_out_stays_known() -> None:
    person = split("ana", [Rating(0, rating.content_id, 5.0) for rating in likes(20)])

    assert person is not None
    assert (len(person.known), len(person.held_out)) == (16, 4)


def test_whoever_likes_fewer_than_twenty_titles_is_not_measured() -> None:
    assert split("ana", [*likes(19), Rating(50, "met", 3.5)]) is None


def test_a_newcomer_has_the_first_events_only() -> None:
    person = split("ana", likes(20))

    assert person is not None
    assert [len(person.history(first)) for first in (0, 10, None)] == [0, 10, 16]
