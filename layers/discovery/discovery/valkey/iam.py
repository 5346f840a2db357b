"""ElastiCache's IAM authentication: the password is a request that is signed and never sent.

    {cache name}/?Action=connect&User={user}[&ResourceType=ServerlessCache]&X-Amz-…&X-Amz-Signature=…

It is a presigned URL (Signature Version 4, service `elasticache`, GET) without its scheme. According to the ElastiCache
User Guide ("Authenticating with IAM") it opens connections for 15 minutes, and these may live for 12 hours.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError

if TYPE_CHECKING:
    from botocore.credentials import Credentials

_VALID_SECONDS = 900
_KEPT_SECONDS = 600
"""How long a token is used: well short of its 15 minutes, since the credentials that signed it may end earlier."""

FindCredentials = Callable[[], "Credentials | None"]


class ElastiCacheToken(CredentialProvider):
    """User and token for a new connection; the token is kept for ten minutes. Safe to use from several threads."""

    def __init__(
        self,
        user: str,
        cache_name: str,
        *,
        serverless: bool,
        region: str | None = None,
        find_credentials: FindCredentials | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Import botocore now, while a function starts: at first use it would take longer than a search may."""
        import botocore.auth  # noqa: PLC0415 - only IAM needs it; Lambda's runtime has it, so the layer does not
        import botocore.session  # noqa: PLC0415

        session = botocore.session.Session()
        self._user = user
        self._query = {"Action": "connect", "User": user}
        if serverless:
            self._query["ResourceType"] = "ServerlessCache"
        self._host = cache_name.lower()  # as ElastiCache keeps it; a signature of another spelling is refused
        self._region: str | None = region or session.get_config_variable("region")
        # Only called for the first token: credentials found before a SnapStart snapshot would end before it does.
        self._find_credentials: FindCredentials = find_credentials or session.get_credentials
        self._now = wall_clock
        self._lock = threading.Lock()
        self._token = ""
        self._signed_at: float | None = None

    def get_credentials(self) -> tuple[str, str]:
        """User and token.

        Raises:
            AuthenticationError: there are no credentials, or no region, to sign with; the message is an error's class.
        """
        with self._lock:
            if not self._is_fresh:
                self._signed_at, self._token = self._now(), self._sign()
            return self._user, self._token

    async def get_credentials_async(self) -> tuple[str, str]:
        """The same; a new token is made on a thread, since its credentials may come from an HTTP endpoint."""
        return self.get_credentials() if self._is_fresh else await asyncio.to_thread(self.get_credentials)

    @property
    def _is_fresh(self) -> bool:
        return self._signed_at is not None and 0 <= self._now() - self._signed_at < _KEPT_SECONDS

    def _sign(self) -> str:
        from botocore.auth import SigV4QueryAuth  # noqa: PLC0415
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        try:
            credentials = self._find_credentials()
            if credentials is None or self._region is None:
                raise AuthenticationError("NoCredentialsError" if credentials is None else "NoRegionError")
            request = AWSRequest("GET", f"http://{self._host}/?{urlencode(self._query)}")
            frozen = credentials.get_frozen_credentials()
            SigV4QueryAuth(frozen, "elasticache", self._region, expires=_VALID_SECONDS).add_auth(request)
        except BotoCoreError as error:
            raise AuthenticationError(type(error).__name__) from error
        return str(request.url).removeprefix("http://")
