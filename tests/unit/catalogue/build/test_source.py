"""Catalogue sources: every bad line is an error that names the line and the field."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from discovery.catalogue.build.source import parse_jsonl, read_lines, reject_duplicates
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, SourceInvalid


def test_a_line_with_every_field_becomes_a_content() -> None:
    fields = {
        "id": "heat-1995",
        "title": "Heat",
        "aliases": ["L.A. Takedown"],
        "overview": "A heist.",
        "release_year": 1995,
        "genres": ["Crime"],
        "platforms": ["Netflix"],
        "cast": ["Al Pacino"],
        "directors": ["Michael Mann"],
        "countries": ["United States"],
        "languages": ["English"],
        "keywords": ["heist"],
        "poster_url": "https://images.example/heat.jpg",
        "popularity_score": 0.75,
        "average_rating": 8.3,
        "content_rating": "R",
    }
    assert fields.keys() == Content.model_fields.keys()

    content = parse_jsonl(1, json.dumps(fields))

    assert content.model_dump(mode="json") == fields


def test_only_id_and_title_are_needed() -> None:
    assert parse_jsonl(1, '{"id": "a", "title": "A"}') == Content(id="a", title="A")


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ('{"id": "a"}', "title"),
        ('{"title": "A"}', "id"),
        ('{"id": "", "title": "A"}', "id"),
        ('{"id": "a b", "title": "A"}', "id"),
        ('{"id": 7, "title": "A"}', "id"),
        ('{"id": "a", "title": "   "}', "title"),
        ('{"id": "a", "title": null}', "title"),
        ('{"id": "a", "title": "A", "year": 1990}', "year"),
        ('{"id": "a", "title": "A", "release_year": "1990"}', "release_year"),
        ('{"id": "a", "title": "A", "release_year": 1990.5}', "release_year"),
        ('{"id": "a", "title": "A", "release_year": 10000}', "release_year"),
        ('{"id": "a", "title": "A", "genres": "Drama"}', "genres"),
        ('{"id": "a", "title": "A", "genres": ["Drama", ""]}', "genres.1"),
        ('{"id": "a", "title": "A", "cast": [null]}', "cast.0"),
        ('{"id": "a", "title": "A", "popularity_score": 1.01}', "popularity_score"),
        ('{"id": "a", "title": "A", "popularity_score": NaN}', "popularity_score"),
        ('{"id": "a", "title": "A", "average_rating": -0.1}', "average_rating"),
        ('{"id": "a", "title": "A", "average_rating": Infinity}', "average_rating"),
        ('{"id": "a", "title": "A", "average_rating": true}', "average_rating"),
        ('{"id": "a", "title": "A", "content_rating": "X"}', "content_rating"),
        ("[]", "(line)"),
        ('"a"', "(line)"),
        ('{"id": "a", "title": "A"', "(line)"),
        ('{"id": "a", "title": "\\ud800"}', "(line)"),
        ("not JSON", "(line)"),
    ],
)
def test_a_bad_line_is_an_error_that_names_line_and_field(record: str, field: str) -> None:
    with pytest.raises(SourceInvalid) as caught:
        parse_jsonl(17, record)

    assert (caught.value.line, caught.value.field) == (17, field)
    assert str(caught.value).startswith(f"line 17, field '{field}': ")


def test_an_id_that_stood_on_an_earlier_line_is_an_error_that_names_both_lines() -> None:
    numbered = [(1, Content(id="a", title="A")), (2, Content(id="b", title="B")), (5, Content(id="a", title="C"))]

    with pytest.raises(SourceInvalid, match="line 5, field 'id': 'a' is already on line 1"):
        list(reject_duplicates(numbered))


def test_ids_that_differ_in_case_are_two_ids() -> None:
    numbered = [(1, Content(id="a", title="A")), (2, Content(id="A", title="A"))]

    assert list(reject_duplicates(numbered)) == numbered


@pytest.mark.parametrize("name", ["source.jsonl", "source.jsonl.gz"])
def test_lines_are_utf8_and_gunzipped_by_the_files_name(tmp_path: Path, name: str) -> None:
    text = '{"title": "Amélie"}\n{"title": "千と千尋"}\n'.encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)

    assert list(read_lines(tmp_path / name)) == text.splitlines(keepends=True)


@pytest.mark.parametrize("line", [b'{"id": "\xff"}', b"[" * 100_000])
def test_a_line_that_no_parser_can_take_is_an_error_that_names_it(line: bytes) -> None:
    with pytest.raises(SourceInvalid) as invalid:
        parse_jsonl(3, line)

    assert (invalid.value.line, invalid.value.field) == (3, "(line)")


def test_an_id_may_hold_no_control_character() -> None:
    with pytest.raises(SourceInvalid, match="id"):
        parse_jsonl(1, json.dumps({"id": "a\0", "title": "A"}))


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:40] + b"\xff" * 20 + data[60:]])
def test_damaged_compressed_data_is_said_to_be_damaged(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    text = b"".join(json.dumps({"id": str(n), "title": f"Film {n * 7919}"}).encode() + b"\n" for n in range(99))
    (tmp_path / "source.jsonl.gz").write_bytes(damage(gzip.compress(text)))

    with pytest.raises(CatalogueError, match="damaged"):
        list(read_lines(tmp_path / "source.jsonl.gz"))
