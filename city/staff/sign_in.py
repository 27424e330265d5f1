"""Signing in, in two steps, and out. Five failures lock an account's sign-in for a quarter of an hour, also for names that do not exist."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from city import here
from city.staff import second_factor
from city.staff.models import Clerk, SignInFailure, StaffLine, StaffStep

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
HALFWAY_FOR = timedelta(minutes=5)
_HALFWAY = "halfway"  # in the session: who gave the right password, when, and where they wanted to go
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or try a name and password; right ones lead to the second step and to nothing else."""
    if request.method != "POST":
        return _form(request, "", None)
    username = request.POST.get("username", "").replace("\0", "")[:150]
    left = tries_left(username)
    if left <= 0:
        return _form(request, username, 0, status=429)
    clerk = authenticate(request, username=username, password=request.POST.get("password", "")[:512])
    if not isinstance(clerk, Clerk):
        note_failure(username)
        return _form(request, username, left - 1, status=403)
    request.session.cycle_key()
    request.session[_HALFWAY] = {"clerk": clerk.pk, "at": here.now().isoformat(), "next": request.POST.get("next", "")[:500]}
    return redirect("sign-in-code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits; somebody without a bound telephone binds one first, with the same six digits."""
    clerk = _halfway(request)
    if clerk is None:
        return redirect("sign-in")
    new = None if second_factor.is_bound(clerk) else second_factor.fresh(clerk, request.session[_HALFWAY].get("secret"))
    if new is not None and "secret" not in request.session[_HALFWAY]:
        request.session[_HALFWAY] |= {"secret": new.secret}
        request.session.modified = True
    if request.method != "POST":
        return _code_form(request, clerk, new, None)
    left = tries_left(clerk.username)
    if left <= 0:
        return _code_form(request, clerk, new, 0, status=429)
    digits = request.POST.get("code", "").replace(" ", "")[:12]
    if not (_bound(new, digits) if new else second_factor.is_right(clerk, digits)):
        note_failure(clerk.username)
        return _code_form(request, clerk, new, left - 1, status=403)
    return _let_in(request, clerk)


def _let_in(request: HttpRequest, clerk: Clerk) -> HttpResponse:
    target = request.session[_HALFWAY]["next"]
    SignInFailure.objects.filter(username=clerk.username).delete()
    del request.session[_HALFWAY]
    login(request, clerk, backend=_BACKEND)
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=True)
    return redirect(target if safe else "home")


def _bound(new: second_factor.Fresh, digits: str) -> bool:
    with transaction.atomic():
        is_good = second_factor.bind(new, digits)
        if is_good:
            StaffLine(clerk=new.clerk, step=StaffStep.BOUND, by=new.clerk).save()
    return is_good


def _halfway(request: HttpRequest) -> Clerk | None:
    """Return who gave the right password a moment ago."""
    kept = request.session.get(_HALFWAY)
    if kept is None or here.now() - datetime.fromisoformat(kept["at"]) > HALFWAY_FOR:
        return None
    return Clerk.objects.filter(pk=kept["clerk"], is_active=True).first()


def note_failure(username: str) -> None:
    """Count a failure against this name; old ones are dropped."""
    SignInFailure.objects.filter(at__lt=here.now() - LOCKED_FOR).delete()
    SignInFailure.objects.create(username=username)


def tries_left(username: str) -> int:
    """Return how many more tries this name has before its sign-in is locked for a while."""
    return TRIES - SignInFailure.objects.filter(username=username, at__gte=here.now() - LOCKED_FOR).count()


def _form(request: HttpRequest, username: str, left: int | None, status: int = 200) -> HttpResponse:
    own = here.own()
    context = {
        "username": username,
        "left": left,
        "next": request.GET.get("next") or request.POST.get("next", ""),
        "is_set_up": "set-up" in request.GET,
        "oidc_label": own.oidc_label if own.oidc_issuer else "",
    }
    return render(request, "sign_in.html", context, status=status)


def _code_form(request: HttpRequest, clerk: Clerk, new: second_factor.Fresh | None, left: int | None, status: int = 200) -> HttpResponse:
    context = {
        "clerk": clerk,
        "left": left,
        "tries": tries_left(clerk.username),
        "seconds": second_factor.seconds_left(),
        "secret": " ".join(new.secret[at : at + 4] for at in range(0, len(new.secret), 4)) if new else "",
        "picture": mark_safe(new.picture) if new else "",  # noqa: S308  segno drew it
    }
    return render(request, "sign_in_code.html", context, status=status)
