"""Logger and metrics: the only module-level objects with side effects.

Both write to standard output, metrics in CloudWatch's embedded metric format; nothing here makes a call.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from functools import wraps

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger()
# With LogLevel DEBUG, Lambda has every logger log at DEBUG. These would log requests and answers as they are: secrets
# that Parameter Store answers, and who DynamoDB is asked for.
for _name in ("boto3", "botocore", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Stamp(logging.Filter):
    """Adds to every line what it does not say itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Callable[[], Mapping[str, object]] = dict

    def filter(self, record: logging.LogRecord) -> bool:
        for name, field in self.fields().items():
            record.__dict__.setdefault(name, field)
        return True


_stamp = _Stamp()
logger.addFilter(_stamp)


def stamp_lines(fields: Callable[[], Mapping[str, object]]) -> None:
    """Have these fields, as they then are, in every log line from now on."""
    _stamp.fields = fields


class Counters:
    """Powertools' metrics under the two names that this code uses, for any number of threads."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._lock = threading.Lock()  # a thread that adds while another one writes would fail the request of either

    def count(self, name: str, value: float = 1) -> None:
        """Add to a count."""
        with self._lock:
            self._metrics.add_metric(name, MetricUnit.Count, value)

    def defect(self, name: str) -> None:
        """Count a defect of ours, by its name and by the function's version, which a release is judged by.

        It raises nothing: whoever counts a defect is about to answer in spite of it.
        """
        self.count(name)
        try:
            record = EphemeralMetrics()
            record.add_dimension("version", os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"))
            record.add_metric("Defects", MetricUnit.Count, 1)
            record.flush_metrics()
        except Exception as error:
            logger.exception("defect not recorded", reason=type(error).__name__)

    def milliseconds(self, name: str, value: float) -> None:
        """Record a duration."""
        with self._lock:
            self._metrics.add_metric(name, MetricUnit.Milliseconds, value)

    def flushed_after[**P, R](self, handler: Callable[P, R]) -> Callable[P, R]:
        """Decorate a handler so that its metrics are written at its end; having none is fine."""

        @wraps(handler)
        def flushing(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return handler(*args, **kwargs)
            finally:
                with self._lock:
                    if self._metrics.metric_set:
                        self._metrics.flush_metrics()

        return flushing


metrics = Counters(Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Discovery")))
