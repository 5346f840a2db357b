"""The function behind the queue of profile events: its service, and its parts."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from discovery.composition.parts import sona_token_of
from discovery.events.profiles import Profiles
from discovery.settings.settings import Settings
from discovery.sona.http import JsonPoster

_PROFILE_SECONDS = 5.0
"""For SONA's answer to an update, which nobody waits for."""


@dataclass(frozen=True)
class ProfilesService:
    """What the function behind the queue of profile events holds."""

    profiles: Profiles
    runner: asyncio.Runner

    def tell(self, messages: Mapping[str, str]) -> list[str]:
        """Tell SONA of messages' updates, by their ids; returns the ids of those that it did not take."""
        return self.runner.run(self.profiles.tell(messages))


def profiles_service(settings: Settings) -> ProfilesService:
    """The parts of the function behind the queue; connects to nothing but, for SONA's token, to Parameter Store."""
    token = sona_token_of(settings.sona)
    token.prefetch()
    http = JsonPoster.over_aiohttp(
        settings.personalization.sona_url, timeout_sec=_PROFILE_SECONDS, token=token, ca_file=settings.sona.ca_file
    )
    token.wait()
    return ProfilesService(Profiles(http), asyncio.Runner())
