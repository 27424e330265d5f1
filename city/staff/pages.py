"""The administrator's page: who works here, as what, since when they were in; and the page behind a set-up link."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from city import here
from city.staff import accounts
from city.staff.accounts import Unfit, UnfitError
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk, Office, Posting, StaffLine, StaffStep
from city.staff.roles import Right, Role
from city.staff.sign_in import tries_left

ROWS = 40
LINES = 15

SAID: dict[Unfit, str] = {
    Unfit.OWN: "不能对自己的账号这样做，请另一位管理员来办。",
    Unfit.LAST_ADMINISTRATOR: "这是最后一位管理员，先给别人管理员岗位。",
    Unfit.PROVIDERS: "这个人由统一身份认证管，请在那边改。",
    Unfit.POSTED: "这个岗位已经有了。",
    Unfit.NO_AREA: "没有这个区域代码。",
    Unfit.NO_WITNESS: "没有这位在场人；须是另一位在岗的人，不是您，也不是本人。",
    Unfit.WRONG_CODE: "在场人的口令不对、用过了，或已锁定。",
    Unfit.NOT_BOUND: "没有绑定手机，不用解除。",
}


STATES: dict[str, str] = {"": "全部", "active": "在用", "locked": "已锁定", "unbound": "没绑手机", "invited": "等本人设置"}
NOT_THE_SAME = "两次输入的不一样。"


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Who somebody is; what they may do are postings."""

    class Meta:
        model = Clerk
        fields = ("full_name", "staff_number", "username", "office")

    def clean_staff_number(self) -> str:
        """Letters and digits, so that it can be typed at a terminal's door and read out.

        Raises:
            ValidationError: It is something else.
        """
        number = str(self.cleaned_data["staff_number"]).strip()
        if not (number.isascii() and number.replace("-", "").isalnum()):
            raise ValidationError("只用字母、数字和短横")
        return number


class PostingForm(forms.Form):
    """One posting."""

    role = forms.ChoiceField(choices=Role.choices)
    office = forms.ModelChoiceField(Office.objects.order_by("name"), required=False)
    area = forms.CharField(max_length=32, required=False)


@requires(Right.MANAGE_STAFF)
@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody, and one person beside the list."""
    key = request.GET.get("person", "")
    chosen = get_object_or_404(Clerk, pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    return _page(request, chosen)


@requires(Right.MANAGE_STAFF)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep who somebody is; a new person has no password until they open their link."""
    key, by = request.POST.get("person", ""), clerk_of(request)
    kept = get_object_or_404(Clerk, pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    if kept and accounts.is_from_provider(kept):
        return _page(request, kept, unfit=Unfit.PROVIDERS, status=409)
    values = {name: value.replace("\0", "").strip() for name, value in request.POST.items() if isinstance(value, str)}
    form = AccountForm(values, instance=kept or Clerk())
    if not form.is_valid():
        return _page(request, kept and Clerk.objects.get(pk=kept.pk), form=form, status=422)
    with transaction.atomic():
        if kept is None:
            form.instance.set_unusable_password()
        row = form.save()
        step = StaffStep.CHANGED if kept else StaffStep.ADDED
        StaffLine(clerk=row, step=step, by=by, note="、".join(form.changed_data if kept else ())[:200]).save()
    return redirect(f"{reverse('staff')}?person={row.pk}")


@requires(Right.MANAGE_STAFF)
@require_POST
def act(request: HttpRequest, person: int) -> HttpResponse:
    """Give or take a posting, send a link, unbind a telephone, lock or unlock."""
    found, by = get_object_or_404(Clerk, pk=person), clerk_of(request)
    try:
        match request.POST.get("step", ""):
            case "invite":
                secret = accounts.invite(found, by)
                link = request.build_absolute_uri(reverse("set-up", args=[secret])).replace("http://", "https://", 1)
                return _page(request, found, link=link)
            case "post":
                _post(request, found, by)
            case "unpost":
                posting = request.POST.get("posting", "")
                accounts.unpost(get_object_or_404(found.postings, pk=int(posting) if posting.isdecimal() and len(posting) < 19 else 0), by)
            case "unbind":
                number, code = (request.POST.get(name, "").replace("\0", "").strip() for name in ("witness", "code"))
                accounts.unbind(found, by, number[:16], code.replace(" ", "")[:12])
            case "lock":
                accounts.lock(found, by)
            case "unlock":
                accounts.unlock(found, by)
            case _:
                raise Http404
    except UnfitError as error:
        return _page(request, found, unfit=error.why, status=409)
    return redirect(f"{reverse('staff')}?person={found.pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind a link: somebody chooses their password, once. Whether a name exists is told to nobody without a link."""
    clerk = accounts.invited(secret)
    if clerk is None:
        return render(request, "set_up.html", {"is_over": True}, status=410)
    wrong: list[str] = []
    if request.method == "POST":
        first, again = request.POST.get("password", "")[:512], request.POST.get("again", "")[:512]
        wrong = _wrong_with(first, again, clerk)
        if not wrong and accounts.set_up(clerk, secret, first):
            return redirect(f"{reverse('sign-in')}?set-up")
        if not wrong:
            return render(request, "set_up.html", {"is_over": True}, status=410)
    return render(request, "set_up.html", {"clerk": clerk, "wrong": wrong}, status=422 if wrong else 200)


def _wrong_with(password: str, again: str, clerk: Clerk) -> list[str]:
    if password != again:
        return [NOT_THE_SAME]
    try:
        validate_password(password, clerk)
    except ValidationError as error:
        return list(error.messages)
    return []


def _post(request: HttpRequest, clerk: Clerk, by: Clerk) -> None:
    form = PostingForm({name: request.POST.get(name, "").replace("\0", "").strip() for name in ("role", "office", "area")})
    if not form.is_valid():
        raise Http404
    area = form.cleaned_data["area"]
    if area and not apps.get_model("grid", "Area").objects.filter(code=area).exists():
        raise UnfitError(Unfit.NO_AREA)
    accounts.post(clerk, Role(form.cleaned_data["role"]), form.cleaned_data["office"], area, by)


def _page(
    request: HttpRequest,
    person: Clerk | None,
    *,
    form: AccountForm | None = None,
    unfit: Unfit | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    chosen = {name: request.GET.get(name, "").replace("\0", "").strip()[:60] for name in ("q", "role", "state")}
    found = _narrowed(
        Clerk.objects.prefetch_related("postings__office").select_related("second_factor", "oidc_identity", "invitation"), chosen
    )
    context: dict[str, Any] = {
        "page": Paginator(found.order_by("-is_active", "full_name", "pk"), ROWS).get_page(request.GET.get("page")),
        "chosen": chosen,
        "states": STATES.items(),
        "roles": Role.choices,
        "person": person,
        "form": form or AccountForm(instance=person),
        "posting": PostingForm(),
        "areas": apps.get_model("grid", "Area").objects.order_by("code")[:500] if person else (),
        "lines": list(person.lines.select_related("by", "witness")[:LINES]) if person else (),
        "postings": list(person.postings.select_related("office").order_by("pk")) if person else (),
        "is_from_provider": person is not None and accounts.is_from_provider(person),
        "is_barred": person is not None and tries_left(person.username) <= 0,
        "is_own": person is not None and person.pk == clerk_of(request).pk,
        "unfit": SAID[unfit] if unfit else "",
        "link": link,
        "now": here.now(),
        "search": "",
    }
    return render(request, "staff/staff.html", context, status=status)


def _narrowed(people: QuerySet[Clerk], chosen: dict[str, str]) -> QuerySet[Clerk]:
    if chosen["q"]:
        q = chosen["q"]
        people = people.filter(Q(full_name__icontains=q) | Q(username__iexact=q) | Q(staff_number__iexact=q) | Q(office__icontains=q))
    if chosen["role"] in Role.values:
        people = people.filter(pk__in=Posting.objects.filter(role=chosen["role"]).values("clerk"))
    match chosen["state"]:
        case "active" | "locked":
            people = people.filter(is_active=chosen["state"] == "active")
        case "unbound":
            people = people.filter(second_factor=None, oidc_identity=None)
        case "invited":
            people = people.filter(invitation__expires_at__gt=here.now())
    return people
