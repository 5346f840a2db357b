"""Versions of a catalogue in OpenSearch: what their indices are called, and which may be removed.

{alias}-{version}-{time}          a version's titles
{alias}-{version}-{time}-names    its suggestions and words
{alias}, {alias}-names            aliases of the current version's two
{alias}-previous                  alias of the titles of the version before
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.opensearch.about import FORMAT_VERSION
from discovery.opensearch.mapping import names_index, titles_index

KEPT_SECONDS = 600.0
"""How long an environment holds a version after another one took its place, and how long it may go without asking."""

REPLACED_AT = "replaced_at"

_ID_LENGTH = 16
_HELD = timedelta(seconds=3 * KEPT_SECONDS)
"""After which no environment holds a version that was replaced: it had to ask in a third of that time."""
_ABANDONED = timedelta(days=1)
"""After which a version that never was current is taken for one whose build was broken off."""

_TIME = "%Y%m%d%H%M%S"
"""To the second; milliseconds follow."""

Place = Literal["current", "previous", ""]


@dataclass(frozen=True)
class Version:
    """A catalogue in two indices, of this format or another one."""

    index: str
    """Its titles'."""
    told: Mapping[str, Any]
    """What the index tells of it (`About`), and, once another version took its place, `REPLACED_AT`."""
    place: Place = ""
    titles: int = 0
    """That it has now, live changes included."""
    size: int = 0
    """Bytes of both indices on all nodes."""

    @property
    def id(self) -> str:
        """What names the catalogue: `About.version`."""
        return self.index.rsplit("-", 2)[1]

    @property
    def built_at(self) -> datetime:
        """When its build began."""
        return datetime.strptime(f"{self.index.rsplit('-', 1)[1]}000+0000", f"{_TIME}%f%z")

    @property
    def indices(self) -> list[str]:
        """Both."""
        return [self.index, names_of(self.index)]

    def is_let_go(self, now: datetime) -> bool:
        """Whether nobody needs it: it can't be returned to, and no environment holds it."""
        if self.place:
            return False
        replaced_at = self.told.get(REPLACED_AT)
        if replaced_at is None:
            return now - self.built_at > _ABANDONED
        return now - datetime.fromisoformat(replaced_at) > _HELD


def version_id(contents: Sequence[Content], model: EmbeddingModel) -> str:
    """The name of what a catalogue holds: 16 hexadecimal digits; it depends on contents, model and fields alone."""
    fields = [FORMAT_VERSION, model.name, titles_index(model.dimensions, {}), names_index()]
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode())
    digest.update(model.tokenizer.to_str().encode())
    digest.update(np.ascontiguousarray(model.tokens))
    for content in contents:
        digest.update(content.model_dump_json(exclude_defaults=True).encode() + b"\n")
    return digest.hexdigest()[:_ID_LENGTH]


def index_of(alias: str, version: str, built_at: datetime) -> str:
    """The name of an index of titles."""
    return f"{alias}-{version}-{built_at.strftime(_TIME)}{built_at.microsecond // 1000:03}"


def is_index_of(alias: str, index: str) -> bool:
    """Whether an index is one of titles below an alias; another alias may begin like this one."""
    return re.fullmatch(rf"{re.escape(alias)}-[0-9a-f]{{{_ID_LENGTH}}}-\d{{17}}", index) is not None


def names_of(index: str) -> str:
    """The name of the index, or of the alias, of the suggestions and words beside one of titles."""
    return f"{index}-names"


def previous_of(alias: str) -> str:
    """The alias of the titles of the version before."""
    return f"{alias}-previous"
