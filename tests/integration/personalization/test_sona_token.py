"""The token for SONA as the function gets it: from Secrets Manager, through Parameter Store."""

import boto3

from tests.integration.personalization.serving import Serve, search
from tests.integration.personalization.sona_server import Engine


def test_the_token_is_read_by_its_name_and_sent(serve: Serve, sona: Engine, stage: str) -> None:
    boto3.client("secretsmanager").create_secret(Name=f"{stage}/token", SecretString="s3cret\n")
    service = serve(sona={"token_parameter": f"/aws/reference/secretsmanager/{stage}/token"})

    search(service)

    assert set(sona.authorizations) == {"Bearer s3cret"}


def test_where_there_is_no_secret_sona_is_not_asked(serve: Serve, sona: Engine, stage: str) -> None:
    service = serve(sona={"token_parameter": f"/aws/reference/secretsmanager/{stage}/none"})

    answer = search(service)

    assert (answer.personalization.status, answer.personalization.reason) == ("failed", "sona_refused")
    assert sona.asked == []


def test_a_token_of_the_settings_is_sent_too(serve: Serve, sona: Engine) -> None:
    search(serve(sona={"token": "s3cret"}))

    assert sona.authorizations == ["Bearer s3cret"]
