"""Team-draft multileaving: drafts by hand, and what holds for any rankings."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import batched, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.experiments.multileaving import Draft, draft


def rankings(total: int = 30, names: str = "abcde") -> st.SearchStrategy[dict[str, list[int]]]:
    def of(size: int) -> st.SearchStrategy[dict[str, list[int]]]:
        return st.dictionaries(st.sampled_from(names), st.permutations(range(size)), min_size=1)

    return st.integers(0, total).flatmap(of)


@given(rankings(), st.binary())
def test_every_result_is_chosen_once_by_somebody_in_the_draft(of: dict[str, list[int]], seed: bytes) -> None:
    drafted = draft(of, seed)

    assert sorted(drafted.order) == sorted(next(iter(of.values())))
    assert len(drafted.teams) == len(drafted.order)
    assert set(drafted.teams) <= set(of)


@given(rankings(), st.binary())
def test_each_chooses_the_best_of_its_own_that_is_left(of: dict[str, list[int]], seed: bytes) -> None:
    drafted = draft(of, seed)

    for rank, (result, team) in enumerate(zip(drafted.order, drafted.teams, strict=True)):
        left = [one for one in of[team] if one not in drafted.order[:rank]]
        assert result == left[0]


@given(rankings(), st.binary())
def test_each_chooses_once_in_every_round(of: dict[str, list[int]], seed: bytes) -> None:
    rounds = list(batched(draft(of, seed).teams, len(of), strict=False))

    assert all(sorted(one) == sorted(of) for one in rounds[:-1])
    assert all(len(set(one)) == len(one) for one in rounds)


@given(rankings(), st.binary())
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_rankings(of: dict[str, list[int]], seed: bytes) -> None:
    assert draft(of, seed) == draft(dict(reversed(of.items())), seed)


def test_of_one_ranking_the_draft_is_that_ranking() -> None:
    drafted = draft({"a": [2, 0, 1]}, b"")

    assert (drafted.order, drafted.teams) == ([2, 0, 1], ["a", "a", "a"])
    assert [choice.shares for choice in drafted.choices(0, 3)] == [{"a": 1.0}] * 3


def test_of_none_and_of_empty_ones_there_is_nothing() -> None:
    nothing: list[dict[str, list[int]]] = [{}, {"a": [], "b": []}]
    for of in nothing:
        drafted = draft(of, b"")
        assert (drafted.order, drafted.teams, drafted.choices(0, 20)) == ([], [], ())


def test_two_rankings_give_the_pages_that_a_coin_can_give() -> None:
    """By hand: a has 0 1 2, b has 1 2 0. Heads first chooses 0 and b 1, tails b chooses 1 and a 0; 2 is left."""
    pages = Counter(
        (tuple(one.order), tuple(one.teams))
        for one in (draft({"a": [0, 1, 2], "b": [1, 2, 0]}, bytes([seed])) for seed in range(256))
    )

    assert set(pages) == {
        ((0, 1, 2), ("a", "b", "a")),
        ((0, 1, 2), ("a", "b", "b")),
        ((1, 0, 2), ("b", "a", "a")),
        ((1, 0, 2), ("b", "a", "b")),
    }
    assert min(pages.values()) > 256 / 4 / 2


def test_who_clicks_at_random_prefers_nobody() -> None:
    """The first place goes to each of five equally often, so a click on it is no preference."""
    of = {name: list(range(20)) for name in "abcde"}

    first = Counter(draft(of, seed.to_bytes(4)).teams[0] for seed in range(10_000))

    assert all(count == pytest.approx(2_000, abs=200) for count in first.values())


@given(rankings(), st.binary(), st.integers(0, 30), st.integers(0, 30))
def test_the_shares_of_a_result_sum_to_1_and_its_team_has_one(
    of: dict[str, list[int]], seed: bytes, first: int, count: int
) -> None:
    drafted = draft(of, seed)

    choices = drafted.choices(first, count)

    assert choices == drafted.choices(0, 30)[first : first + count]
    assert [choice.team for choice in choices] == drafted.teams[first : first + count]
    for choice in choices:
        assert sum(choice.shares.values()) == pytest.approx(1)
        assert choice.shares[choice.team] > 0


def test_rankings_that_agree_have_exactly_equal_shares() -> None:
    drafted = draft({name: list(range(20)) for name in "abcde"}, b"")

    assert {tuple(choice.shares.items()) for choice in drafted.choices(0, 20)} == {tuple((n, 1 / 5) for n in "abcde")}


def test_who_alone_would_have_chosen_a_result_has_all_its_credit() -> None:
    """By hand: both would choose 0 first. Then a chooses 1 if b was first, or b 2 if a was."""
    found: Counter[int] = Counter()
    for seed in range(64):
        drafted = draft({"a": [0, 1, 2], "b": [0, 2, 1]}, bytes([seed]))
        first, second, last = (dict(choice.shares) for choice in drafted.choices(0, 3))
        assert (first, last) == ({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5})
        assert second == ({"a": 1.0} if drafted.order[1] == 1 else {"b": 1.0})
        found[drafted.order[1]] += 1

    assert set(found) == {1, 2}


@pytest.mark.parametrize(
    "of",
    [
        {"a": [0, 1, 2, 3], "b": [1, 0, 3, 2]},
        {"a": [0, 1, 2, 3, 4], "b": [0, 2, 1, 4, 3], "c": [0, 1, 3, 2, 4]},
        {"a": [0, 1, 2, 3, 4], "b": [0, 1, 2, 4, 3], "c": [4, 0, 1, 2, 3]},
        {"a": [0, 1, 2, 3, 4], "b": [1, 0, 2, 3, 4], "c": [0, 1, 2, 3, 4], "d": [3, 1, 0, 4, 2]},
    ],
)
def test_shares_are_how_often_each_was_the_chooser_in_all_drafts_that_look_the_same_so_far(
    of: Mapping[str, Sequence[int]],
) -> None:
    """By brute force, over every order of every round."""
    so_far: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    drafts = list(_all_drafts(of))
    for order, teams in drafts:
        for place, team in enumerate(teams):
            so_far[tuple(order[: place + 1])][team] += 1

    for order, teams in drafts:
        for place, choice in enumerate(Draft(order, teams, of).choices(0, len(order))):
            choosers = so_far[tuple(order[: place + 1])]
            assert choice.shares == pytest.approx({name: n / choosers.total() for name, n in choosers.items()})


@pytest.mark.parametrize("k", [2, 3])
def test_credit_by_shares_has_the_expectation_of_the_teams_for_whoever_reads_from_the_top(k: int) -> None:
    """And at random, on any rank, all have the same: 1/k of each click."""
    of = {"a": [0, 1, 2, 3], "b": [0, 2, 1, 3], "c": [2, 0, 3, 1]}
    of = dict(list(of.items())[:k])
    drafts = list(_all_drafts(of))
    appeal = [0.9, 0.1, 0.5, 0.3]
    by_team, by_share = dict.fromkeys(of, 0.0), dict.fromkeys(of, 0.0)
    at_random = [dict.fromkeys(of, 0.0) for _ in range(4)]
    for order, teams in drafts:
        examined = 1.0
        for place, choice in enumerate(Draft(order, teams, of).choices(0, 4)):
            clicked = examined * appeal[order[place]]
            examined -= clicked
            by_team[choice.team] += clicked / len(drafts)
            for name, share in choice.shares.items():
                by_share[name] += clicked * share / len(drafts)
                at_random[place][name] += share / len(drafts)

    assert by_share == pytest.approx(by_team)
    assert len({round(one, 9) for one in by_share.values()}) == k
    assert all(at == pytest.approx(dict.fromkeys(of, 1 / k)) for at in at_random)


def _all_drafts(of: Mapping[str, Sequence[int]]) -> list[tuple[list[int], list[str]]]:
    """Every draft, as often as it is drawn: of each order in which all choose in each round."""
    total = len(next(iter(of.values())))
    found = []
    for rounds in product(permutations(of), repeat=-(-total // len(of))):
        order: list[int] = []
        teams = [name for one in rounds for name in one][:total]
        for name in teams:
            order.append(next(result for result in of[name] if result not in order))
        found.append((order, teams))
    return found
