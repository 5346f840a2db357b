"""What schemathesis imports, in its own environment; it calls `filter_failure` by name."""

from typing import Any

import schemathesis

from tools.fuzz.excuses import is_right

_REJECTED_ALTHOUGH_VALID = "ST202"


@schemathesis.hook  # type: ignore[untyped-decorator]  # not in the environment that checks types
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:  # noqa: ARG001 - passed by name
    """Whether a failure counts."""
    if failure.code != _REJECTED_ALTHOUGH_VALID:
        return True
    return not is_right(response.status_code, response.text_lossy(), case.query or {})
