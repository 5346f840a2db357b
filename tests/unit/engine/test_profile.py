"""SONA's profile and scores, against figures computed by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from discovery.catalogue.content import Content
from sona import scoring
from sona.demo import demo_users, histories
from sona.engine import COMPONENTS, Engine
from sona.features import Features, Traits, centred
from sona.profile import Preferences, Viewing, event_weight, preferences_of, profile_vector

DAY = 86_400.0
EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]
VECTORS = np.array([EAST, NORTH, WEST], dtype=np.float32)


def viewing(row: int = 0, *, days_ago: float = 0, completion: float = 1, rating: float | None = None) -> Viewing:
    return Viewing(row=row, at=1000 * DAY - days_ago * DAY, completion_rate=completion, rating=rating)


def preferences(**by_row: float) -> Preferences:
    values = np.array(list(by_row.values()))
    return Preferences(np.array([int(name[1:]) for name in by_row]), values, values)


@pytest.mark.parametrize(
    ("completion", "rating", "is_rewatch", "dismissed", "expected"),
    [
        (1.0, None, False, False, 1.0),
        (0.65, None, False, False, 0.5),
        (0.3, None, False, False, 0.0),
        (0.0, None, False, False, -0.5),
        (1.0, 3, False, False, 0.4),
        (1.0, 1, False, False, -0.2),
        (0.65, None, True, False, 0.75),
        (1.0, 5, True, False, 1.0),
        (1.0, 5, True, True, -1.0),
    ],
)
def test_an_events_weight_is_that_of_the_formula(
    completion: float, rating: float | None, is_rewatch: bool, dismissed: bool, expected: float
) -> None:
    event = Viewing(0, 0.0, completion, rating, is_rewatch, dismissed)

    assert event_weight(event) == pytest.approx(expected)


def test_a_weight_halves_every_thirty_days_before_the_newest_event() -> None:
    given = preferences_of([viewing(2, days_ago=60), viewing(0), viewing(1, days_ago=30)])

    assert given.rows.tolist() == [0, 1, 2]
    assert given.faded == pytest.approx([1.0, 0.5, 0.25])
    assert given.latest == pytest.approx([1.0, 1.0, 1.0])


def test_a_title_seen_again_sums_up_and_its_last_event_has_the_last_word() -> None:
    given = preferences_of([viewing(days_ago=30), viewing(completion=0)])

    assert given.faded == pytest.approx([0.5 - 0.5])
    assert given.latest == pytest.approx([-0.5])


def test_nothing_is_preferred_beyond_one() -> None:
    assert preferences_of([viewing(), viewing(days_ago=1)]).faded.tolist() == [1.0]


def test_a_profile_is_the_weighted_sum_of_vectors_at_length_one() -> None:
    profile = profile_vector(preferences(r0=0.6, r1=0.8), VECTORS)

    assert profile == pytest.approx([0.6, 0.8])


def test_a_disliked_title_pushes_the_profile_away() -> None:
    assert profile_vector(preferences(r2=-1.0), VECTORS) == pytest.approx(EAST)


def test_centring_takes_out_what_all_vectors_share() -> None:
    vectors = np.array([[0.8, 0.6], [0.8, -0.6]], dtype=np.float32)

    assert centred(vectors) == pytest.approx(np.array([NORTH, [0.0, -1.0]]))


def test_contrast_is_the_logistic_function_of_z_scores() -> None:
    assert scoring.contrast(np.array([1.0, 2.0, 3.0])) == pytest.approx(
        [1 / (1 + math.exp(math.sqrt(1.5))), 0.5, 1 / (1 + math.exp(-math.sqrt(1.5)))]
    )


def test_values_that_are_all_equal_are_all_neutral() -> None:
    assert scoring.contrast(np.full(3, 0.7)).tolist() == [0.5, 0.5, 0.5]


def test_content_is_scored_by_its_cosine_with_the_profile() -> None:
    scores = scoring.content_based(VECTORS[0], VECTORS)

    assert scores[0] > scores[1] == 0.5 > scores[2]


def test_an_unmet_title_is_liked_as_its_nearest_met_one_times_their_cosine() -> None:
    vectors = np.array([EAST, NORTH, [0.8, 0.6]], dtype=np.float32)

    assert scoring.liking(preferences(r0=0.5, r1=-1.0), vectors) == pytest.approx([0.5, -1.0, 0.4])


def test_similar_users_are_followed_and_opposed_ones_are_not() -> None:
    likings = np.array([-1.0, 0.0, 1.0])
    alike, opposed = (VECTORS[0], likings), (VECTORS[2], -likings)

    followed = scoring.collaborative(VECTORS[0], [alike, opposed], 3)

    trust = 1 / (1 + scoring.SIMILARITY_PRIOR)
    assert followed == pytest.approx(0.5 + trust * (scoring.contrast(likings) - 0.5))


def test_without_neighbours_the_collaborative_score_is_neutral() -> None:
    assert scoring.collaborative(VECTORS[0], [], 2).tolist() == [0.5, 0.5]


def test_titles_that_share_genres_and_people_with_liked_ones_score_higher() -> None:
    contents = [
        Content(id="liked", title="Liked", genres=("Horror",), cast=("Ada",)),
        Content(id="both", title="Both", genres=("horror",), cast=("Ada",)),
        Content(id="genre", title="Genre", genres=("Horror",), cast=("Bo",)),
        Content(id="half", title="Half", genres=("Horror", "Comedy")),
        Content(id="none", title="None", genres=("Comedy",)),
    ]

    scores = scoring.graph_based(preferences(r0=1.0), Traits.of(contents), len(contents))

    # Shares: 1.25/1.25, 1.25/1.25, 1/1.25, 1/2, 0/1.
    assert scores == pytest.approx(scoring.contrast(np.array([1.0, 1.0, 0.8, 0.5, 0.0])))


def test_a_liked_decade_spills_over_into_its_neighbours_by_half() -> None:
    decades = np.array([198, 197, 199, 196, -1])

    assert scoring.context(preferences(r0=1.0), decades).tolist() == [1.0, 0.75, 0.75, 0.5, 0.5]


def test_without_dated_evidence_no_decade_counts() -> None:
    assert scoring.context(preferences(r1=1.0), np.array([198, -1])).tolist() == [0.5, 0.5]


def test_only_titles_with_evidence_of_their_own_are_boosted() -> None:
    assert scoring.lora_boost(preferences(r0=1.0, r2=-1.0), 3).tolist() == [1.0, 0.5, 0.0]


def test_the_score_is_the_weighted_sum_of_its_components() -> None:
    components = {"collaborative": 0.1, "content_based": 0.2, "graph_based": 0.3, "context": 0.4, "lora_boost": 0.5}

    score = scoring.combine({name: np.array([value]) for name, value in components.items()})

    assert score.tolist() == pytest.approx([0.025 + 0.08 + 0.06 + 0.04 + 0.025])


def engine() -> Engine:
    contents = [
        Content(id=f"c{row}", title=f"Title {row}", release_year=1980 + row, genres=(genre,))
        for row, genre in enumerate(["Horror", "Horror", "Comedy", "Comedy"])
    ]
    vectors = np.array([EAST, [0.8, 0.6], WEST, [-0.8, 0.6]], dtype=np.float32)
    return Engine(Features.of([content.id for content in contents], vectors, contents))


def test_a_user_without_history_has_no_scores() -> None:
    assert engine().scores("nobody", [0]) is None


def test_what_resembles_the_liked_scores_above_what_resembles_the_disliked() -> None:
    given = engine()
    version = given.update("ana", [viewing(0, rating=5), viewing(2, completion=0, rating=1)])

    scores = given.scores("ana", [0, 1, 2, 3])

    assert version == 1
    assert scores is not None
    totals = [score for score, *_ in scores]
    assert min(totals[:2]) > 0.5 > max(totals[2:])
    assert all(0 <= value <= 1 for row in scores for value in row)
    assert all(len(row) == 1 + len(COMPONENTS) for row in scores)


def test_an_event_sent_twice_counts_once() -> None:
    once, twice = engine(), engine()
    events = [viewing(0, completion=0.6), viewing(3, days_ago=5, completion=0.4)]
    once.update("ana", events)
    twice.update("ana", events)
    twice.update("ana", events)

    assert once.scores("ana", [0, 1, 2, 3]) == twice.scores("ana", [0, 1, 2, 3])
    assert twice.version("ana") == 2


def test_another_users_viewing_reaches_a_user_at_their_own_next_event() -> None:
    given = engine()
    given.load({"ana": [viewing(0)], "ben": [viewing(0), viewing(3, completion=0)]})
    before = given.scores("ana", [3])
    given.update("ben", [viewing(3, rating=5)])

    assert given.scores("ana", [3]) == before
    given.update("ana", [viewing(0)])
    assert given.scores("ana", [3]) != before


def test_demo_events_are_found_by_id_or_by_title_and_year() -> None:
    users = demo_users()
    wanted = users[0].events
    contents = [
        Content(id=wanted[0].content_id, title="Under another title", release_year=1900),
        Content(id="tt1", title=f"  {wanted[1].title.upper()}", release_year=wanted[1].year),
        Content(id="tt2", title=wanted[2].title, release_year=wanted[2].year + 1),
    ]

    assert [viewing.row for viewing in histories(users[:1], contents)[users[0].id]] == [0, 1]


def test_demo_users_are_five_and_each_has_a_history_in_order() -> None:
    users = demo_users()

    assert len({user.id for user in users}) == len({user.taste for user in users}) == 5
    for user in users:
        assert 15 <= len(user.events) <= 25
        assert all(newer.days_ago <= older.days_ago for newer, older in pairwise(user.events))
