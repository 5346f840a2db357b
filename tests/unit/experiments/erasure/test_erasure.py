"""Erasing people from a lake in a folder: theirs is gone, and nothing of anybody else is touched."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from discovery.experiments.analysis.lake import open_lake
from discovery.experiments.erasure.erasure import Erased, erase
from discovery.experiments.erasure.folder import Folder
from discovery.experiments.erasure.place import Held
from tests.lakes import NAME, exposure, key, outcome, write_json, write_parquet


def erased(lake: Path, *people: str, place: Folder | None = None) -> Erased:
    return erase(place or Folder(lake), frozenset(map(key, people)))


def content(lake: Path) -> dict[str, bytes]:
    """Each file's bytes, unpacked."""
    files = [file for file in lake.rglob("*") if file.is_file()]
    return {file.name: (gzip.decompress if file.suffix == ".gz" else bytes)(file.read_bytes()) for file in files}


@pytest.mark.parametrize("name", ["part.json", "part.jsonl", "part.ndjson.gz"])
def test_lines_of_one_person_are_gone_and_all_others_are_byte_for_byte_the_same(tmp_path: Path, name: str) -> None:
    others = [
        json.dumps(exposure("ben", "1"), separators=(" ,", ": ")),
        '{"user":"' + key("cleo") + '","odd":"\\u00e9 \r and a half',
        "",
        json.dumps(exposure("ben", "2"), ensure_ascii=False) + "\r",
    ]
    lines = [others[0], json.dumps(exposure("ana", "3")), *others[1:], json.dumps(exposure("ana", "4"))]
    write_json(tmp_path, "exposures", lines, name)

    found = erased(tmp_path, "ana")

    assert (found.lines, found.files, found.people, found.read) == (2, 1, 1, 1)
    assert content(tmp_path) == {name: "".join(f"{line}\n" for line in others).encode()}


def test_a_file_that_holds_none_of_the_people_is_not_written(tmp_path: Path) -> None:
    untouched = write_json(tmp_path, "exposures", [exposure("ben", "1")], "ben.json.gz")
    write_json(tmp_path, "exposures", [exposure("ana", "2"), exposure("ben", "3")], "both.json.gz")
    before = untouched.stat()

    erased(tmp_path, "ana")

    assert untouched.stat() == before


def test_several_people_are_erased_from_both_kinds_at_once(tmp_path: Path) -> None:
    people = ("ana", "ben", "cleo")
    write_json(tmp_path, "exposures", [exposure(name, name) for name in people], "e.json.gz")
    write_json(tmp_path, "outcomes", [outcome(name, name) for name in people], "o.json")
    write_json(tmp_path, "outcomes", [outcome("dan", "x", user=None, client=key("phone"))], "c.json")

    found = erased(tmp_path, "ana", "cleo", "phone", "nobody")

    assert (found.lines, found.files, found.people) == (5, 3, 3)
    kept = content(tmp_path)
    assert kept == {
        "e.json.gz": f"{json.dumps(exposure('ben', 'ben'))}\n".encode(),
        "o.json": f"{json.dumps(outcome('ben', 'ben'))}\n".encode(),
    }


def test_a_file_that_is_left_empty_is_deleted(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")], "only-ana.json.gz")
    write_json(tmp_path, "exposures", [exposure("ben", "1")], "ben.json")
    write_parquet(tmp_path, "outcomes", [outcome("ana", "1")])
    assert erased(tmp_path, "ana").files == 2
    assert set(content(tmp_path)) == {"ben.json"}


def test_a_second_run_finds_nothing(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1"), exposure("ben", "2")], "e.json.gz")
    write_parquet(tmp_path, "outcomes", [outcome("ana", "1"), outcome("ben", "2")])
    assert erased(tmp_path, "ana").lines == 2
    again = erased(tmp_path, "ana")
    assert (again.lines, again.files, again.people, again.read) == (0, 0, 0, 2)


def test_a_damaged_line_that_names_the_person_goes_too(tmp_path: Path) -> None:
    write_json(tmp_path, "outcomes", ['{"user":"' + key("ana") + '","search_i', json.dumps(outcome("ben", "1"))])
    assert erased(tmp_path, "ana").lines == 1
    assert key("ana").encode() not in content(tmp_path)["part.json"]


def test_gzip_of_several_members_as_appended_files_have_it_is_read_to_its_end(tmp_path: Path) -> None:
    file = write_json(tmp_path, "exposures", [exposure("ben", "1")], "part.json.gz")
    first = file.read_bytes()
    file.write_bytes(first + gzip.compress(f"{json.dumps(exposure('ana', '2'))}\n".encode()))
    assert erased(tmp_path, "ana").lines == 1
    assert gzip.decompress(file.read_bytes()) == gzip.decompress(first)


def test_rows_of_parquet_keep_their_order_types_and_compression(tmp_path: Path) -> None:
    made = [outcome(name, f"{name} {n}", value=n / 2) for n in range(50) for name in ("ben", "ana", "cleo")]
    file = write_parquet(tmp_path, "outcomes", made)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{file}') TO '{tmp_path}/zstd.parquet' (FORMAT parquet, COMPRESSION zstd)")
        (tmp_path / "zstd.parquet").replace(file)
        rows = f"FROM read_parquet('{file}', hive_partitioning = false)"
        schema = connection.execute(f"DESCRIBE {rows}").fetchall()
        others = connection.execute(f"{rows} WHERE user != '{key('ana')}'").fetchall()

        assert erased(tmp_path, "ana").lines == 50

        assert connection.execute(rows).fetchall() == others
        assert connection.execute(f"DESCRIBE {rows}").fetchall() == schema
        packed = connection.execute(f"SELECT DISTINCT compression FROM parquet_metadata('{file}')").fetchall()  # noqa: S608
    assert packed == [("ZSTD",)]


def test_rows_without_a_user_stay_while_another_is_erased(tmp_path: Path) -> None:
    anonymous = [outcome("x", str(n), user=None, client=key(f"phone {n}")) for n in range(2)]
    write_parquet(tmp_path, "outcomes", [*anonymous, outcome("ana", "1")])
    assert erased(tmp_path, "ana").lines == 1
    assert erased(tmp_path, "phone 0").lines == 1
    assert erased(tmp_path, "phone 1").lines == 1


def damaged_gzip(lake: Path) -> Path:
    file = write_json(lake, "exposures", [exposure("ana", str(n)) for n in range(99)], "half.json.gz")
    file.write_bytes(file.read_bytes()[:-20])
    return file


def no_parquet(lake: Path) -> Path:
    return write_json(lake, "exposures", [exposure("ana", "1")], "none.parquet")


def parquet_of_nobody(lake: Path) -> Path:
    return write_parquet(lake, "exposures", [{"search_id": "1"}], "nobody.parquet")


def a_pattern(lake: Path) -> Path:
    write_parquet(lake, "exposures", [exposure("ben", "1")], "part1.parquet")
    return write_parquet(lake, "exposures", [exposure("ana", "1")], "part2.parquet").rename(
        lake / "exposures" / "day=2026-05-15" / "part[1].parquet"
    )


@pytest.mark.parametrize("make", [damaged_gzip, no_parquet, parquet_of_nobody, a_pattern])
def test_a_file_that_cannot_be_gone_through_is_named_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    file = make(tmp_path)
    before = file.read_bytes()
    write_json(tmp_path, "outcomes", [outcome("ana", "1"), outcome("ben", "1")], "o.json")

    found = erased(tmp_path, "ana")

    assert found.lines == 1
    (named,) = found.unreadable
    assert named.startswith(f"exposures/day=2026-05-15/{file.name}: ")
    assert file.read_bytes() == before
    assert not list(tmp_path.rglob("*.erasing"))


def test_files_that_are_none_of_the_lakes_are_named(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")], "notes.txt")
    write_json(tmp_path, "exposures", [], "_SUCCESS")
    write_json(tmp_path, "failed/outcomes/format-conversion", ["{}"], "part.json")
    found = erased(tmp_path, "ana")
    assert {Path(name).name for name in found.others} == {"notes.txt", "part.json"}
    assert found.lines == 0


class Meanwhile(Folder):
    """A folder in which somebody else erases ben just before the first file is replaced."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.others = [key("ben")]
        self.root = root

    def replace(self, held: Held) -> bool:
        if self.others:
            erase(Folder(self.root), frozenset([self.others.pop()]))
            held.rest.write_bytes(b"what was made of the file as it was before")
        return super().replace(held)


def test_two_who_erase_from_one_file_do_not_put_each_others_people_back(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure(name, "1") for name in ("ana", "ben", "cleo")])
    assert erased(tmp_path, "ana", place=Meanwhile(tmp_path)).lines == 1
    assert content(tmp_path)["part.json"] == f"{json.dumps(exposure('cleo', '1'))}\n".encode()


def test_whoever_opened_a_file_before_reads_it_to_its_end(tmp_path: Path) -> None:
    file = write_json(tmp_path, "exposures", [exposure(name, "1") for name in ("ana", "ben")])
    before = file.read_bytes()
    with file.open("rb") as reading:
        first = reading.read(10)
        erased(tmp_path, "ana")
        assert first + reading.read() == before


def test_an_analysis_counts_the_others_afterwards(tmp_path: Path) -> None:
    people = ("ana", "ben", "cleo")
    write_json(tmp_path, "exposures", [exposure(name, name) for name in people], "e.json.gz")
    write_parquet(tmp_path, "outcomes", [outcome(name, name) for name in people])
    erased(tmp_path, "ana")
    with open_lake(tmp_path, NAME) as opened:
        assert (opened.searches, opened.outcomes, opened.damage.lines, opened.damage.files) == (2, 2, 0, ())
