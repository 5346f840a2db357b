"""Licences of a CycloneDX bill of materials, and which of them are not permissive."""

import re
from typing import Any

PERMISSIVE = frozenset(
    [
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"),
        *("MIT", "MIT-0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
    ]
)
"""SPDX identifiers."""

_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What older packages declare, and what it stands for."""


def licences(bill: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each component declares, by its name: SPDX identifiers or expressions, sorted; empty for nothing."""
    return {component["name"]: _declared(component.get("licenses", ())) for component in bill["components"]}


def is_permissive(expression: str) -> bool:
    """Whether a licence's expression leaves a choice of permissive licences alone. Parentheses count as none such."""
    return any(
        all(licence.strip() in PERMISSIVE for licence in re.split(r"\bAND\b", choice))
        for choice in re.split(r"\bOR\b", expression)
    )


def not_permissive(bill: dict[str, Any]) -> dict[str, str]:
    """The components without a permissive licence, with what they declare; of several, all must be permissive."""
    return {
        name: " AND ".join(declared)
        for name, declared in licences(bill).items()
        if not declared or not all(map(is_permissive, declared))
    }


def _declared(entries: Any) -> tuple[str, ...]:
    texts = (entry.get("expression") or entry["license"].get("id") or entry["license"]["name"] for entry in entries)
    return tuple(sorted({_CLASSIFIERS.get(text, text) for text in texts}))
