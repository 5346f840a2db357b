"""How SONA is asked."""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, SecretStr, model_validator

from discovery.names import CREDENTIAL_PATTERN
from discovery.settings.section import Section


def _bearer_token(token: SecretStr) -> SecretStr:
    if token and not re.fullmatch(CREDENTIAL_PATTERN, token.get_secret_value()):
        raise ValueError("must be a bearer token: letters, digits and -._~+/ alone, and = at its end")
    return token


class SonaSettings(Section):
    """How SONA knows us, and we it; its URL is in `PersonalizationSettings`."""

    token: Annotated[SecretStr, AfterValidator(_bearer_token)] = SecretStr("")
    """Sent as a bearer token (RFC 6750)."""
    token_parameter: str = ""
    """Or the name of the parameter that holds it, so that it is in no environment variable."""
    ca_file: Path | None = None
    """Certificates (PEM) that sign SONA's; the system's authorities where there is none."""
    allow_plaintext: bool = False
    """Whether SONA may be asked over plain HTTP outside the stage `local`; a token is never sent so."""

    @property
    def has_token(self) -> bool:
        """Whether there is one to send."""
        return bool(self.token.get_secret_value() or self.token_parameter)

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token.get_secret_value() and self.token_parameter:
            raise ValueError("token and token_parameter: one of them")
        return self
