"""What comes of one reading of Parameter Store: which policy it gives, and which snapshot is shared."""

import pytest

from discovery.errors import CacheUnavailable, PolicyUnavailable
from discovery.policy.parser import parse_policy
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh, Refreshed
from tests.conftest import Counted
from tests.fakes import PREFIX, FakeParameters, FakeStore, parameters

DEFAULT = Policy(boost_weight=0.25)
NOW = 1_000_000.0
MAX_AGE = 60.0
REFUSED = {"boost_weight": "abc"}
REFUSED_AND_OFF = REFUSED | {"enabled": "false"}


class Rig:
    """A refresh among fakes, and a caller that may have a policy of its own."""

    def __init__(self, values: dict[str, str]) -> None:
        self.parameters = FakeParameters(values)
        self.store = FakeStore()
        self.times = [NOW]
        """What the wall clock says, one after another; the last one stays."""
        self.adopted: list[Policy] = []
        self.refresh = PolicyRefresh(self.parameters, self.store, DEFAULT, max_age_sec=MAX_AGE, wall_clock=self.time)

    def time(self) -> float:
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]

    def run(self, at_hand: Policy | None = None) -> Refreshed:
        return self.refresh.run(at_hand, self.adopted.append)


def policy(read_at: float, **values: str) -> Policy:
    return parse_policy(parameters(values), DEFAULT, read_at)


def test_a_good_policy_is_adopted_and_shared() -> None:
    rig = Rig({"boost_weight": "0.4"})

    refreshed = rig.run()

    assert refreshed == Refreshed(policy(NOW, boost_weight="0.4"), refusals=(), shared=True)
    assert rig.adopted == [refreshed.policy]
    assert rig.store.stored == [({"boost_weight": "0.4"}, NOW)]


def test_it_is_adopted_before_it_is_shared_since_valkey_may_hang() -> None:
    rig = Rig({"boost_weight": "0.4"})
    stored_before: list[int] = []

    rig.refresh.run(adopt=lambda _: stored_before.append(len(rig.store.stored)))

    assert stored_before == [0]


def test_a_snapshot_ends_before_its_policy_is_too_old_however_late_it_was_stored() -> None:
    rig = Rig({"boost_weight": "0.4"})
    rig.times = [NOW, NOW + 50]

    rig.run()

    assert rig.store.lives == [pytest.approx(MAX_AGE * 0.9 - 50)]


def test_a_refused_policy_is_reported_and_leaves_the_shared_one(counted: Counted) -> None:
    rig = Rig(REFUSED)

    refreshed = rig.run()

    assert (refreshed.policy, refreshed.shared) == (None, False)
    assert [(refusal.parameter, refusal.value) for refusal in refreshed.refusals] == [("boost_weight", "abc")]
    assert (rig.adopted, rig.store.stored) == ([], [])
    assert counted()["PolicyRefused"] == 1


def test_where_it_is_refused_the_callers_last_good_policy_is_shared_again() -> None:
    rig = Rig(REFUSED)

    refreshed = rig.run(policy(NOW - MAX_AGE, boost_weight="0.4"))

    assert (refreshed.policy, refreshed.shared, rig.adopted) == (None, True, [])
    assert rig.store.stored == [({"boost_weight": "0.4"}, NOW - MAX_AGE)]
    assert rig.store.lives == [pytest.approx(MAX_AGE * 0.9)]


@pytest.mark.parametrize(
    ("at_hand", "weight"),
    [(policy(NOW - 1, boost_weight="0.4"), 0.4), (None, 0.6)],
    ids=["of the caller", "of the stored snapshot for a caller without one"],
)
def test_the_switch_goes_off_whatever_else_is_refused_and_the_rest_is_the_last_good_policys(
    at_hand: Policy | None, weight: float
) -> None:
    rig = Rig(REFUSED_AND_OFF)
    rig.store.store(parameters({"boost_weight": "0.6"}), NOW - 1, MAX_AGE)

    refreshed = rig.run(at_hand)

    assert refreshed.policy is not None
    assert (refreshed.policy.enabled, refreshed.policy.boost_weight) == (False, weight)
    assert (rig.adopted, refreshed.shared) == ([refreshed.policy], True)
    assert rig.store.stored[-1][1] == NOW


@pytest.mark.parametrize("values", [{"boost_weight": "0.4"}, REFUSED_AND_OFF])
def test_without_valkey_a_policy_is_adopted_all_the_same(values: dict[str, str]) -> None:
    rig = Rig(values)
    rig.store.fails = True

    with pytest.raises(CacheUnavailable):
        rig.run(policy(NOW - MAX_AGE, boost_weight="0.4"))

    assert [adopted.enabled for adopted in rig.adopted] == ["enabled" not in values]


def test_without_parameter_store_nothing_is_adopted_or_shared() -> None:
    rig = Rig({"boost_weight": "0.4"})
    rig.parameters.fails = True

    with pytest.raises(PolicyUnavailable):
        rig.run(policy(NOW - MAX_AGE, boost_weight="0.3"))

    assert (rig.adopted, rig.store.stored) == ([], [])


def test_a_snapshot_whose_reading_began_later_is_kept() -> None:
    rig = Rig({"boost_weight": "0.4"})
    rig.store.store(parameters({"boost_weight": "0.6"}), NOW + 1, MAX_AGE)

    refreshed = rig.run()

    assert refreshed == Refreshed(policy(NOW, boost_weight="0.4"), refusals=(), shared=False)
    assert rig.store.stored == [({"boost_weight": "0.6"}, NOW + 1)]


@pytest.mark.parametrize(
    ("name", "ours"), [(f"{PREFIX}boost_weight", True), ("/discovery/test/other/boost_weight", False)]
)
def test_only_a_change_of_one_of_the_policys_parameters_refreshes_it(name: str, ours: bool) -> None:
    rig = Rig({"boost_weight": "0.4"})

    assert rig.refresh.parameter_changed(name) is ours
    assert rig.parameters.reads == len(rig.store.stored) == ours
