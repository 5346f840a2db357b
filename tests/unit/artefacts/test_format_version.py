"""What is of another format version is refused before anything else of it is judged."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from discovery.artefacts.format_version import of_version


class Note(BaseModel):
    edition: int = 3
    text: str


class Refused(Exception):
    pass


def read(said: Any) -> Note:
    return of_version(Note, said, "the note", field="edition", invalid=Refused, remedy="write it again")


@pytest.mark.parametrize("as_read", [lambda said: said, lambda said: json.dumps(said).encode()], ids=["values", "text"])
def test_what_is_of_the_version_of_the_code_is_read(as_read: Any) -> None:
    assert read(as_read({"edition": 3, "text": "milk"})).text == "milk"


@pytest.mark.parametrize("said", [{"edition": 4}, b'{"edition": 4, "text": 5}'])
def test_what_is_of_another_version_is_refused_with_advice(said: Any) -> None:
    with pytest.raises(Refused, match=r"^the note has format version 4, this code reads 3: write it again$"):
        read(said)


@pytest.mark.parametrize("said", [b"{", b"[]", {}, {"text": "milk"}, {"edition": 3}, {"edition": "x", "text": "milk"}])
def test_what_cannot_be_read_is_refused(said: Any) -> None:
    with pytest.raises(Refused, match=r"^the note can't be read: "):
        read(said)
