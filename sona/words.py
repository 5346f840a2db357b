"""Why a title is where it is, in words."""

from sona.engine import Scored

_WITHOUT_TITLES = {
    "liked": "people of your taste liked it",
    "recent": "it goes with what you watched last",
    "content": "it is about what you like",
    "popular": "popular",
    "together": "people who met one met the other",
}


def in_words(scored: Scored) -> str:
    """The strongest part of a score: "because you liked Alien and Aliens"; empty where nothing speaks for it."""
    part = max(scored.parts, key=lambda name: scored.parts[name], default="")
    if not part or scored.parts[part] <= 0:
        return ""
    if part != "popular" and scored.because:
        return f"because you liked {_listed([title.title for title in scored.because])}"
    return _WITHOUT_TITLES[part]


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
