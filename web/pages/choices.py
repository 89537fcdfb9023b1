"""The switches of language and light: a cookie each, for whoever asks."""

from fastapi import APIRouter, Request, Response

import words
from web.pages.sessions import Text
from web.wired import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, go, local_path

router = APIRouter()

_A_YEAR_S = 365 * 86400


@router.post("/language")
def language(request: Request, language: Text = "", next: Text = "/") -> Response:  # noqa: A002
    known = language in words.LANGUAGES
    return _kept(request, LANGUAGE_COOKIE, language if known else "", next)


@router.post("/theme")
def theme(request: Request, theme: Text = "", next: Text = "/") -> Response:  # noqa: A002
    return _kept(request, THEME_COOKIE, theme if theme in THEMES else "", next)


def _kept(request: Request, name: str, value: str, back: str) -> Response:
    response = go(request, local_path(back))
    if value:
        secure = request.url.scheme == "https"
        response.set_cookie(name, value, max_age=_A_YEAR_S, samesite="lax", secure=secure)
    return response
