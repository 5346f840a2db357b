"""A person as the engine keeps them."""

from dataclasses import dataclass

from sona.history import EMPTY, History


@dataclass(frozen=True)
class Profile:
    """What is known about one person."""

    version: int = 0
    """From 1 up, one more with every change; 0 for nobody."""
    history: History = EMPTY
    genres: tuple[str, ...] = ()
    """What they said they like when they signed up."""

    def merged(self, history: History, genres: tuple[str, ...] | None) -> "Profile":
        """The profile after an update, of the next version; the same one where the update says nothing new.

        `genres` take the place of those before; None leaves them.
        """
        merged = self.history.merged(history)
        kept = self.genres if genres is None else genres
        if merged == self.history and kept == self.genres:
            return self
        return Profile(self.version + 1, merged, kept)


NOBODY = Profile()
