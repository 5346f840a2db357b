"""How large a parameter's value may be. Pure.

"Managing parameter tiers" in the AWS Systems Manager User Guide: 4 KB in the standard tier; 8 KB in the advanced one,
which costs some cents a month for each parameter, and from which a parameter does not come back.
"""

STANDARD_BYTES, ADVANCED_BYTES = 4096, 8192
_BEGINNING = 40
"""Characters of a value that is too large to be shown."""


def needs_advanced_tier(value: str) -> bool:
    """Whether Parameter Store takes the value only as an advanced parameter."""
    return len(value.encode()) > STANDARD_BYTES


def why_too_large(value: str) -> str | None:
    """Why Parameter Store takes the value in no tier; None where it does."""
    size = len(value.encode())
    return f"has {size} bytes, and Parameter Store takes {ADVANCED_BYTES} at most" if size > ADVANCED_BYTES else None


def beginning(value: str) -> str:
    """As much of a large value as a message can hold."""
    return f"{value[:_BEGINNING]}…" if len(value) > _BEGINNING else value
