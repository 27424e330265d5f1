"""Around every answer: what a browser may do with it, the city's time, and a fault's code in place of its traceback."""

import logging
import secrets
import traceback
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from city import here
from city.web.refusals import note_refusal
from city.web.uploads import API, is_too_large, read_to_end, too_large
from sync.contract.names import SYMBOLS
from sync.contract.routes import NOW_HEADER

log = logging.getLogger("city.fault")

_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_CODE_SYMBOLS = 6


class Guard:
    """The outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, in the language that was chosen; Chinese where none was, whatever the browser prefers."""
        if is_too_large(request):
            answer = too_large()
            note_refusal(request, answer)
            return answer
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            response = self._get_response(request)
        read_to_end(request)
        note_refusal(request, response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(API):
            response.headers[NOW_HEADER] = here.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if not request.path.startswith(str(settings.STATIC_URL)):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Log where it happened under a code that can be read out. The message stays out: it may hold somebody's data."""
        if isinstance(exception, (Http404, PermissionDenied, SuspiciousOperation)):
            return  # no fault of the city's
        body = "".join(secrets.choice(SYMBOLS) for _ in range(_CODE_SYMBOLS))
        code = f"{body[:3]}-{body[3:]}"
        request.META["city.fault"] = code
        frames = traceback.extract_tb(exception.__traceback__)
        where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:]))
        log.error("fault %s %s at %s", code, type(exception).__name__, where)
