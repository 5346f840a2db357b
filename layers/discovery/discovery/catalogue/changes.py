"""Single titles that are put or deleted after a bundle was built, until the next build: what each id is now.

    {"format": 1}
    {"put": {"id": "dune-2021", "title": "Dune", …}}
    {"delete": "jaws-1975"}

The last line of an id counts. A set of changes is small, and is laid over a bundle by whoever opens it.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from discovery.artefacts.format_version import of_version
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, ChangesInvalid

MOST = 1000
"""Changes that may lie over a bundle: opening it takes longer by as many titles."""
_DIGEST_DIGITS = 16


class _Head(BaseModel):
    format: int = 1


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    put: Content | None = None
    delete: str | None = None


@dataclass(frozen=True)
class Changes:
    """What ids stand for: a title, or None where it is deleted; the latest change last."""

    titles: Mapping[str, Content | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: bytes | None) -> Self:
        """Read a set of changes; None is the empty one.

        Raises:
            ChangesInvalid: it can't be read, or is of another format.
        """
        if text is None:
            return cls()
        head, *lines = text.splitlines() or [b""]
        of_version(_Head, head, "the first line of the changes", field="format", invalid=ChangesInvalid)
        titles: dict[str, Content | None] = {}
        for number, line in enumerate(lines, 2):
            try:
                change = _Line.model_validate_json(line)
            except ValidationError as error:
                raise ChangesInvalid(f"line {number} of the changes can't be read: {error}") from error
            if change.put is not None:
                titles[change.put.id] = change.put
            elif change.delete is not None:
                titles[change.delete] = None
        return cls(titles)

    def text(self) -> bytes | None:
        """As it is read; None of the empty one.

        Raises:
            CatalogueError: there are too many.
        """
        if len(self.titles) > MOST:
            said = f"{len(self.titles)} titles would differ from the bundle, and at most {MOST} may"
            raise CatalogueError(f"{said}: build it anew with --merge, and publish it")
        if not self.titles:
            return None
        lines: list[BaseModel] = [_Head()]
        for id_, content in self.titles.items():
            lines.append(_Line(delete=id_) if content is None else _Line(put=content))
        return b"".join(line.model_dump_json(exclude_none=True).encode() + b"\n" for line in lines)

    @property
    def contents(self) -> list[Content]:
        """The titles that are put."""
        return [content for content in self.titles.values() if content is not None]

    def has(self, id_: str, built: Collection[str]) -> bool:
        """Whether a title of an id is there; `built`: ids that the bundle has."""
        return self.titles[id_] is not None if id_ in self.titles else id_ in built

    def put(self, contents: Iterable[Content]) -> Self:
        """With titles added, or in place of those of the same ids."""
        changed = dict(self.titles)
        for content in contents:
            changed.pop(content.id, None)
            changed[content.id] = content
        return type(self)(changed)

    def delete(self, ids: Iterable[str], built: Collection[str]) -> Self:
        """Without titles; `built`: ids that the bundle has.

        That they are gone is remembered of those, and of what was put: a build may have merged it meanwhile.
        """
        changed = dict(self.titles)
        for id_ in ids:
            changed.pop(id_, None)
            if id_ in built or id_ in self.titles:
                changed[id_] = None
        return type(self)(changed)

    def merged(self, contents: Iterable[Content]) -> Iterator[Content]:
        """A source's titles as they are after the changes, and then those that it lacks."""
        left = dict(self.titles)
        for content in contents:
            changed = left.pop(content.id, content)
            if changed is not None:
                yield changed
        yield from (content for content in left.values() if content is not None)

    def digests(self) -> dict[str, str]:
        """What tells, of each id, whether it was changed again."""
        return {id_: _digest(content) for id_, content in self.titles.items()}

    def without(self, digests: Mapping[str, str]) -> Self:
        """Those that are not the same as others."""
        mine = self.digests()
        return type(self)({id_: title for id_, title in self.titles.items() if mine[id_] != digests.get(id_)})


def _digest(content: Content | None) -> str:
    text = b"" if content is None else content.model_dump_json().encode()
    return hashlib.sha256(text).hexdigest()[:_DIGEST_DIGITS]
