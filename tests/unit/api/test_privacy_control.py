import pytest

from discovery.api.auth import ANONYMOUS, Caller
from discovery.api.privacy_control import heeding

ANA = Caller("ana", frozenset({"personalization:read"}))


def test_whoever_sends_a_1_refuses_and_stays_who_they_are() -> None:
    assert heeding(ANA, "1") == Caller("ana", ANA.scopes, refuses=True)
    assert heeding(ANONYMOUS, "1").user_id is None


@pytest.mark.parametrize("value", [None, "", "0", "2", "true", "?1", "11", "1,1", "1, 1", " 1", "1.0"])
def test_any_other_value_says_nothing(value: str | None) -> None:
    assert heeding(ANA, value) is ANA
