"""Signing in, and out. Five failures lock an account's sign-in for a quarter of an hour, also for names that do not exist."""

from datetime import timedelta

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from city import here
from city.staff.models import SignInFailure

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or try a name and password."""
    if request.method != "POST":
        return _form(request, "", None)
    username = request.POST.get("username", "").replace("\0", "")[:150]
    left = TRIES - _failures(username)
    if left <= 0:
        return _form(request, username, 0, status=429)
    clerk = authenticate(request, username=username, password=request.POST.get("password", "")[:512])
    if clerk is None:
        SignInFailure.objects.filter(at__lt=here.now() - LOCKED_FOR).delete()
        SignInFailure.objects.create(username=username)
        return _form(request, username, left - 1, status=403)
    SignInFailure.objects.filter(username=username).delete()
    login(request, clerk)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=True)
    return redirect(target if safe else "queue")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and in the database."""
    logout(request)
    return redirect("sign-in")


def _failures(username: str) -> int:
    return SignInFailure.objects.filter(username=username, at__gte=here.now() - LOCKED_FOR).count()


def _form(request: HttpRequest, username: str, left: int | None, status: int = 200) -> HttpResponse:
    context = {"username": username, "left": left, "next": request.GET.get("next") or request.POST.get("next", "")}
    return render(request, "sign_in.html", context, status=status)
