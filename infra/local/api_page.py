"""The page on which a browser reads and tries the interface: Swagger UI, shown with files of this machine alone."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PATH = "/api-docs/"
DESCRIPTION = "/api/openapi.json"
# The package's own code wants Flask; only the files that it brings along are served.
VIEWER = Path(str(distribution("flask-swagger-ui").locate_file("flask_swagger_ui/dist")))
# The browser itself refuses whatever would be loaded from another address.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>guahao: the interface</title>
<link rel="icon" href="viewer/favicon-32x32.png">
<link rel="stylesheet" href="viewer/swagger-ui.css">
</head>
<body>
<div id="interface"></div>
<script src="viewer/swagger-ui-bundle.js"></script>
<script src="show.js"></script>
</body>
</html>
"""
# Without a validator: the viewer would ask its maker's.
SHOW = f"""SwaggerUIBundle({{
  url: "{DESCRIPTION}", dom_id: "#interface", validatorUrl: null, deepLinking: true, filter: true, docExpansion: "none",
  persistAuthorization: true, tagsSorter: "alpha"
}});
"""


def routes() -> list[Route | Mount]:
    """Return the page with all that it needs; its address works without the slash too."""
    files = Mount(f"{PATH}viewer", StaticFiles(directory=VIEWER))
    return [Route(PATH.rstrip("/"), _to_page), Route(PATH, _page), Route(f"{PATH}show.js", _show), files]


async def _to_page(_: Request) -> Response:
    return RedirectResponse(PATH)


async def _page(_: Request) -> Response:
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


async def _show(_: Request) -> Response:
    return Response(SHOW, media_type="text/javascript")
