"""What `make validate` looks at: every resource, by the parameters' defaults or with all options switched on."""

import json
from typing import Any

from local.cloudformation import deployed
from tests.unit.template.conftest import REQUIRED, ROOT

OPTIONS: dict[str, str] = json.loads((ROOT / "tools" / "options.json").read_text())


def test_every_resource_is_linted(as_transformed: dict[str, Any]) -> None:
    seen = deployed(as_transformed, REQUIRED).keys() | deployed(as_transformed, OPTIONS).keys()
    assert as_transformed["Resources"].keys() == seen


def test_options_are_parameters_of_the_template(written: dict[str, Any]) -> None:
    assert OPTIONS.keys() <= written["Parameters"].keys()
