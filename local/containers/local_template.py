"""The built template as `sam local` needs it, and the file for its `--env-vars`.

`--env-vars` sets no variable that the template does not declare, and deployed functions have no endpoint URL and no
static key in their environment. So a copy of the template declares what the local stack gives its functions. It drops
all settings of the deployed ones: the cache's user, the key's parameter and the like exist on AWS only.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.cloudformation import load_template
from local.containers.relay import HOST_IN_CONTAINERS
from local.stack.configuration import Wiring, settings_of
from local.stack.credentials import CREDENTIALS
from local.stack.description import Description
from local.stack.issuer import Issuer
from local.stack.keys import sona_token, user_key
from local.stack.processes import HOST, ROOT

BUILT = ROOT / ".aws-sam" / "build"
LOCAL_TEMPLATE = BUILT / "local.json"
"""Beside the built one, whose paths are relative; samconfig.toml names it too."""
CATALOGUE = "/opt/catalogue"
MODEL = "/var/task/model"
_PREFIX = "DISCOVERY_"
_PATIENCE_MS = "2000"
"""For the table: moto on a busy machine takes longer than DynamoDB's 20 ms."""


def container_variables(stack: Description, state: Path) -> dict[str, str]:
    """The functions' variables for a running stack, as seen from a container; `state` is the folder of its keys."""
    wiring = Wiring(
        stage=stack.stage,
        catalogue=Path(CATALOGUE),
        sona_url=_seen_from_a_container(stack.sona_url),
        aws_endpoint_url=_seen_from_a_container(stack.aws_endpoint_url),
        valkey_url=_seen_from_a_container(stack.valkey_url),
        jwks=Issuer(state).jwks(),
        user_key=user_key(state),
        sona_token=sona_token(state),
    )
    engine = {"SONA_MODEL": MODEL, "SONA_TABLE": f"discovery-{stack.stage}-sona", "SONA_TABLE_TIMEOUT_MS": _PATIENCE_MS}
    return settings_of(wiring) | engine | CREDENTIALS | {"AWS_REGION": stack.region}


def ports(stack: Description) -> list[int]:
    """The ports of this machine's servers that those variables name."""
    urls = map(urlsplit, (stack.sona_url, stack.aws_endpoint_url, stack.valkey_url))
    return [url.port for url in urls if url.hostname == HOST and url.port]


def write_template(variables: Iterable[str], architecture: str) -> None:
    """Write `LOCAL_TEMPLATE`, from the one that was built for this architecture.

    Raises:
        FileNotFoundError: nothing is built.
    """
    template = local_template(load_template(BUILT / "template.yaml"), variables, architecture)
    LOCAL_TEMPLATE.write_text(json.dumps(template, indent=2, default=str))


def local_template(built: Mapping[str, Any], variables: Iterable[str], architecture: str) -> dict[str, Any]:
    """A template that declares these variables, and no other setting of ours, for every function."""
    template: dict[str, Any] = copy.deepcopy(dict(built))
    template["Parameters"]["Architecture"]["Default"] = architecture  # the image depends on it
    everywhere = template["Globals"]["Function"]
    functions = [properties for _, properties in _of_type(template, "AWS::Serverless::Function")]
    layers = {name for name, _ in _of_type(template, "AWS::Serverless::LayerVersion")}
    for holder in (everywhere, *functions):
        declared = holder.get("Environment", {}).get("Variables", {})
        kept = {name: value for name, value in declared.items() if not name.startswith(_PREFIX)}
        holder["Environment"] = {"Variables": kept}
        # Only the layers built here: SAM silently drops a layer behind nested conditions.
        holder["Layers"] = [{"Ref": name} for name in _names_in(holder.get("Layers", [])) if name in layers]
    everywhere["Environment"]["Variables"] |= dict.fromkeys(variables, "")
    return template


def write_variables(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file for `--env-vars`: the same for every function."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # it holds the user key
    path.write_text(json.dumps({"Parameters": variables}, indent=2))


def _of_type(template: Mapping[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    resources = template["Resources"].items()
    return ((name, resource["Properties"]) for name, resource in resources if resource["Type"] == kind)


def _names_in(value: Any) -> Iterator[str]:
    """The names that a value refers to, in order."""
    if isinstance(value, dict) and value.keys() == {"Ref"}:
        yield value["Ref"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _names_in(part)


def _seen_from_a_container(url: str) -> str:
    return url.replace(f"//{HOST}:", f"//{HOST_IN_CONTAINERS}:")
