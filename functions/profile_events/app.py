"""The function behind the queue of profile events: tells SONA what signed-in people watched, rated and dismissed.

Lambda takes out of the queue what is not reported as failed ("Using Lambda with Amazon SQS", partial batch responses).
Powertools' batch processor would do the reporting, but its event loop is not ours, in which connections to SONA live.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.composition.profiles import ProfilesService, profiles_service
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings.settings import Settings

Handler = Callable[[Mapping[str, Any], LambdaContext], dict[str, Any]]


def make_handler(service: Callable[[], ProfilesService]) -> Handler:
    """The Lambda handler over a service, which is made at its first use."""

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, Any]:
        failed = service().tell({record["messageId"]: record["body"] for record in event["Records"]})
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return lambda_handler


lambda_handler = make_handler(prepared(lambda: profiles_service(Settings())))
