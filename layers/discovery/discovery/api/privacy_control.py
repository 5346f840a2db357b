"""Global Privacy Control: a browser's header by which a person refuses personalization for one request.

Source: "Global Privacy Control (GPC)", W3C: the header is `Sec-GPC: 1`, and any other value says nothing.
Browsers set it themselves, also on requests to other origins, so that CORS need not allow it.
"""

from dataclasses import replace
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header

from discovery.api.auth import Caller

HEADER = "Sec-GPC"
_REFUSES = "1"

PrivacyControl = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description=f"Global Privacy Control. `{_REFUSES}`: this request is not personalized, whatever the token says, "
        "and nothing is looked up or recorded about the person. Any other value says nothing.",
    ),
]
"""The header's value, as a route takes it."""


def heeding(caller: Caller, privacy_control: str | None) -> Caller:
    """The caller, who refuses personalization for this request if the header says so."""
    return replace(caller, refuses=True) if privacy_control == _REFUSES else caller
