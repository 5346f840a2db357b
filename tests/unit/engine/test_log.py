"""What is read of an event log, and what of it is refused, and where; against the contract and one event at a time."""

import gzip
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from discovery.sona.contract import ViewingEvent
from sona.errors import EventsInvalid
from sona.history import MAX_TITLES, History
from sona.model.titles import Titles
from sona.training.log import EventLog

GOOD = {"user_id": "ana", "content_id": "alien", "timestamp": "2026-01-02T03:04:05Z", "completion_rate": 1.0}
TITLES = Titles.of(["alien", "aliens", "heat"])

_files = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


def write(folder: Path, lines: Sequence[dict[str, Any] | str]) -> Path:
    file = folder / f"{next(_files)}.jsonl"
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return file


def read(folder: Path, *lines: dict[str, Any] | str, skip_bad: bool = False) -> EventLog:
    return EventLog.read(str(write(folder, lines)), skip_bad=skip_bad)


def event(line: dict[str, Any]) -> ViewingEvent:
    return ViewingEvent.model_validate_json(json.dumps(line))


def test_a_history_is_the_one_that_the_engine_would_make_of_the_same_events(folder: Path) -> None:
    lines = [
        GOOD | {"rating": 4.5, "is_rewatch": True},
        GOOD | {"content_id": "heat", "completion_rate": 0.125, "dismissed": True},
        GOOD | {"content_id": "aliens", "timestamp": "2025-12-31T23:59:59.9+02:00", "rating": 0.5},
    ]

    assert read(folder, *lines).histories(TITLES) == [History.of(map(event, lines))]


@given(
    lines=st.lists(
        st.fixed_dictionaries(
            {
                "content_id": st.sampled_from(["alien", "heat"]),
                "timestamp": st.datetimes(datetime(1970, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(
                    lambda moment: moment.replace(second=moment.second % 2).isoformat()
                ),
                "completion_rate": st.floats(-0.1, 1.1),
                "rating": st.none() | st.floats(0, 6),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_are_usable_where_the_contract_says_so_and_mean_the_same(
    folder: Path, lines: list[dict[str, Any]]
) -> None:
    usable = []
    for line in lines:
        try:
            usable.append(event(line))
        except ValidationError:
            continue

    log = read(folder, *[{"user_id": "ana"} | line for line in lines], skip_bad=True)

    assert (len(log), log.skipped) == (len(usable), len(lines) - len(usable))
    assert log.histories(TITLES) == ([History.of(usable)] if usable else [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user_id": None}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"content_id": "x" * 257}, "content_id"),
        ({"content_id": None}, "content_id"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "2026-01-02T03:04:05"}, "timestamp"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "timestamp"),
        ({"timestamp": 1_767_323_045_000}, "timestamp"),
        ({"timestamp": True}, "timestamp"),
        ({"completion_rate": 1.01}, "completion_rate"),
        ({"completion_rate": None}, "completion_rate"),
        ({"completion_rate": True}, "completion_rate"),
        ({"rating": 0}, "rating"),
        ({"rating": "good"}, "rating"),
        ({"is_rewatch": 1}, "is_rewatch"),
        ({"dismissed": "maybe"}, "dismissed"),
    ],
)
def test_the_first_bad_row_is_named_with_its_field(folder: Path, change: dict[str, Any], field: str) -> None:
    with pytest.raises(EventsInvalid, match=rf"\.jsonl: row 3, field '{field}'"):
        read(folder, GOOD, "", GOOD | change, GOOD | {"rating": 9})


@pytest.mark.parametrize("line", ["{", "not JSON", "[]", "7", "{}"])
def test_a_line_that_is_no_event_is_named_too_and_skipped_where_that_is_asked_for(folder: Path, line: str) -> None:
    with pytest.raises(EventsInvalid, match=r"\.jsonl: row 2: no JSON object with the fields of an event"):
        read(folder, GOOD, line, GOOD)
    log = read(folder, GOOD, line, GOOD, skip_bad=True)

    assert (len(log), log.skipped) == (2, 1)


def test_in_a_folder_rows_are_counted_by_file(folder: Path, tmp_path: Path) -> None:
    write(folder, [GOOD, GOOD]).rename(tmp_path / "a.jsonl")
    bad = write(folder, [GOOD, GOOD | {"rating": 9}]).rename(tmp_path / "b.jsonl")

    with pytest.raises(EventsInvalid, match=rf"{bad}: row 2, field 'rating' is '9'"):
        EventLog.read(str(tmp_path))


def test_seconds_and_a_hash_in_place_of_a_name_are_read(folder: Path) -> None:
    hashed = {**GOOD, "user_id": None, "user_hash": "3f", "timestamp": 1_767_323_045}

    assert read(folder, hashed).histories(TITLES) == [History.of([event(GOOD)])]


def test_people_are_ordered_by_name_whatever_the_order_of_the_rows(folder: Path) -> None:
    lines = [GOOD | {"user_id": user, "content_id": title} for user in ("b", "a", "é") for title in ("heat", "alien")]
    forward, backward = read(folder, *lines), read(folder, *reversed(lines))

    assert forward.histories(TITLES) == backward.histories(TITLES)
    assert len(forward.histories(TITLES)) == 3


def test_of_one_title_the_newest_event_counts_and_of_one_second_the_greater_grade(folder: Path) -> None:
    first = GOOD | {"rating": 5, "timestamp": "2026-01-01T00:00:00Z"}
    lines = [GOOD | {"rating": 2}, GOOD | {"rating": 3}, first]

    assert read(folder, *lines).histories(TITLES)[0].stars.tolist() == [3.0]


def test_of_more_titles_than_a_history_holds_the_newest_stay_and_unknown_ones_take_no_room(folder: Path) -> None:
    lines = [GOOD | {"content_id": f"t{n}", "timestamp": n} for n in range(MAX_TITLES + 5)]
    unknown = [GOOD | {"content_id": f"u{n}"} for n in range(9)]
    titles = Titles.of([f"t{n}" for n in range(len(lines))])
    history = read(folder, *unknown, *lines).histories(titles)[0]

    assert len(history) == MAX_TITLES
    assert int(history.at.min()) == 5


def test_who_met_no_title_of_the_catalogue_has_no_history(folder: Path) -> None:
    assert read(folder, GOOD | {"content_id": "elsewhere"}).histories(TITLES) == []


def test_parquet_and_compressed_lines_say_the_same(folder: Path, tmp_path: Path) -> None:
    plain = write(folder, [GOOD, GOOD | {"content_id": "heat", "rating": 4.5, "is_rewatch": True}])
    (tmp_path / "log.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    frame = pl.read_ndjson(plain).with_columns(pl.col("timestamp").str.to_datetime("%+", time_zone="UTC"))
    frame.write_parquet(tmp_path / "log.parquet")
    frame.with_columns(pl.col("timestamp").dt.epoch("s")).write_parquet(tmp_path / "seconds.parquet")
    expected = EventLog.read(str(plain)).histories(TITLES)

    for name in ("log.jsonl.gz", "log.parquet", "seconds.parquet"):
        assert EventLog.read(str(tmp_path / name)).histories(TITLES) == expected


def test_a_moment_without_a_time_zone_is_refused_in_parquet(tmp_path: Path) -> None:
    rows = [{**GOOD, "timestamp": datetime(2026, 1, 1)}]
    pl.DataFrame(rows).write_parquet(tmp_path / "log.parquet")

    with pytest.raises(EventsInvalid, match=r"row 1, field 'timestamp'"):
        EventLog.read(str(tmp_path / "log.parquet"))


def test_a_folder_without_events_or_with_both_formats_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EventsInvalid, match="expected either"):
        EventLog.read(str(tmp_path))
    write(folder, [GOOD]).rename(tmp_path / "a.jsonl")
    pl.DataFrame([GOOD]).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(EventsInvalid, match="of one format"):
        EventLog.read(str(tmp_path))


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_log_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.jsonl").write_text(text)

    with pytest.raises(EventsInvalid, match="there are no events"):
        EventLog.read(str(tmp_path / "log.jsonl"))
