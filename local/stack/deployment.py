"""What template.yaml deploys, as the local stack needs it: functions, routes, rules, streams, queues and parameters.

A function without events is there for the deployment itself, like the one that creates the parameters: the stack runs
none of those, and creates the parameters itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloudformation import load_template, resolved


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """An `AWS::Serverless::Function` with events."""

    name: str
    """The name of its folder: `search` for functions/search."""
    file: Path
    handler: str
    timeout: float
    """Seconds."""
    memory: int
    """MB."""


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP API route; method `ANY` and path `$default` as API Gateway understands them."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The routeKey of its events."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Rule:
    """An EventBridge rule: events that match the pattern go to the function."""

    pattern: Mapping[str, Any]
    function: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that is called at a fixed rate."""

    seconds: float
    function: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A DynamoDB table's stream, whose records go to the function."""

    table: str
    """The table's name."""
    function: str


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue, whose messages go to the function, with its dead-letter queue."""

    name: str
    function: str
    dead_letters: str
    """That queue's name."""
    visibility_timeout: int
    """Seconds."""
    max_receives: int
    """After so many a message is a dead letter."""
    batch: int
    """Messages that an invocation gets at most."""


@dataclass(frozen=True, slots=True)
class DeliveryStream:
    """A Firehose stream to S3."""

    name: str
    prefix: str
    """Of the objects' keys, with expressions in it."""
    extension: str
    """Of the objects' names."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A filter that passes those lines of a function's log on to a delivery stream in which a field has a value."""

    function: str
    field: str
    value: str
    stream: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a `Custom::PolicyParameters` creates."""

    name: str
    type: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything of a template that the local stack runs."""

    functions: tuple[FunctionSpec, ...]
    routes: tuple[Route, ...]
    rules: tuple[Rule, ...]
    schedules: tuple[Schedule, ...]
    streams: tuple[Stream, ...]
    queues: tuple[Queue, ...]
    delivery_streams: tuple[DeliveryStream, ...]
    subscriptions: tuple[Subscription, ...]
    parameters: tuple[Parameter, ...]


def read_deployment(path: Path, *, stage: str) -> Deployment:
    """Read a template as it would be deployed to `stage`.

    Raises:
        KeyError: these parts of the template use something that has no value or is not understood.
    """
    template = load_template(path)
    values = {"Stage": stage}
    defaults = template.get("Globals", {}).get("Function", {})
    specs, routes, rules, schedules, streams, queues = [], [], [], [], [], []
    for properties in _of_type(template, "AWS::Serverless::Function"):
        if "Events" not in properties:
            continue
        spec = _function({**defaults, **properties}, path.parent)
        specs.append(spec)
        for event in properties["Events"].values():
            if event["Type"] == "HttpApi":
                routes.append(_route(event.get("Properties", {}), spec.name))
            elif event["Type"] in ("EventBridgeRule", "CloudWatchEvent"):
                rules.append(Rule(resolved(template, event["Properties"]["Pattern"], values), spec.name))
            elif event["Type"] == "Schedule":
                schedules.append(Schedule(_seconds(event["Properties"]["Schedule"]), spec.name))
            elif event["Type"] == "DynamoDB":
                table = template["Resources"][event["Properties"]["Stream"]["Fn::GetAtt"][0]]
                streams.append(Stream(resolved(template, table["Properties"]["TableName"], values), spec.name))
            elif event["Type"] == "SQS":
                queues.append(_queue(template, event["Properties"], spec.name, values))
    parameters = [
        Parameter(prefix + one["Name"], "String", one["Value"], one["Description"])
        for properties in _of_type(template, "Custom::PolicyParameters")
        for prefix, every in [resolved(template, [properties["Prefix"], properties["Parameters"]], values)]
        for one in every
    ]
    return Deployment(
        functions=tuple(specs),
        routes=tuple(routes),
        rules=tuple(rules),
        schedules=tuple(schedules),
        streams=tuple(streams),
        queues=tuple(queues),
        delivery_streams=tuple(_delivery_streams(template, values)),
        subscriptions=tuple(_subscriptions(template, values)),
        parameters=tuple(parameters),
    )


def _of_type(template: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    return (resource.get("Properties", {}) for resource in template["Resources"].values() if resource["Type"] == kind)


def _function(properties: Mapping[str, Any], root: Path) -> FunctionSpec:
    folder = root / properties["CodeUri"]
    module, handler = properties["Handler"].rsplit(".", 1)
    return FunctionSpec(
        name=folder.name,
        file=folder / f"{module}.py",
        handler=handler,
        timeout=float(properties.get("Timeout", 3)),  # Lambda's own defaults
        memory=int(properties.get("MemorySize", 128)),
    )


def _seconds(rate: str) -> float:
    """Of `rate(1 hour)`, which is all that the template uses.

    Raises:
        KeyError: it is another expression.
    """
    return {"rate(1 hour)": 3600.0}[rate]


def _queue(template: Mapping[str, Any], event: Mapping[str, Any], function: str, values: Mapping[str, str]) -> Queue:
    queue = template["Resources"][event["Queue"]["Fn::GetAtt"][0]]["Properties"]
    redrive = queue["RedrivePolicy"]
    letters = template["Resources"][redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
    return Queue(
        name=resolved(template, queue["QueueName"], values),
        function=function,
        dead_letters=resolved(template, letters["QueueName"], values),
        visibility_timeout=queue["VisibilityTimeout"],
        max_receives=redrive["maxReceiveCount"],
        batch=event["BatchSize"],
    )


def _delivery_streams(template: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[DeliveryStream]:
    for properties in _of_type(template, "AWS::KinesisFirehose::DeliveryStream"):
        destination = properties["ExtendedS3DestinationConfiguration"]
        name = resolved(template, properties["DeliveryStreamName"], values)
        yield DeliveryStream(name, destination["Prefix"], destination["FileExtension"])


def _subscriptions(template: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[Subscription]:
    for properties in _of_type(template, "AWS::Logs::SubscriptionFilter"):
        group = template["Resources"][properties["LogGroupName"]["Ref"]]["Properties"]["LogGroupName"]
        stream = template["Resources"][properties["DestinationArn"]["Fn::GetAtt"][0]]["Properties"]
        pattern = re.fullmatch(r'\{ \$\.(\w+) = "([^"]+)" \}', properties["FilterPattern"])
        if pattern is None:
            raise KeyError(f"the local stack understands filters of one value only, not {properties['FilterPattern']}")
        yield Subscription(
            function=resolved(template, group, values).rpartition(f"-{values['Stage']}-")[2],
            field=pattern[1],
            value=pattern[2],
            stream=resolved(template, stream["DeliveryStreamName"], values),
        )


def _route(properties: Mapping[str, Any], function: str) -> Route:
    # SAM: an HttpApi event without a path is the $default route.
    return Route(properties.get("Method", "ANY").upper(), properties.get("Path", "$default"), function)
