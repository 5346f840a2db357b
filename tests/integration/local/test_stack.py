"""The local stack runs a function as Lambda and API Gateway do: real processes, real sockets."""

import asyncio
import base64
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from local.stack.deployment import FunctionSpec, Route, Stream, read_deployment
from local.stack.function import MAX_FAILED_STARTS, Function
from local.stack.gateway import Gateway, Router
from local.stack.issuer import Issuer
from local.stack.runtime_api import FunctionError

FIXTURES = Path(__file__).parent / "fixtures"
ROUTES = [Route("GET", "/v1/things/{id}", "echo"), Route("POST", "/v1/things", "echo")]
ENVIRONMENT = {"AWS_LAMBDA_FUNCTION_NAME": "echo", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "PATH": os.environ["PATH"]}


def spec(limit: float = 5, name: str = "echo") -> FunctionSpec:
    return FunctionSpec(name, FIXTURES / name / "app.py", "lambda_handler", limit, 256)


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, environments: int = 1, limit: float = 5, reports: list[str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    report = (reports if reports is not None else []).append
    function = Function(spec(limit), env=ENVIRONMENT, environments=environments, log=folder / "echo.log", report=report)
    gateway = Gateway(ROUTES, {"echo": function}, report=report)
    try:
        await function.start()
        url = await gateway.start(0)
        await function.ready()
        async with httpx.AsyncClient(base_url=url, timeout=20) as client:
            yield client
    finally:
        await gateway.stop()
        await function.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - nothing sets an event when a process ends
            await asyncio.sleep(0.01)


async def test_a_request_becomes_an_event_of_format_2_0(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        headers = [("X-Twice", "one"), ("X-Twice", "two"), ("Cookie", "a=1; b=2"), ("User-Agent", "test/1")]
        event = (await client.get("/v1/things/a%20b?x=1&x=2&q=a%2Bb%20c", headers=headers)).json()

    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /v1/things/{id}"
    assert event["rawPath"] == "/v1/things/a b"
    assert event["rawQueryString"] == "x=1&x=2&q=a%2Bb%20c"
    assert event["queryStringParameters"] == {"x": "1,2", "q": "a+b c"}
    assert event["pathParameters"] == {"id": "a b"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-twice"] == "one,two"
    assert event["headers"]["x-forwarded-proto"] == "http"
    assert "cookie" not in event["headers"]
    assert "body" not in event
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["http"] == {
        "method": "GET",
        "path": "/v1/things/a b",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test/1",
    }
    assert (context["stage"], context["routeKey"]) == ("$default", "GET /v1/things/{id}")
    assert context["timeEpoch"] == pytest.approx(time.time() * 1000, abs=60_000)
    assert time.strptime(context["time"], "%d/%b/%Y:%H:%M:%S +0000")


@pytest.mark.parametrize("value", ["a/b", "#", "100%", "%2F", "🎬", "a b", "a\r\nb", "a\u2028b"])
async def test_a_path_parameter_is_decoded_after_the_route_is_found(value: str, tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        event = (await client.get(f"/v1/things/{quote(value, safe='')}")).json()

    assert event["pathParameters"] == {"id": value}


@pytest.mark.parametrize("size", [10_500, 60_000])
async def test_a_url_and_headers_over_10_kb_are_refused_as_api_gateway_refuses_them(size: int, tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        long_url = await client.get("/v1/things/1", params={"x": "x" * size})
        long_header = await client.get("/v1/things/1", headers={"x-long": "x" * size})
        nearly = await client.get("/v1/things/1", params={"x": "x" * 5_000}, headers={"x-long": "x" * 5_000})

    assert [answer.status_code for answer in (long_url, long_header, nearly)] == [431, 431, 200]
    assert long_url.json() == {"message": "Request Header Fields Too Large"}


async def test_text_bodies_arrive_as_they_are_and_others_in_base64(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        text = (await client.post("/v1/things", json={"name": "é"})).json()
        binary = (
            await client.post("/v1/things", content=b"\xff\x00", headers={"Content-Type": "application/zip"})
        ).json()

    assert text["body"] == '{"name":"é"}'
    assert (binary["body"], binary["isBase64Encoded"]) == (base64.b64encode(b"\xff\x00").decode(), True)


async def test_every_form_of_response_is_understood(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        full = await client.get("/v1/things/1?do=full")
        text = await client.get("/v1/things/1?do=text")

    assert (full.status_code, full.content) == (201, b"GIF89a")
    assert full.headers["content-type"] == "image/gif"
    assert full.headers["x-made-by"] == "echo"
    assert full.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    assert (text.status_code, text.text, text.headers["content-type"]) == (
        200,
        "just text",
        "application/json; charset=utf-8",
    )


@pytest.mark.parametrize("failure", ["raise", "malformed"])
async def test_a_handlers_error_is_a_500_that_tells_nothing(failure: str, tmp_path: Path) -> None:
    reports: list[str] = []
    async with running(tmp_path, reports=reports) as client:
        response = await client.get(f"/v1/things/1?do={failure}")
        after = await client.get("/v1/things/1")

    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert after.status_code == 200
    assert len(reports) == 1


async def test_an_environment_that_dies_fails_its_request_and_is_started_again(tmp_path: Path) -> None:
    reports: list[str] = []
    async with running(tmp_path, reports=reports) as client:
        response = await client.get("/v1/things/1?do=die")
        after = await client.get("/v1/things/1")

    assert (response.status_code, after.status_code) == (500, 200)
    assert any("exit code 7" in report for report in reports)


async def test_an_idle_environment_is_replaced_however_often_it_is_killed(tmp_path: Path) -> None:
    function = Function(spec(), env=ENVIRONMENT, environments=1, log=tmp_path / "echo.log", report=lambda _: None)
    killed: set[int] = set()
    await function.start()
    try:
        for _ in range(MAX_FAILED_STARTS + 1):
            await function.ready()
            (pid,) = function.pids
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
            await until(lambda: not set(function.pids) <= killed)
        answer = await function.invoke({"queryStringParameters": {"do": "sleep", "seconds": "0"}})
        pids, busy = function.pids, function.busy
    finally:
        await function.stop()

    assert ([answer["pid"]], []) == (pids, busy)


async def test_the_environment_that_has_a_request_in_hand_is_known(tmp_path: Path) -> None:
    function = Function(spec(), env=ENVIRONMENT, environments=2, log=tmp_path / "echo.log", report=lambda _: None)
    await function.start()
    try:
        await function.ready()
        invocation = asyncio.create_task(function.invoke({"queryStringParameters": {"do": "sleep", "seconds": "0.2"}}))
        await until(lambda: function.busy != [])
        busy = function.busy
        answer = await invocation
    finally:
        await function.stop()

    assert busy == [answer["pid"]]


async def test_a_handler_that_runs_out_of_time_is_stopped(tmp_path: Path) -> None:
    async with running(tmp_path, limit=0.3) as client:
        began = time.monotonic()
        response = await client.get("/v1/things/1?do=sleep&seconds=10")
        took = time.monotonic() - began
        after = await client.get("/v1/things/1")

    assert (response.status_code, after.status_code) == (500, 200)
    assert took < 2


async def test_an_environment_handles_one_request_at_a_time(tmp_path: Path) -> None:
    async with running(tmp_path, environments=2) as client:
        began = time.time()
        requests = [client.get("/v1/things/1?do=sleep&seconds=0.3") for _ in range(4)]
        answers = [response.json() for response in await asyncio.gather(*requests)]

    assert len({answer["pid"] for answer in answers}) == 2
    assert max(answer["ended"] for answer in answers) - began >= 0.6


async def test_the_context_is_lambdas(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        context = (await client.get("/v1/things/1?do=context")).json()

    assert context["function_name"] == "echo"
    assert context["memory_limit_in_mb"] == "256"
    assert context["invoked_function_arn"].startswith("arn:aws:lambda:")
    assert 0 < context["remaining"] <= 5000
    assert (context["module"], context["path"][0]) == ("app", str(FIXTURES / "echo"))


async def test_an_unknown_route_is_api_gateways_404(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        response = await client.get("/nowhere")

    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})


async def test_a_function_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    reports: list[str] = []
    broken = Function(
        spec(name="broken"), env=ENVIRONMENT, environments=1, log=tmp_path / "broken.log", report=reports.append
    )
    try:
        await broken.start()
        with pytest.raises(FunctionError, match="no such part"):
            await broken.ready()
        with pytest.raises(FunctionError, match="no environment"):
            await broken.invoke({})
    finally:
        await broken.stop()
    assert "Traceback" in (tmp_path / "broken.log").read_text()


def test_the_most_specific_route_wins() -> None:
    paths = ["$default", "/v1/{proxy+}", "/v1/users/{id}", "/v1/users/me"]
    router = Router([Route("ANY", path, path) for path in paths] + [Route("GET", "/v1/users/me", "get")])

    def function(method: str, path: str) -> str:
        matched = router.match(method, path)
        assert matched is not None
        return matched[0].function

    assert function("GET", "/v1/users/me") == "get"
    assert function("PUT", "/v1/users/me") == "/v1/users/me"
    assert function("GET", "/v1/users/ana") == "/v1/users/{id}"
    assert function("GET", "/v1/users/ana/scores") == "/v1/{proxy+}"
    assert function("GET", "/elsewhere") == "$default"


def test_a_template_is_read_as_it_would_be_deployed(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("""
Parameters: {Stage: {Type: String, Default: dev}}
Globals: {Function: {Timeout: 10, MemorySize: 512}}
Resources:
  Policy:
    Type: Custom::PolicyParameters
    Properties:
      ServiceToken: !GetAtt Maker.Arn
      Prefix: !Sub /x/${Stage}/
      Parameters: [{Name: weight, Value: "0.25", Description: The weight}]
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: !Sub "x-${Stage}"}
  Maker:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: functions/maker/, Handler: app.lambda_handler}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo/
      Handler: app.lambda_handler
      Timeout: 4
      Events:
        Read: {Type: HttpApi, Properties: {Path: "/v1/{id}", Method: get, ApiId: !Ref Api}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn}}
        Edit:
          Type: EventBridgeRule
          Properties: {Pattern: {source: [aws.ssm], detail: {name: [{prefix: !Sub "/x/${Stage}/"}]}}}
""")

    deployment = read_deployment(template, stage="local")

    assert deployment.functions == (
        FunctionSpec("echo", tmp_path / "functions/echo/app.py", "lambda_handler", 4.0, 512),
    )
    assert [route.key for route in deployment.routes] == ["GET /v1/{id}", "$default"]
    assert deployment.rules[0].pattern["detail"] == {"name": [{"prefix": "/x/local/"}]}
    assert deployment.streams == (Stream("x-local", "echo"),)
    assert (deployment.parameters[0].name, deployment.parameters[0].value) == ("/x/local/weight", "0.25")


def test_the_issuers_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = Issuer(tmp_path), Issuer(tmp_path)

    assert first.jwks() == second.jwks()
    assert (tmp_path / "issuer.pem").stat().st_mode & 0o777 == 0o600
    assert "d" not in first.jwks()["keys"][0]


PROGRAM = """
import asyncio, sys
from pathlib import Path
from urllib.parse import quote
from local.stack.deployment import FunctionSpec
from local.stack.function import MAX_FAILED_STARTS, Function
from local.stack.processes import free_port, valkey_server

async def main(folder):
    spec = FunctionSpec("echo", Path(sys.argv[2]), "lambda_handler", 5, 256)
    function = Function(spec, env={}, environments=1, log=folder / "echo.log", report=print)
    server = valkey_server(free_port(), folder)
    server.start()
    await function.start()
    await function.ready()
    answer = await function.invoke({"queryStringParameters": {"do": "sleep", "seconds": "0"}})
    print(server.pid, answer["pid"], flush=True)
    await asyncio.sleep(60)

asyncio.run(main(Path(sys.argv[1])))
"""


def test_nothing_is_left_when_the_stack_itself_is_killed(tmp_path: Path) -> None:
    handler = str(FIXTURES / "echo" / "app.py")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), handler], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        children = [int(pid) for pid in program.stdout.readline().split()]
        assert len(children) == 2
        program.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in children if _runs(pid)] == []


def _runs(pid: int) -> bool:
    """Whether it runs; a zombie does not, and where nothing reaps orphans (a container) one may stay."""
    ps = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")
