"""A stack that runs nowhere, as `stack.json` would describe it."""

from local.stack.description import Description, User

DESCRIPTION = Description(
    api_url="",
    sona_url="http://127.0.0.1:2",
    sona_token="token",
    aws_endpoint_url="http://127.0.0.1:3",
    valkey_url="redis://127.0.0.1:4/0",
    lake="s3://lake",
    region="eu-west-1",
    access_key_id="local",
    secret_access_key="local",
    stage="local",
    issuer="https://issuer/",
    audience="discovery",
    catalogue="/bundle",
    folder="",
    pid=1,
    started_at="",
    users=(User("ana", "films"),),
    processes={"sona": 5},
)
