"""Which licences the audit lets pass, and that an exception is for one package, one licence and a reason."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tools.audit.__main__ import refused_licences
from tools.audit.accepted import Accepted, AcceptedLicence, read_accepted
from tools.audit.licences import is_permissive, not_permissive


def bill(**licences: tuple[str, ...]) -> dict[str, Any]:
    return {
        "components": [
            {"name": name, "licenses": [{"license": {"name": text}} for text in texts]}
            for name, texts in licences.items()
        ]
    }


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only OR LGPL-2.1-only", False),
        ("(MIT OR GPL-3.0-only) AND GPL-3.0-only", False),
        ("MPL-2.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_choice_of_permissive_licences_alone_is_permissive(expression: str, permissive: bool) -> None:
    assert is_permissive(expression) == permissive


def test_of_several_declared_licences_all_must_be_permissive() -> None:
    found = bill(good=("MIT", "License :: OSI Approved :: Apache Software License"), bad=("MIT", "MPL-2.0"), none=())

    assert not_permissive(found) == {"bad": "MIT AND MPL-2.0", "none": ""}


def test_an_expression_and_an_identifier_are_read() -> None:
    declared = [{"expression": "GPL-3.0-only"}, {"license": {"id": "MIT"}}]

    assert not_permissive({"components": [{"name": "a", "licenses": declared}]}) == {"a": "GPL-3.0-only AND MIT"}


def test_an_accepted_licence_is_that_of_the_package_and_must_still_be_there() -> None:
    accepted = Accepted(licence=(AcceptedLicence(package="a", licence="MPL-2.0", reason="as it is"),))

    assert refused_licences({"a": "MPL-2.0"}, accepted) == []
    assert refused_licences({"a": "GPL-3.0-only"}, accepted) == ["a: licence GPL-3.0-only"]
    assert refused_licences({"a": "MPL-2.0", "b": ""}, accepted) == ["b: licence unknown"]
    assert refused_licences({}, accepted) == ["a: accepted licence not found"]


@pytest.mark.parametrize("text", ["", 'reason = ""\n', 'why = "b"\n'])
def test_what_is_accepted_without_a_reason_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(f'[[vulnerability]]\nid = "a"\n{text}')

    with pytest.raises(ValidationError, match="reason"):
        read_accepted(file)
