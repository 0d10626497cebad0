"""Serving the page on this machine: addresses, headers, and the loop that answers.

What belongs here: the web application. What does not: what a page has (`page.py`).

The pages have no script and load nothing from elsewhere; the policy in the headers forbids both, so that a text with markup in it
could do nothing even if it were not escaped.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from pipelines.errors import PipelineError, SettingsError
from pipelines.explore import page
from pipelines.explore.reading import reading
from pipelines.explore.reasons import Reasoner
from pipelines.settings import Settings

HOST = "127.0.0.1"
STYLE = Path(__file__).parent / "static" / "style.css"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def build_app(settings: Settings) -> Starlette:
    """The web application over the published warehouse of the settings.

    Only requests to this machine by its own name are answered: a page from elsewhere whose name was made to lead here could
    read the answers otherwise.
    """
    published = settings.published_database
    reasoner = Reasoner(settings)

    def overview(request: Request) -> Response:
        started = time.perf_counter()
        with reading(published) as warehouse:
            return _answer(page.overview(warehouse, request.query_params), started)

    def event(request: Request) -> Response:
        started = time.perf_counter()
        identifier = request.path_params["event_id"]
        with reading(published) as warehouse:
            return _answer(page.event_page(warehouse, identifier), started, missing=f"no event {identifier}")

    def document(request: Request) -> Response:
        started = time.perf_counter()
        identifier = request.path_params["document_id"]
        with reading(published) as warehouse:
            is_asked = request.query_params.get("reasons") == "1"
            text = page.document_page(warehouse, identifier, reasoner.decisions if is_asked else None)
        return _answer(text, started, missing=f"no document {identifier}")

    def style(_: Request) -> Response:
        return FileResponse(STYLE, media_type="text/css", headers=_HEADERS)

    return Starlette(
        routes=[
            Route("/", overview),
            Route("/event/{event_id}", event),
            Route("/document/{document_id}", document),
            Route("/style.css", style),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        exception_handlers={PipelineError: _failed, 404: _no_page},
    )


def serve(settings: Settings, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page on 127.0.0.1 until interrupted.

    Args:
        settings: name the published warehouse.
        port: port on this machine; 0 takes a free one.
        announce: told the address once the page can be asked for.

    Raises:
        SettingsError: the port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as err:
            raise SettingsError(f"cannot serve on port {port}: {err.strerror}; name another one with --port") from err
        config = uvicorn.Config(build_app(settings), log_level="warning", access_log=False)
        listening.listen()
        announce(f"http://{HOST}:{listening.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listening])


def _answer(text: str | None, started: float, *, missing: str = "") -> Response:
    if text is None:
        text, status = page.message_page("Not found", f"The published version has {missing}."), 404
    else:
        status = 200
    timing = {"Server-Timing": f"total;dur={(time.perf_counter() - started) * 1000:.1f}"}
    return HTMLResponse(text, status_code=status, headers=_HEADERS | timing)


def _failed(_: Request, error: Exception) -> Response:
    return HTMLResponse(page.message_page("Nothing to show", str(error)), status_code=503, headers=_HEADERS)


def _no_page(_: Request, error: Exception) -> Response:
    return HTMLResponse(page.message_page("Not found", "There is no such page."), status_code=404, headers=_HEADERS)
