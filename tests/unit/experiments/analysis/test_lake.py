"""Reading a lake: what counts to whom."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from discovery.errors import LakeUnavailable
from discovery.experiments.analysis.lake import Damage, Lake, Period, open_lake, since_of
from tests.lakes import (
    BEGIN,
    DAY,
    EPOCH,
    HOUR,
    NAME,
    SECOND,
    exposure,
    key,
    outcome,
    outside,
    write_json,
    write_parquet,
)

Read = Callable[..., Any]


def period(lake: Path, name: str = NAME) -> Period:
    """The last epoch's, of a lake."""
    with open_lake(lake, name) as opened:
        return opened.period(opened.epochs()[-1])


def only(values: Any) -> float:
    """The one person's."""
    (value,) = values
    return float(value)


def test_what_a_person_did_is_summed_up_by_person(tmp_path: Path) -> None:
    write_json(
        tmp_path,
        "exposures",
        [
            exposure("ana", "1"),
            exposure("ana", "2", BEGIN + HOUR, total_count=0, shown=[], SearchTime=[700.5], status="failed"),
            exposure("ben", "3", variant="high_boost"),
        ],
    )
    acts = ("click", "play", "complete", "add_to_list", "dismiss", "impression")
    write_json(tmp_path, "outcomes", [outcome("ana", "1", act, value=90 if act == "complete" else 30) for act in acts])

    people = period(tmp_path).people

    assert people.counts == {"control": 1, "high_boost": 1}
    ana = {name: float(people.sums[name][people.of("control")][0]) for name in people.sums}
    assert ana == {
        "searches": 2,
        "searches_clicked": 1,
        "clicks": 1,
        "plays": 1,
        "completions": 1,
        "minutes": 90,
        "list_adds": 1,
        "dismissals": 1,
        "zero_results": 1,
        "failed": 1,
        "slow": 1,
        "search_time_sum_ms": 713,
    }
    ben = people.of("high_boost")
    assert {name: float(values[ben][0]) for name, values in people.sums.items() if values[ben][0]} == {
        "searches": 1,
        "search_time_sum_ms": 12.5,
    }


@pytest.mark.parametrize("name", ["part.json", "part.jsonl", "part.ndjson", "part.json.gz", "part.parquet"])
def test_every_format_says_the_same(name: str, tmp_path: Path) -> None:
    write: Any = write_parquet if name.endswith("parquet") else write_json
    write(tmp_path, "exposures", [exposure("ana", "1"), exposure("ben", "2", variant="high_boost")], name)
    write(tmp_path, "outcomes", [outcome("ana", "1"), outcome("ben", "2", "play", value=40.5)], name)

    people = period(tmp_path).people

    assert people.counts == {"control": 1, "high_boost": 1}
    assert (people.sums["clicks"].sum(), people.sums["minutes"].sum()) == (1.0, 40.5)
    assert people.sums["search_time_sum_ms"].sum() == 25


def test_formats_lie_side_by_side(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")])
    write_parquet(tmp_path, "exposures", [exposure("ana", "2")])
    assert only(period(tmp_path).people.sums["searches"]) == 2


def test_an_event_that_was_sent_twice_counts_once(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1"), exposure("ben", "2")])
    sent = outcome("ana", "1", event_id="e1")
    write_json(tmp_path, "outcomes", [sent, sent | {"received": 1}, outcome("ben", "2", event_id="e1")])
    assert period(tmp_path).people.sums["clicks"].tolist() == [1, 1], "of two people an id says nothing"


def test_an_exposure_that_was_delivered_twice_counts_once(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")] * 3)
    write_json(tmp_path, "exposures", [exposure("ana", "1")], "again.json")
    assert only(period(tmp_path).people.sums["searches"]) == 1


@pytest.mark.parametrize(
    ("told", "clicks"),
    [
        (outcome("ana", "1", at=BEGIN + DAY - 1), 1),
        (outcome("ana", "1", at=BEGIN + DAY), 0),
        (outcome("ana", "1", at=BEGIN - 60 * SECOND), 1),
        (outcome("ana", "1", at=BEGIN - HOUR), 0),
        (outcome("ana", "1", received=BEGIN + 20 * DAY), 1),
        (outcome("ana", "1", content_id="never shown"), 0),
        (outcome("ben", "1"), 0),
        (outcome("ana", "another"), 0),
        (outcome("ana", "1", search_id=None), 0),
        (outcome("ana", "1", user=None, client=key("ana")), 0),
    ],
    ids=[
        *("a day after", "later", "a clock that is behind", "long before", "arrives late"),
        *("a title not shown", "of somebody else", "of another search", "of no search", "anonymous"),
    ],
)
def test_an_outcome_belongs_to_the_search_that_showed_it_within_a_day(
    told: dict[str, Any], clicks: int, tmp_path: Path
) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")])
    write_json(tmp_path, "outcomes", [told])
    found = period(tmp_path)
    assert only(found.people.sums["clicks"]) == clicks


@pytest.mark.parametrize(
    "record",
    [
        outside("ana", "1", BEGIN),
        exposure("ana", "1", assigned_by="holdout"),
        exposure("ana", "1", assigned_by="request"),
        exposure("ana", "1", experiment="another"),
        exposure("ana", "1", reason="disabled"),
    ],
    ids=["no experiment", "holdout", "asked for", "another experiment", "switched off"],
)
def test_only_what_the_experiment_assigned_while_personalization_is_on_counts(
    record: dict[str, Any], tmp_path: Path
) -> None:
    write_json(tmp_path, "exposures", [record])
    with open_lake(tmp_path, NAME) as lake:
        assert lake.epochs() == ()
        assert lake.searches == 1


def test_an_experiment_of_another_layer_is_read_from_the_layers(tmp_path: Path) -> None:
    layers = [
        {"layer": "weight", "experiment": "spring", "variant": "control", "epoch": EPOCH},
        {"layer": "page", "experiment": "tiles", "variant": "large", "epoch": "20260501T000000Z-c0c0c0"},
    ]
    write_json(tmp_path, "exposures", [exposure("ana", "1", layers=layers), exposure("ben", "2")])
    assert period(tmp_path, "tiles").people.counts == {"large": 1}
    assert period(tmp_path).people.counts == {"control": 2}


def test_a_person_of_two_variants_is_counted_and_left_out(tmp_path: Path) -> None:
    write_json(
        tmp_path, "exposures", [exposure("ana", "1"), exposure("ana", "2", variant="high_boost"), exposure("ben", "3")]
    )
    found = period(tmp_path)
    assert (found.mixed, found.people.counts) == (1, {"control": 1, "high_boost": 0})


def test_epochs_are_told_apart(tmp_path: Path) -> None:
    write_json(
        tmp_path,
        "exposures",
        [
            exposure("ana", "1", BEGIN + 3 * DAY, epoch="20260518T000000Z-d0d0d0", variant="high_boost"),
            exposure("ana", "2"),
            exposure("ben", "3", BEGIN + DAY),
        ],
    )
    with open_lake(tmp_path, NAME) as lake:
        first, second = lake.epochs()
        assert (first.name, first.people, first.searches, first.days) == (EPOCH, 2, 2, 1.0)
        assert (second.people, second.variants) == (1, ("high_boost",))
        assert lake.period(first).people.counts == {"control": 2}
        assert lake.period(second, ["control", "high_boost"]).people.counts == {"control": 0, "high_boost": 1}


def test_the_period_before_is_of_the_same_people_and_of_no_earlier_epoch(tmp_path: Path) -> None:
    write_json(
        tmp_path,
        "exposures",
        [
            exposure("ana", "1"),
            exposure("ben", "2"),
            outside("ana", "3", BEGIN - DAY),
            outside("ana", "4", BEGIN - 13 * DAY),
            outside("ana", "too old", BEGIN - 15 * DAY),
            outside("cleo", "no participant's", BEGIN - DAY),
            exposure("ana", "of an earlier epoch", BEGIN - 2 * DAY, epoch="20260510T000000Z-a0a0a0"),
        ],
    )
    write_json(
        tmp_path,
        "outcomes",
        [
            outcome("ana", "3", at=BEGIN - DAY + SECOND),
            outcome("ana", "3", "play", at=BEGIN - 60 * SECOND, value=5),
            outcome("ana", "of an earlier epoch", at=BEGIN - 2 * DAY + SECOND),
        ],
    )
    people = period(tmp_path).people
    assert sorted(people.before["searches"].tolist()) == [0, 2]
    assert sorted(people.before["clicks"].tolist()) == [0, 1]
    assert sorted(people.sums["searches"].tolist()) == [1, 1]


def test_what_is_done_after_the_epochs_beginning_is_no_part_of_the_period_before(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1"), outside("ana", "2", BEGIN - 60 * SECOND)])
    write_json(tmp_path, "outcomes", [outcome("ana", "2", at=BEGIN + SECOND)])
    people = period(tmp_path).people
    assert (only(people.before["searches"]), only(people.before["clicks"]), only(people.sums["clicks"])) == (1, 0, 0)


def test_damaged_lines_and_files_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = [exposure("ana", "2") | {"user": None}, exposure("ana", "3") | {"schema": "another/1"}]
    write_json(tmp_path, "exposures", [exposure("ana", "1"), '{"schema": "discov', "[1]", *broken])
    cut = write_json(tmp_path, "exposures", [exposure("ben", str(n)) for n in range(50)], "cut.json.gz")
    cut.write_bytes(cut.read_bytes()[:-100])
    no_parquet = write_parquet(tmp_path, "outcomes", [outcome("ana", "1")], "no.parquet")
    no_parquet.write_bytes(b"PAR1 is how it would begin")
    write_json(tmp_path, "outcomes", [outcome("ana", "1"), outcome("ana", "1", "play") | {"time": None}, "{"])

    with open_lake(tmp_path, NAME) as lake:
        (epoch,) = lake.epochs()
        assert lake.damage == Damage(6, tuple(str(file.relative_to(tmp_path)) for file in (no_parquet, cut)))
        assert only(lake.period(epoch).people.sums["clicks"]) == 1


def test_credit_goes_to_the_team_of_what_was_clicked(tmp_path: Path) -> None:
    drafted = [{"id": title, "rank": 1, "team": team} for title, team in (("alien", "low"), ("heat", "high"))]
    searches = [
        exposure(person, search, variant="(multileave)", mode="multileave", shown=drafted)
        for person, search in (("ana", "1"), ("ana", "2"), ("ben", "3"))
    ]
    write_json(tmp_path, "exposures", searches)
    write_json(
        tmp_path,
        "outcomes",
        [
            outcome("ana", "1"),
            outcome("ana", "1", at=BEGIN + 9 * SECOND),
            outcome("ana", "2", content_id="heat"),
            outcome("ben", "3", content_id="heat"),
            outcome("ben", "3", "play", content_id="alien"),
        ],
    )
    with open_lake(tmp_path, NAME) as lake:
        (epoch,) = lake.epochs()
        clicks, plays = (lake.credits(epoch, ("high", "low", "unused"), action) for action in ("click", "play"))
    assert sorted(clicks.credit.tolist()) == [[1, 0, 0], [1, 1, 0]]
    assert plays.credit.tolist() == [[0, 1, 0]]


def test_credit_is_shared_where_the_record_has_shares(tmp_path: Path) -> None:
    """Records of before have the team alone, and the two may be mixed in one page."""
    shown = [
        {"id": "alien", "rank": 1, "team": "low", "shares": {"low": 0.25, "high": 0.75}},
        {"id": "heat", "rank": 2, "team": "high"},
        {"id": "jaws", "rank": 3},
    ]
    searched = [exposure("ana", "1", variant="(multileave)", mode="multileave", shown=shown)]
    clicked = [outcome("ana", "1", content_id=title) for title in ("alien", "heat", "jaws", "alien")]
    for write, folder in ((write_json, tmp_path / "json"), (write_parquet, tmp_path / "parquet")):
        write(folder, "exposures", searched)
        write(folder, "outcomes", clicked)

        with open_lake(folder, NAME) as lake:
            (epoch,) = lake.epochs()
            assert lake.credits(epoch, ("high", "low")).credit.tolist() == [[1.75, 0.25]]


def test_days_before_are_not_read(tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", [exposure("ana", "1")])
    since = since_of("20260601T000000Z-e0e0e0")
    assert str(since) == "2026-05-18"
    with open_lake(tmp_path, NAME, since=since) as lake:
        assert lake.searches == 0
    assert since_of("made by hand") is None


def test_a_lake_may_be_empty_but_not_missing(tmp_path: Path) -> None:
    with open_lake(tmp_path, NAME) as lake:
        assert (lake.epochs(), lake.searches, lake.outcomes) == ((), 0, 0)
    with pytest.raises(LakeUnavailable, match="no folder"), open_lake(tmp_path / "missing", NAME):
        pass


def test_people_are_in_the_same_order_in_the_epoch_and_before_it(tmp_path: Path) -> None:
    names = [f"person {n}" for n in range(200)]
    write_json(
        tmp_path,
        "exposures",
        [
            record
            for n, name in enumerate(names)
            for record in (
                *(exposure(name, f"{name} {search}") for search in range(1 + n % 7)),
                *(outside(name, f"{name} {search} before", BEGIN - DAY) for search in range(2 * (1 + n % 7))),
            )
        ],
    )
    people = period(tmp_path).people
    assert np.array_equal(people.before["searches"], 2 * people.sums["searches"])


def test_a_file_in_a_lake_is_not_what_raises(tmp_path: Path) -> None:
    (tmp_path / "exposures" / "day=2026-05-15").mkdir(parents=True)
    (tmp_path / "exposures" / "day=2026-05-15" / "_SUCCESS").touch()
    (tmp_path / "exposures" / "errors").mkdir()
    (tmp_path / "exposures" / "errors" / "part.json").write_text("{}")
    with open_lake(tmp_path, NAME) as lake:
        assert isinstance(lake, Lake)
        assert lake.searches == 0


def test_traffic_is_everybody_of_the_last_days_and_what_they_did_before(tmp_path: Path) -> None:
    write_json(
        tmp_path,
        "exposures",
        [
            outside("ana", "1", BEGIN + 10 * DAY),
            exposure("ben", "2", BEGIN + 4 * DAY),
            outside("ana", "3", BEGIN + 2 * DAY),
            outside("cleo", "4", BEGIN),
        ],
    )
    with open_lake(tmp_path, "") as lake:
        recent, all_there_is = lake.traffic(7), lake.traffic(100)
    assert (recent.days, sorted(recent.people.before["searches"].tolist())) == (7.0, [0, 1])
    assert (all_there_is.days, len(all_there_is.people.variant)) == (10.0, 3)
