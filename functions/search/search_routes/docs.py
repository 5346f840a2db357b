"""`GET /openapi.json` and `GET /docs`: the API's description, and a page to try it."""

from pathlib import Path

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from discovery.api.openapi import swagger_page


def add_routes(app: APIGatewayHttpResolver, openapi_file: Path) -> None:
    """Add both routes, over the file that holds the description."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(200, content_type="application/json", body=openapi_file.read_text())

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response[str]:
        if app.current_event.get_query_string_value("format") == "json":  # the link at the top of the page
            return openapi()
        return Response(200, content_type="text/html; charset=utf-8", body=swagger_page(openapi_file.read_text()))
