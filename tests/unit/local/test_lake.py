"""Firehose's stand-in: prefixes, and what two processes leave in one line of a log."""

import time

from local.stack.lake import evaluated, objects_in

MOMENT = time.gmtime(1_750_000_000)


def test_a_prefix_names_the_day() -> None:
    assert evaluated("exposures/day=!{timestamp:yyyy-MM-dd}/", MOMENT) == "exposures/day=2025-06-15/"
    assert evaluated("plain/!{timestamp:HH}/", MOMENT) == "plain/15/"


def test_objects_that_share_a_line_are_told_apart() -> None:
    assert objects_in('{"a": 1}{"b": {"c": 2}}') == [({"a": 1}, '{"a": 1}'), ({"b": {"c": 2}}, '{"b": {"c": 2}}')]
    assert objects_in('noise {"a": 1} noise') == [({"a": 1}, '{"a": 1}')]
    assert objects_in('{"a": ') == objects_in("") == []
