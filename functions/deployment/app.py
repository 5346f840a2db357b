"""The deployment function: does for CloudFormation what CloudFormation can't.

    Custom::PolicyParameters  creates parameters that do not exist, and never changes one that does (docs/adr/0017)
    Custom::Configuration     tells whether a function differs from the version that is live      (docs/adr/0019)
    Custom::OriginSecret      hashes the secret that the edge sends                                (docs/adr/0024)

CloudFormation sends a request for each change of such a resource and waits for an answer at the URL in it ("Custom
resource request objects" and "response objects" in its user guide). Nothing but boto3 is needed, which is in the Lambda
runtime: so there is no layer here, and no dependency that could fail a deployment.
"""

import hashlib
import json
import logging
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

_ANSWER_SECONDS = 10
_DELETED_AT_ONCE = 10
"""As many as DeleteParameters takes."""
_LIVE = "live"
_CONFIGURATION = (
    *("Architectures", "CodeSha256", "Environment", "EphemeralStorage", "Handler", "KMSKeyArn", "Layers"),
    *("LoggingConfig", "MemorySize", "Role", "Runtime", "Timeout", "TracingConfig"),
)
"""What makes a version another one, as GetFunctionConfiguration has it; besides parts of VpcConfig and SnapStart."""
_DENIED = ("AccessDenied", "AccessDeniedException")
_PAUSES = (1, 2, 4, 8, 12)
"""Seconds; in all less than half of the timeout. A right that the same deployment gives may take a while to hold, for
which CloudFormation does not wait ("Changes that I make are not always immediately visible" in IAM's user guide)."""

Properties = Mapping[str, Any]
Clients = Callable[[str], Any]
Answer = Callable[[str, bytes], None]
Wait = Callable[[float], None]

logger = logging.getLogger()


def make_handler(clients: Clients, answer: Answer, wait: Wait = time.sleep) -> Callable[[Properties, object], None]:
    """The Lambda handler over functions that make an AWS client, put a body to a URL, and wait for some seconds."""

    def lambda_handler(event: Properties, _context: object) -> None:
        # CloudFormation takes another id for another resource, and then asks for the old one to be deleted: another
        # prefix is another set of parameters.
        identity = event["ResourceProperties"].get("Prefix", event["LogicalResourceId"])
        response = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        response |= {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId", identity)}
        try:
            response |= {"Data": _carried_out(event, clients, wait)}
            if event["RequestType"] != "Delete":
                response |= {"PhysicalResourceId": identity}
        except Exception as error:  # whatever it was: without an answer the deployment would hang
            logger.exception("%s of %s failed", event["RequestType"], event["ResourceType"])
            response |= {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"}
        answer(event["ResponseURL"], json.dumps(response).encode())

    return lambda_handler


def _carried_out(event: Properties, clients: Clients, wait: Wait) -> dict[str, str]:
    """What the request asks for, tried again while a right is missing: each of the three may be done twice."""
    carry_out = {
        "Custom::PolicyParameters": _parameters,
        "Custom::Configuration": _configuration,
        "Custom::OriginSecret": _origin_secret,
    }[event["ResourceType"]]
    for pause in _PAUSES:
        try:
            return carry_out(event["RequestType"], event["ResourceProperties"], clients)
        except Exception as error:
            if getattr(error, "response", {}).get("Error", {}).get("Code") not in _DENIED:
                raise
            logger.warning("%s of %s: %s; tried again", event["RequestType"], event["ResourceType"], error)
            wait(pause)
    return carry_out(event["RequestType"], event["ResourceProperties"], clients)


def _parameters(request: str, properties: Properties, clients: Clients) -> dict[str, str]:
    ssm = clients("ssm")
    names = [properties["Prefix"] + parameter["Name"] for parameter in properties["Parameters"]]
    if request == "Delete":
        # CloudFormation passes on every property as a string.
        deleted = list(_delete(names, ssm)) if properties["DeleteParameters"] == "true" else []
        logger.info("deleted %s", deleted)
        return {"Deleted": str(len(deleted))}
    created = list(_create(properties, ssm))
    logger.info("created %s, left %s as they are", created, sorted(set(names) - set(created)))
    return {"Created": str(len(created))}


def _create(properties: Properties, ssm: Any) -> Iterator[str]:
    """Create those parameters that do not exist, and yield their names."""
    for parameter in properties["Parameters"]:
        name = properties["Prefix"] + parameter["Name"]
        try:
            ssm.put_parameter(
                Name=name,
                Value=parameter["Value"],
                Type="String",
                Description=parameter["Description"],
                Overwrite=False,  # what this is all about: Parameter Store itself refuses, so no edit can come between
                Tags=[{"Key": "service", "Value": "discovery"}, {"Key": "stage", "Value": properties["Stage"]}],
            )
        except ssm.exceptions.ParameterAlreadyExists:
            continue
        yield name


def _delete(names: Iterable[str], ssm: Any) -> Iterator[str]:
    """Delete those parameters that exist, and yield their names."""
    for some in batched(names, _DELETED_AT_ONCE, strict=False):
        yield from ssm.delete_parameters(Names=list(some))["DeletedParameters"]


def _configuration(request: str, properties: Properties, clients: Clients) -> dict[str, str]:
    """A description for the next version of each function, by the function's key in the template.

    It is the live version's own where the function is as that version is: CloudFormation publishes a version when its
    description changes, and fails when there is nothing new to publish.
    """
    if request == "Delete":
        return {}
    client = clients("lambda")
    return {key: _description(name, client) for key, name in properties["Functions"].items()}


def _description(function: str, client: Any) -> str:
    latest = client.get_function_configuration(FunctionName=function)
    try:
        live = client.get_function_configuration(FunctionName=function, Qualifier=_LIVE)
    except client.exceptions.ResourceNotFoundException:
        live = None  # this is the first deployment
    if live is not None and _essence(live) == _essence(latest):
        return str(live["Description"])
    return f"configuration {hashlib.sha256(_essence(latest)).hexdigest()[:16]}"


def _essence(configuration: Properties) -> bytes:
    """What tells two versions apart; the function's own description does not, since versions have their own."""
    essence = {name: configuration.get(name) for name in _CONFIGURATION}
    network = configuration.get("VpcConfig", {})
    essence["VpcConfig"] = [sorted(network.get(name, ())) for name in ("SubnetIds", "SecurityGroupIds")]
    essence["SnapStart"] = configuration.get("SnapStart", {}).get("ApplyOn", "None")
    return json.dumps(essence, sort_keys=True).encode()


def _origin_secret(request: str, properties: Properties, clients: Clients) -> dict[str, str]:
    """SHA-256 of the secret as it is and, after a rotation, as it was before, since both are sent meanwhile."""
    if request == "Delete":
        return {}
    client = clients("secretsmanager")
    hashes = []
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        try:
            secret = client.get_secret_value(SecretId=properties["Secret"], VersionStage=stage)["SecretString"]
        except client.exceptions.ResourceNotFoundException:
            continue  # it was never rotated
        hashes.append(hashlib.sha256(secret.encode()).hexdigest())
    if not hashes:
        raise ValueError("the origin secret has no value")  # no hash at all would let everybody in
    return {"Sha256": ",".join(dict.fromkeys(hashes))}


def _client(service: str) -> Any:
    import boto3  # noqa: PLC0415 - not before it is needed

    return boto3.client(service)  # type: ignore[call-overload]  # one function for every service


def _put(url: str, body: bytes) -> None:
    # A presigned URL, whose signature knows of no content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS):  # noqa: S310 - CloudFormation's own URL
        pass


lambda_handler = make_handler(_client, _put)
