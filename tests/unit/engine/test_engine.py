"""What the engine does, over people in memory."""

import pytest

from discovery.sona.contract import Named
from sona.engine import Engine
from sona.errors import StoreUnavailable
from sona.profile import Profile
from sona.store.memory import MemoryStore
from sona.words import in_words
from tests.unit.engine.small import small_model, watched


class Contended(MemoryStore):
    """Refuses the first writes, as a table does while others write."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    def write(self, user: str, profile: Profile) -> bool:
        if self.refusals:
            self.refusals -= 1
            return False
        return super().write(user, profile)


def engine(store: MemoryStore | None = None) -> Engine:
    return Engine(small_model(), store or MemoryStore(), user_key=b"key")


def test_scores_come_in_the_order_asked_without_what_the_model_lacks() -> None:
    scores = engine().scores("ana", ["heat", "nowhere", "alien"])

    assert [one.content_id for one in scores] == ["heat", "alien"]


def test_an_update_changes_the_scores_and_says_why() -> None:
    ours = engine()
    before = ours.scores("ana", ["aliens"])[0]
    updated = ours.update("ana", [watched("alien")])
    after = ours.scores("ana", ["aliens"], explain=True)[0]

    assert (updated.accepted, updated.version) == (1, 1)
    assert after.score > before.score
    assert after.because == (Named("alien", "Alien"),)
    assert in_words(after) == "because you liked Alien"


def test_the_same_events_again_change_nothing() -> None:
    ours = engine()
    ours.update("ana", [watched("alien"), watched("heat", 2)])
    again = ours.update("ana", [watched("heat", 2), watched("alien"), watched("alien")])

    assert (again.version, ours.changes) == (1, 1)


def test_events_of_unknown_titles_are_not_accepted() -> None:
    updated = engine().update("ana", [watched("nowhere")])

    assert (updated.accepted, updated.version) == (0, 0)


def test_a_write_that_others_were_quicker_than_is_tried_again() -> None:
    assert engine(Contended(3)).update("ana", [watched("alien")]).version == 1


def test_an_update_that_is_refused_again_and_again_is_given_up() -> None:
    with pytest.raises(StoreUnavailable, match="meanwhile"):
        engine(Contended(1000)).update("ana", [watched("alien")])


def test_genres_are_kept_until_others_are_chosen() -> None:
    ours = engine()
    ours.update("ana", [], ["Science Fiction"])
    with_genres = ours.scores("ana", ["unmet"])[0].parts["content"]
    ours.update("ana", [watched("notting-hill")])
    kept = ours.scores("ana", ["unmet"])[0].parts["content"]
    ours.update("ana", [], [])

    assert with_genres > 0
    assert kept > 0
    assert ours.scores("ana", ["unmet"])[0].parts["content"] == 0


def test_who_is_erased_is_a_newcomer_again() -> None:
    ours = engine()
    newcomer = ours.scores("ana", ["aliens"])
    ours.update("ana", [watched("alien")])

    assert ours.erase("ana")
    assert not ours.erase("ana")
    assert ours.scores("ana", ["aliens"]) == newcomer


def test_recommendations_leave_out_what_was_met_or_is_excluded() -> None:
    ours = engine()
    ours.update("ana", [watched("alien")])

    assert [one.content_id for one in ours.recommendations("ana", 2)] == ["aliens", "notting-hill"]
    assert "aliens" not in [one.content_id for one in ours.recommendations("ana", 9, without=["aliens"])]


def test_diverse_recommendations_are_not_all_about_the_same() -> None:
    ours = engine()
    ours.update("ana", [], ["Science Fiction"])
    usual = [one.content_id for one in ours.recommendations("ana", 5)]
    diverse = [one.content_id for one in ours.recommendations("ana", 3, diversity=0.9)]

    assert usual[0] == "alien"
    assert set(usual[1:4]) == {"notting-hill", "aliens", "unmet"}  # one is popular, two are about the same
    assert diverse == ["alien", "notting-hill", "heat"]


def test_similar_titles_are_those_met_together_and_about_the_same() -> None:
    similar = engine().similar("alien", 9)

    assert similar is not None
    assert [one.content_id for one in similar][:2] == ["aliens", "unmet"]
    assert similar[0].parts == pytest.approx({"together": 0.5, "content": 0.5})
    assert "alien" not in [one.content_id for one in similar]


def test_there_is_nothing_like_an_unknown_title() -> None:
    assert engine().similar("nowhere", 3) is None
