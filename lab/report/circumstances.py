"""When, on what and how figures were taken, without naming the machine."""

import os
import platform
from datetime import UTC, datetime


def measured(command: str) -> str:
    """The sentence above the figures that a command has just taken."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Measured {today} on {machine}, with `{command}`."
