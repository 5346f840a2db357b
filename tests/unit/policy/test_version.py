"""The version that a rollback goes back to."""

import pytest

from discovery.errors import RequestInvalid
from discovery.policy.version import Version, earlier


def versions(*numbers: int) -> list[Version]:
    return [Version(number, f"0.{number}", 0.0, "", ()) for number in numbers]


def test_without_a_wanted_version_it_is_the_one_before_the_current() -> None:
    assert earlier(versions(7, 6, 5), None).version == 6


@pytest.mark.parametrize("wanted", [7, 5])
def test_any_version_can_be_wanted_even_the_current_one(wanted: int) -> None:
    assert earlier(versions(7, 6, 5), wanted).version == wanted


def test_a_version_that_is_not_kept_is_refused_and_the_kept_ones_are_named() -> None:
    with pytest.raises(RequestInvalid, match=r"no version 4\. Parameter Store has versions 5 to 7\.") as refused:
        earlier(versions(7, 6, 5), 4)

    assert refused.value.field == "version"


def test_the_only_version_has_none_before_it() -> None:
    with pytest.raises(RequestInvalid, match="Version 1 is the only one"):
        earlier(versions(1), None)
