"""Middleware: the content security policy, and domain errors turned into answers."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from collab.realtime.errors import DomainError

type_of_next = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: type_of_next) -> type_of_next:
    tiles = urlsplit(settings.MAP_TILES)
    tile_origin = f" {tiles.scheme}://{tiles.netloc}" if tiles.scheme else ""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; "
            f"script-src 'self' 'nonce-{request.csp_nonce}'; style-src 'self' 'nonce-{request.csp_nonce}'; "  # type: ignore[attr-defined]
            f"img-src 'self' data: blob:{tile_origin}; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
            "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        )
        return response

    return middleware


def private_pages(get_response: type_of_next) -> type_of_next:
    """What a signed-in person sees stays neither in a proxy nor on the disk of a shared computer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware


def domain_errors(get_response: type_of_next) -> type_of_next:
    """Services raise, this answers: JSON to a program, a page to a person."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
            if not isinstance(error, DomainError):
                return None
            facts = {"code": error.code, "detail": str(error)}
            if "application/json" in request.headers.get("Accept", ""):
                return JsonResponse(facts, status=error.status)
            return render(request, "error.html", {"error": facts}, status=error.status)

    return Middleware()
