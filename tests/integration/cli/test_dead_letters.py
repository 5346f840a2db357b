"""Dead letters against a real SQS API: what is shown of them, and how their events are sent again."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from discovery_cli.dead_letters import DeadLetters
from tests.integration.cli.conftest import Discovery

EVENT: dict[str, Any] = {
    "id": "event-1",
    "source": "sona",
    "detail-type": "UserPreferencesUpdated",
    "detail": {"user_id": "ana@example"},
}
OF_A_RULE = (EVENT, {"ERROR_CODE": "SDK_CLIENT_ERROR", "RETRY_ATTEMPTS": "10", "ERROR_MESSAGE": "about ana@example"})
OF_THE_FUNCTION: tuple[dict[str, Any], dict[str, str]] = (
    {
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": EVENT | {"id": "event-2"},
        "responsePayload": {"errorType": "CacheUnavailable", "errorMessage": "about ana@example"},
    },
    {},
)
STRANGE = {"requestContext": "x", "responsePayload": ["ana@example"]}
NO_EVENT: tuple[dict[str, Any], dict[str, str]] = ({"ana@example": 1}, {})


class Functions:
    """Lambda's API, as far as it is called."""

    def __init__(self) -> None:
        self.invoked: list[tuple[str, dict[str, Any]]] = []

    def invoke(self, *, FunctionName: str, Qualifier: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803
        assert InvocationType == "Event"
        self.invoked.append((f"{FunctionName}:{Qualifier}", json.loads(Payload)))


@pytest.fixture
def sqs(aws: pytest.MonkeyPatch) -> Iterator[Any]:
    client = boto3.client("sqs")
    yield client
    client.close()


@pytest.fixture
def queue(sqs: Any, stage: str) -> str:
    url: str = sqs.create_queue(QueueName=f"discovery-{stage}-dead-letters")["QueueUrl"]
    for body, attributes in (OF_A_RULE, OF_THE_FUNCTION, NO_EVENT):
        given = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body), MessageAttributes=given)
    return url


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["table", "json"])
def test_a_list_names_events_and_errors_and_never_a_person(form: tuple[str, ...], discovery: Discovery) -> None:
    done = discovery("dead-letters", "list", *form)

    assert done.exit_code == 0, done.output
    for shown in ("event-1", "SDK_CLIENT_ERROR", "event-2", "CacheUnavailable", "UserPreferencesUpdated", "unknown"):
        assert shown in done.stdout
    assert "ana@example" not in done.output


@pytest.mark.usefixtures("queue")
def test_a_list_says_how_old_a_letter_is_and_how_often_its_event_was_tried(discovery: Discovery) -> None:
    document = json.loads(discovery("dead-letters", "list", "--json").stdout)
    assert document["count"] == 3
    assert {one["event_id"]: one["attempts"] for one in document["letters"] if one["attempts"]} == {
        "event-1": "10",
        "event-2": "3",
    }
    assert all(0 <= one["age_seconds"] < 600 for one in document["letters"])


def test_a_letter_of_any_other_form_is_listed_too(sqs: Any, queue: str, discovery: Discovery) -> None:
    for body in (json.dumps(STRANGE), "no JSON", "[]"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)

    done = discovery("dead-letters", "list", "--json")

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["count"] == 6
    assert "ana@example" not in done.output


@pytest.mark.usefixtures("queue")
def test_what_was_listed_can_be_sent_again_at_once(sqs: Any, stage: str) -> None:
    letters = DeadLetters(sqs, Functions(), stage)

    assert len(letters.listed()) == 3
    assert letters.send_again() == (2, 1)


@pytest.mark.usefixtures("queue")
def test_all_servers_of_the_queue_are_asked(sqs: Any, stage: str) -> None:
    class ManyServers:
        """SQS with so many servers that a short poll asks none that has a letter."""

        def __getattr__(self, name: str) -> Any:
            return getattr(sqs, name)

        def receive_message(self, *, WaitTimeSeconds: int = 0, **options: Any) -> Any:  # noqa: N803
            return sqs.receive_message(**options) if WaitTimeSeconds else {}

    assert len(DeadLetters(ManyServers(), Functions(), stage).listed()) == 3


def test_an_event_that_was_sent_again_is_no_letter_any_more(sqs: Any, queue: str, stage: str) -> None:
    functions = Functions()

    assert DeadLetters(sqs, functions, stage).send_again() == (2, 1)

    name = f"discovery-{stage}-invalidation:live"
    assert sorted(one["id"] for _, one in functions.invoked) == ["event-1", "event-2"]
    assert {called for called, _ in functions.invoked} == {name}
    assert functions.invoked[0][1]["detail"] == EVENT["detail"], "the event itself, as it came"
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    assert sum(map(int, counts.values())) == 1, "what is no event stays"


def test_an_event_that_lambda_does_not_take_stays_a_letter(sqs: Any, queue: str, stage: str) -> None:
    class Refusing:
        def invoke(self, **_: object) -> None:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        DeadLetters(sqs, Refusing(), stage).send_again()
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    assert sum(map(int, counts.values())) == 3


@pytest.mark.usefixtures("queue")
def test_nothing_is_sent_without_a_yes(discovery: Discovery) -> None:
    assert discovery("dead-letters", "send-again").exit_code == 4


@pytest.mark.usefixtures("aws")
def test_a_stage_without_a_queue_is_a_failure_with_its_reason(discovery: Discovery) -> None:
    done = discovery("dead-letters", "list")
    assert done.exit_code == 1
    assert "AWS" in done.stderr
