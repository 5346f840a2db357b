"""When, on what and how figures were taken, without naming the machine."""

import os
import platform
from datetime import UTC, datetime


def machine() -> str:
    """System, cores and Python."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def today() -> str:
    """The date, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def measured(command: str, *, on: str | None = None, at: str | None = None) -> str:
    """The sentence above every table, by default of this machine and day."""
    return f"Measured {at or today()} on {on or machine()}, with `{command}`."
