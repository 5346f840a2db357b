"""People in the memory of one process."""

import threading
from collections.abc import Iterator

from sona.profile import NOBODY, Profile


class MemoryStore:
    """Keeps profiles until the process ends."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}
        self._lock = threading.Lock()

    def read(self, user: str) -> Profile:
        """Return the profile; `NOBODY` where there is none."""
        return self._profiles.get(user, NOBODY)

    def write(self, user: str, profile: Profile) -> bool:
        """Keep a profile if the one before is of the version before it; otherwise keep nothing and return False."""
        with self._lock:
            if self.read(user).version != profile.version - 1:
                return False
            self._profiles[user] = profile
            return True

    def erase(self, user: str) -> bool:
        """Forget a person; whether there was anything to forget."""
        with self._lock:
            return self._profiles.pop(user, None) is not None

    def everybody(self) -> Iterator[tuple[str, Profile]]:
        """All profiles, as they are now."""
        with self._lock:
            return iter(list(self._profiles.items()))
