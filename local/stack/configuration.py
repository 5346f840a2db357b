"""The environment variables of the functions in this stack: what Lambda sets, and their settings."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stack.credentials import CREDENTIALS, REGION
from local.stack.deployment import FunctionSpec
from local.stack.issuer import AUDIENCE, ISSUER
from local.stack.processes import ROOT
from local.stack.queue import url_of

_FROM_THE_SHELL = ("PATH", "HOME", "TMPDIR", "LANG", "COVERAGE_PROCESS_CONFIG")
"""The last one is set where tests measure which lines of the functions run."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Where the parts of a running stack are."""

    stage: str
    catalogue: Path
    sona_url: str
    aws_endpoint_url: str
    valkey_url: str
    jwks: Mapping[str, Any]
    user_key: str
    sona_token: str = ""
    """Empty where SONA asks for none."""
    people_table: str = ""
    """The DynamoDB table that SONA keeps people in."""


def function_environment(spec: FunctionSpec, wiring: Wiring) -> dict[str, str]:
    """Return the whole environment of a function: what Lambda sets, and this stack's settings.

    The shell's `DISCOVERY_*` and `POWERTOOLS_*` reach the function too, so a setting can be tried out with
    `DISCOVERY_PERSONALIZATION_TIMEOUT_MS=80 make run`; nothing else does, least of all someone's AWS credentials.
    """
    shell = {name: value for name, value in os.environ.items() if name.startswith(("DISCOVERY_", "POWERTOOLS_"))}
    defaults = {"DISCOVERY_CONFIG_FILE": str(ROOT / "discovery.toml"), "POWERTOOLS_LOG_LEVEL": "INFO"}
    kept = {name: os.environ[name] for name in _FROM_THE_SHELL if name in os.environ}
    return kept | defaults | shell | _lambda(spec, wiring.stage) | settings_of(wiring)


def _lambda(spec: FunctionSpec, stage: str) -> dict[str, str]:
    name = f"discovery-{stage}-{spec.name}"
    return CREDENTIALS | {
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",  # else botocore waits for that service where credentials are missing
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(spec.file.parent),
        "_HANDLER": f"{spec.file.stem}.{spec.handler}",
        "TZ": "UTC",
        "OPENBLAS_NUM_THREADS": "1",  # as in the template
        "PYTHONPATH": str(ROOT / "layers" / "discovery"),
        "PYTHONUNBUFFERED": "1",
        "POWERTOOLS_SERVICE_NAME": spec.name,
    }


def settings_of(wiring: Wiring) -> dict[str, str]:
    """The settings that a stack gives each of its functions."""
    return {
        "DISCOVERY_STAGE": wiring.stage,
        "DISCOVERY_CATALOGUE_PATH": str(wiring.catalogue.resolve()),
        "DISCOVERY_PERSONALIZATION_SONA_URL": wiring.sona_url,
        "DISCOVERY_SONA_TOKEN": wiring.sona_token,
        "DISCOVERY_CACHE_URL": wiring.valkey_url,
        "DISCOVERY_AUTH_ISSUER": ISSUER,
        "DISCOVERY_AUTH_AUDIENCE": AUDIENCE,
        "DISCOVERY_AUTH_JWKS": json.dumps(wiring.jwks),
        "DISCOVERY_PRIVACY_USER_KEY": wiring.user_key,
        "DISCOVERY_EVENTS_STREAM": f"discovery-{wiring.stage}-outcomes",
        "DISCOVERY_EVENTS_QUEUE_URL": url_of(wiring.aws_endpoint_url, f"discovery-{wiring.stage}-profile-events"),
        "DISCOVERY_LAKE_LOCATION": f"s3://discovery-{wiring.stage}-lake",
        "SONA_EVENT_BUS": "default",
        "AWS_ENDPOINT_URL": wiring.aws_endpoint_url,
        "POWERTOOLS_METRICS_NAMESPACE": "Discovery",
        "POWERTOOLS_TRACE_DISABLED": "true",  # there is no X-Ray daemon to send to
    }
