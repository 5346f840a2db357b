"""What every test shares: a namespace for metrics, and a way to read the counts that code emits."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator

import hypothesis
import pytest

# Powertools reads it once, when `discovery.observability` is imported; in Lambda the template sets it.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Discovery")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")

# The same examples at every run, and no limit on the time of one: a build never fails by luck or on a slow machine.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

Counted = Callable[[], Counter[str]]


@pytest.fixture(autouse=True)
def _services_are_closed() -> Iterator[None]:
    yield
    from tests import services  # noqa: PLC0415 - not before the environment above is set

    services.close_all()


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Counted:
    """A function that returns the counts emitted since the test began, or since it was called last."""
    from discovery.observability import metrics  # noqa: PLC0415 - not before the environment above is set

    flush = metrics.flushed_after(lambda: None)

    def read() -> Counter[str]:
        flush()
        counts: Counter[str] = Counter()
        for line in capsys.readouterr().out.splitlines():
            record = json.loads(line) if line.startswith("{") else {}
            for group in record.get("_aws", {}).get("CloudWatchMetrics", ()):
                for metric in group["Metrics"]:
                    if metric["Unit"] == "Count":
                        counts[metric["Name"]] += sum(record[metric["Name"]])
        return counts

    read()
    return read
