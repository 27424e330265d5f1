"""The way out to the identity provider, and back.

The session's cookie goes to no page that another site leads to (SameSite=Strict), and the way back is such a page. So what a sign-in must
come back with is kept in a cookie of its own, signed and for ten minutes, and the way back ends in a page of ours that leads on.
"""

import secrets
from dataclasses import asdict
from urllib.parse import urlencode

from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.staff.oidc import Asked, NotIn, OidcError, Provider, begin, finish, goodbye, provider_of
from city.staff.oidc_people import let_in

COOKIE = "__Host-oidc"
GOOD_FOR_S = 600
_SALT = "city.staff.oidc"
_ID_TOKEN = "oidc_id_token"  # noqa: S105  a name in the session of whoever came this way
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_STATUS = {NotIn.NO_ANSWER: 502, NotIn.UNKNOWN: 403, NotIn.TAKEN: 403, NotIn.LOCKED: 403}


@never_cache
@require_GET
def out(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    provider = _provider()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = Asked(state, nonce, verifier, request.GET.get("next", "")[:500])
    try:
        answer = redirect(begin(provider, _back(request), asked))
    except OidcError as error:
        return _refused(request, provider, error.why)
    answer.set_signed_cookie(COOKIE, urlencode(asdict(asked)), salt=_SALT, max_age=GOOD_FOR_S, secure=True, httponly=True, samesite="Lax")
    return answer


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Let in whom the provider vouches for; each sign-in comes back once."""
    provider = _provider()
    try:
        asked = _asked(request)
        known = finish(provider, _back(request), asked, request.GET.dict())
        clerk = let_in(provider, known)
    except OidcError as error:
        return _refused(request, provider, error.why)
    login(request, clerk, backend=_BACKEND)
    request.session[_ID_TOKEN] = known.id_token
    safe = url_has_allowed_host_and_scheme(asked.target, allowed_hosts={request.get_host()}, require_https=True)
    answer = render(request, "sign_in_through.html", {"target": asked.target if asked.target and safe else reverse("home"), "clerk": clerk})
    answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and in the database; whoever came through the provider is led there to end that one too.

    A page leads on, not a redirection: the policy lets no form of ours end on another site.
    """
    id_token = request.session.get(_ID_TOKEN)
    logout(request)
    if not id_token or here.own().oidc_issuer is None:
        return redirect("sign-in")
    provider = _provider()
    try:
        target = goodbye(provider, f"https://{request.get_host()}{reverse('sign-in')}", id_token)
    except OidcError:
        return render(request, "signed_out.html", {"oidc_label": provider.label, "target": ""}, status=502)
    return render(request, "signed_out.html", {"oidc_label": provider.label, "target": target}) if target else redirect("sign-in")


def _provider() -> Provider:
    if here.own().oidc_issuer is None:
        raise Http404
    found = provider_of(here.folder())
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest) -> Asked:
    kept = request.get_signed_cookie(COOKIE, "", salt=_SALT, max_age=GOOD_FOR_S)
    if not kept:
        raise OidcError(NotIn.NOT_GENUINE)
    return Asked(**QueryDict(kept).dict())


def _back(request: HttpRequest) -> str:
    return f"https://{request.get_host()}{reverse('oidc-back')}"


def _refused(request: HttpRequest, provider: Provider, why: NotIn) -> HttpResponse:
    answer = render(request, "sign_in.html", {"not_in": why.value, "oidc_label": provider.label, "next": ""}, status=_STATUS.get(why, 400))
    answer.delete_cookie(COOKIE, samesite="Lax")
    return answer
