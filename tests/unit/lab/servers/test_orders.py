"""A process that takes orders."""

import sys

import pytest

from lab.servers.orders import OrderedProcess
from local.stack.processes import ProcessFailed

OBEDIENT = """
import json, sys
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "die":
        sys.exit(3)
    print(json.dumps(order), flush=True)
"""


def started() -> OrderedProcess:
    return OrderedProcess([sys.executable, "-c", OBEDIENT])


def test_each_order_has_its_answer() -> None:
    with started() as process:
        assert process.ask(do="sing", song="é") == {"do": "sing", "song": "é"}


def test_orders_may_be_given_before_the_answers_are_heard() -> None:
    with started() as one, started() as other:
        for process in (one, other):
            process.tell(do="sing")
        assert [process.hear() for process in (one, other)] == [{"do": "sing"}] * 2


def test_the_end_of_a_process_is_an_error_for_who_listens() -> None:
    with started() as process:
        with pytest.raises(ProcessFailed, match="exit code 3"):
            process.ask(do="die")
        with pytest.raises(ProcessFailed, match="exit code 3"):
            process.ask(do="sing")
