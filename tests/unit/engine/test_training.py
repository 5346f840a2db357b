"""Weights, popularity and content, against definitions and figures computed by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from discovery.catalogue.content import Content
from sona.history import History
from sona.model.titles import Titles
from sona.training.content import content_vectors, genre_vectors
from sona.training.ease import ease
from sona.training.evaluation import split
from sona.training.gram import Gram
from sona.training.interactions import Interactions
from sona.training.popularity import popularity
from sona.training.ridge import local_ridge
from sona.training.weights import item_weights
from tests.unit.engine.small import watched


def random_matrix(people: int, titles: int) -> csr_array:
    generator = np.random.default_rng(1)
    return csr_array(np.where(generator.random((people, titles)) < 0.4, generator.random((people, titles)), 0))


def column_by_definition(matrix: csr_array, title: int, regularization: float) -> np.ndarray:
    """The ridge regression of a title on all others, solved as such."""
    dense = matrix.toarray()
    others = [other for other in range(dense.shape[1]) if other != title]
    beside = dense[:, others]
    solved = np.linalg.solve(beside.T @ beside + regularization * np.eye(len(others)), beside.T @ dense[:, title])
    column = np.zeros(dense.shape[1])
    column[others] = solved
    return column


@pytest.mark.parametrize(("people", "titles"), [(30, 8), (6, 12)])
def test_each_column_of_ease_is_the_ridge_regression_of_its_title_on_all_others(people: int, titles: int) -> None:
    matrix = random_matrix(people, titles)
    weights = ease(matrix, 2.0)

    for title in range(titles):
        assert weights[:, title] == pytest.approx(column_by_definition(matrix, title, 2.0))


def test_the_local_ridge_is_ease_where_every_title_is_a_neighbour() -> None:
    matrix = random_matrix(40, 7)
    rows, weights = local_ridge(matrix, 2.0, 6)
    found = np.zeros((7, 7))
    for title in range(7):
        found[rows[title], title] = weights[title]

    assert found == pytest.approx(ease(matrix, 2.0))


def test_the_local_ridge_is_the_same_every_time_though_neighbours_are_found_on_several_threads() -> None:
    matrix = random_matrix(200, 300)
    (rows, weights), (same_rows, same_weights) = (local_ridge(matrix, 2.0, 20) for _ in range(2))

    assert rows.tobytes() == same_rows.tobytes()
    assert weights.tobytes() == same_weights.tobytes()


@pytest.mark.parametrize("popular", [0, 3, 12])
def test_the_sums_of_titles_are_those_of_the_whole_matrix_whatever_is_popular(popular: int) -> None:
    matrix = random_matrix(20, 12)
    titles = np.array([7, 0, 11, 3])

    whole = (matrix.T @ matrix).toarray()
    assert Gram(matrix, popular).among(titles) == pytest.approx(whole[np.ix_(titles, titles)])


def test_a_title_without_neighbours_has_none() -> None:
    matrix = csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    rows, weights = local_ridge(matrix, 1.0, 2)

    assert rows[2].tolist() == [-1, -1]
    assert weights[2].tolist() == [0, 0]


def test_only_titles_that_were_met_have_weights_and_rows_are_those_of_all_titles() -> None:
    matrix = csr_array(np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]]))
    found = item_weights(matrix, 1.0)

    assert found.place.tolist() == [-1, 0, -1, 1]
    assert found.neighbours.tolist() == [[3], [1]]
    assert found.weights[:, 0].tolist() == pytest.approx([2 / 3, 2 / 3], rel=1e-3)  # 2 / (2 + λ)
    assert found.solver == "ease"


def test_nobody_met_anything_and_there_are_no_weights() -> None:
    found = item_weights(csr_array((0, 3)), 1.0)

    assert found.place.tolist() == [-1, -1, -1]
    assert len(found.neighbours) == len(found.weights) == 0


def interactions(*histories: History) -> Interactions:
    return Interactions.of(histories, Titles.of(["alien", "heat"]))


def test_interactions_leave_out_unknown_titles_and_people_without_any() -> None:
    found = interactions(History.of([watched("unknown")]), History.of([watched("alien"), watched("unknown")]))

    assert (found.count, len(found), found.liking.tolist()) == (1, 1, [1.0])
    assert found.matrix().toarray().sum() == 1.0


def test_popularity_is_the_log_of_faded_likings_over_that_of_a_hundred() -> None:
    found = interactions(*[History.of([watched("heat", 31)])] * 3)
    first, table = popularity(found)

    middle = (30 + 1) / 365.2425  # the moment of the events, in years since the first of January, about
    expected = np.log1p(3 * 0.5 ** (abs(middle - 0.5) / 2)) / np.log1p(100)
    assert first == 2026
    heat = int(Titles.of(["alien", "heat"]).catalogue_rows.tolist().index(1))
    assert table[0, heat] == pytest.approx(expected, rel=5e-3)
    assert table[0, 1 - heat] == 0


def test_popularity_of_nothing_is_a_year_of_zeros() -> None:
    assert popularity(interactions())[1].tolist() == [[0, 0]]


def test_content_is_about_its_mean_and_of_length_127() -> None:
    vectors = np.zeros((2, 256), dtype=np.float32)
    vectors[0, :2], vectors[1, :2] = [0.6, 0.8], [0.6, -0.8]

    assert content_vectors(vectors)[:, :2].tolist() == [[0, 127], [0, -127]]


def test_a_genre_is_the_mean_of_its_titles() -> None:
    contents = [Content(id=i, title=i, overview="", genres=genres) for i, genres in (("a", ["X"]), ("b", ["X", "Y"]))]
    genres, vectors = genre_vectors(contents, np.array([[127, 0], [0, 127]], dtype=np.int8))

    assert genres == ["X", "Y"]
    assert vectors.tolist() == [[90, 90], [0, 127]]


def test_a_person_is_split_at_the_first_of_their_last_likes() -> None:
    likes = [watched(f"t{day}", day) for day in range(1, 26)]
    history = History.of([*likes, watched("disliked-early", 2, rating=1), watched("disliked-late", 30, rating=1)])
    few = History.of(likes[:19])
    cases = split([few, history], lambda one: one.stars >= 4, 500, seed=0)

    assert list(cases) == [1]
    assert len(cases[1].held_out) == 5
    assert len(cases[1].known) == 20 + 1
    assert not np.isin(cases[1].held_out, cases[1].known.keys).any()


def test_no_more_people_than_wanted_are_held_out_and_the_seed_says_whom() -> None:
    histories = [History.of([watched(f"t{day}", day) for day in range(1, 26)])] * 9

    drawn = split(histories, lambda one: one.stars >= 4, 3, seed=5)
    assert len(drawn) == 3
    assert list(drawn) == list(split(histories, lambda one: one.stars >= 4, 3, seed=5))
