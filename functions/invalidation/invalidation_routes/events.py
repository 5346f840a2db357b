"""Events of EventBridge: SONA's, when a person's tastes have changed, and Parameter Store's, when a policy has."""

from collections.abc import Callable

from discovery.api.requests import is_text
from discovery.composition import InvalidationService
from discovery.observability import logger, metrics


def dispatch(event: object, service: Callable[[], InvalidationService]) -> None:
    """Do what an event asks for; an event that is unknown is counted and ignored.

    Raises:
        CacheUnavailable, PolicyUnavailable: it could not be done, so EventBridge has to send the event again.
    """
    match event:
        case {"source": "sona", "detail-type": "UserPreferencesUpdated", "detail": {"user_id": str(user_id)}} if (
            user_id and is_text(user_id)
        ):
            service().invalidator.invalidate_user(user_id)
        case {"source": "aws.ssm", "detail-type": "Parameter Store Change", "detail": {"name": str(name)}}:
            if not service().policy_refresh.parameter_changed(name):
                _ignore(event)
        case _:
            _ignore(event)


def _ignore(event: object) -> None:
    metrics.count("EventIgnored")
    known = event if isinstance(event, dict) else {}
    logger.warning("event ignored", source=known.get("source"), detail_type=known.get("detail-type"))
