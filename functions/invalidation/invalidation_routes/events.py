"""Events of EventBridge: SONA's, when a person has changed or is erased, and Parameter Store's, when a policy has."""

import re
from collections.abc import Callable

from discovery.api.requests import is_text
from discovery.composition.invalidation import InvalidationService
from discovery.observability import logger, metrics

_HASH = re.compile(r"[0-9a-f]{32}")
"""What `user_hash` makes."""


def dispatch(event: object, service: Callable[[], InvalidationService]) -> None:
    """Do what an event asks for; an event that is unknown is counted and ignored.

    Raises:
        CacheUnavailable, PolicyUnavailable: it could not be done, so EventBridge has to send the event again.
    """
    match event:
        case {"source": "sona", "detail-type": "UserPreferencesUpdated", "detail": dict(detail)}:
            # A detail that is a CloudEvent in structured mode tells in `data` what others tell in the detail itself.
            if not _invalidate(detail.get("data") if "specversion" in detail else detail, service):
                _ignore(event)
        case {"source": "aws.ssm", "detail-type": "Parameter Store Change", "detail": {"name": str(name)}}:
            if not service().policy_refresh.parameter_changed(name):
                _ignore(event)
        case _:
            _ignore(event)


def _invalidate(told: object, service: Callable[[], InvalidationService]) -> bool:
    """Invalidate or erase the person that an event tells of; whether it names one, by hash or by id."""
    match told:
        case {"user_hash": str(user), "erased": True} if _HASH.fullmatch(user):
            service().invalidator.erase_hash(user)
        case {"user_id": str(user_id), "erased": True} if user_id and is_text(user_id):
            service().invalidator.erase_user(user_id)
        case {"user_hash": str(user)} if _HASH.fullmatch(user):
            service().invalidator.invalidate_hash(user)
        case {"user_id": str(user_id)} if user_id and is_text(user_id):
            service().invalidator.invalidate_user(user_id)
        case _:
            return False
    return True


def _ignore(event: object) -> None:
    metrics.count("EventIgnored")
    known = event if isinstance(event, dict) else {}
    logger.warning("event ignored", source=known.get("source"), detail_type=known.get("detail-type"))
