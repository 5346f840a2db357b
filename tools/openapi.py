"""`python -m tools.openapi`: write functions/search/openapi.json from the routes of both functions."""

import importlib.util
import json
from pathlib import Path
from typing import Any

from discovery.api.openapi import merged_openapi

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "functions" / "search" / "openapi.json"


def current() -> str:
    """The document as the code has it now."""
    document = merged_openapi(_app(name) for name in ("search", "invalidation"))
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _app(function: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"{function}_app", ROOT / "functions" / function / "app.py")
    if spec is None or spec.loader is None:
        raise ImportError(function)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_app(_never)


def _never() -> Any:
    raise AssertionError("describing the routes needs no service")


if __name__ == "__main__":
    TARGET.write_text(current(), encoding="utf-8")
