"""The directory's page and the requests' page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.community import services
from city.community.models import FamilyName, OrderRow, OrderState, OrderStep, ProviderRow, ProviderState
from city.community.services import RATINGS_LEAST, WAYS, Refusal
from city.onewindow.papers import content_of
from city.onewindow.sheet import sections
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import Right, Role
from city.web.language import page_language
from city.web.posted import chosen
from sync.contract import address
from sync.contract.directory import ServiceKind

ROWS = 200
_CONTACT = ("name", "mobile", "address")
_SOON_DAYS = 30
ORDER_VIEWS: dict[str, tuple[str, tuple[OrderState, ...]]] = {
    "open": ("待办", (OrderState.PLACED, OrderState.TAKEN, OrderState.SERVING, OrderState.UNANSWERED)),
    "done": ("待回访", (OrderState.DONE,)),
    "over": ("已结", (OrderState.CHECKED, OrderState.CANCELLED)),
}


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What is told of a service."""

    class Meta:
        model = ProviderRow
        fields = (
            "name", "kind", "family", "about", "place", "hours", "price", "telephone", "licence", "valid_until", "takes_requests",
            "accessible", "owner", "time_minutes",
        )  # fmt: skip
        widgets = {"valid_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012  Django's own way

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self.fields["time_minutes"].required = False
        self.fields["owner"].queryset = Clerk.objects.filter(postings__role=Role.PROVIDER).distinct()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Only mutual help counts time; an empty field counts none.

        Raises:
            ValidationError: Time is asked for another family.
        """
        values = super().clean() or {}
        values["time_minutes"] = values.get("time_minutes") or 0
        if values["time_minutes"] and values.get("family") != FamilyName.MUTUAL:
            raise ValidationError({"time_minutes": "只有互助服务可以记时数"})
        return values


@requires(Right.KEEP_PROVIDERS)
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """The services by family, and one of them beside."""
    key = request.GET.get("service", "")
    chosen = get_object_or_404(_kept(clerk_of(request)), pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    return _directory(request, chosen, is_new="new" in request.GET)


@requires(Right.KEEP_PROVIDERS)
@require_POST
def service_save(request: HttpRequest) -> HttpResponse:
    """Propose a service, or change one; a change waits for admission again."""
    clerk = clerk_of(request)
    key = request.POST.get("service", "")
    kept = get_object_or_404(_kept(clerk), pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    form = ProviderForm({name: str(value).replace("\0", "") for name, value in request.POST.items()}, instance=kept)
    if not form.is_valid():
        return _directory(request, kept, form=form, is_new=kept is None, status=422)
    row: ProviderRow = form.save(commit=False)
    if kept is None:
        row.area = min(clerk.areas(Right.KEEP_PROVIDERS), default="")
    elif str(kept.version) != request.POST.get("version"):
        return _directory(request, ProviderRow.objects.get(pk=kept.pk), refused=Refusal.OVERTAKEN, status=409)
    row.state, row.proposed_by, row.admitted_by = ProviderState.APPLIED, clerk, None
    row.version, row.updated_on = row.version + 1, here.today()
    row.save()
    return redirect(f"{reverse('directory')}?service={row.pk}")


@requires(Right.REVIEW_CONTENT)
@require_POST
def service_judge(request: HttpRequest) -> HttpResponse:
    """List a service, or take it off."""
    clerk = clerk_of(request)
    key, seen = request.POST.get("service", ""), request.POST.get("version", "")
    row = get_object_or_404(_kept(clerk), pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    is_admitted = chosen(request, "verdict", {"admit": True, "delist": False})
    refused = services.admit(row, version, clerk) if is_admitted else services.delist(row, version)
    if refused is None:
        return redirect(f"{reverse('directory')}?service={row.pk}")
    return _directory(request, row, refused=refused, status=409)


@requires(Right.SEE_ORDERS)
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Requests, and one of them beside."""
    key = request.GET.get("order", "")
    seen = services.orders_seen(clerk_of(request))
    return _orders(request, get_object_or_404(seen, pk=int(key)) if key.isdecimal() and len(key) < 10 else None)


@requires(Right.SEE_ORDERS)
@require_POST
def order_do(request: HttpRequest, order: int) -> HttpResponse:
    """Take one step."""
    clerk = clerk_of(request)
    row = get_object_or_404(services.orders_seen(clerk), pk=order)
    step, seen, other = (request.POST.get(name, "") for name in ("step", "version", "provider"))
    kinds = content_of(row.case).package.serves
    provider = _takers(row, kinds).filter(pk=int(other)).first() if other.isdecimal() and len(other) < 10 else None
    words = request.POST.get("words", "").replace("\0", "").strip()[:200]
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    refused = services.do(row, OrderStep(step), version, clerk, words, provider) if step in OrderStep.values else Refusal.OVERTAKEN
    if refused is None:
        return redirect(f"{reverse('orders')}?order={row.pk}")
    return _orders(request, row, refused, 409 if refused is Refusal.OVERTAKEN else 422)


def _directory(
    request: HttpRequest,
    chosen: ProviderRow | None,
    *,
    form: ProviderForm | None = None,
    is_new: bool = False,
    refused: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    clerk = clerk_of(request)
    rows = list(services.with_ratings(_kept(clerk)).select_related("owner")[:ROWS])
    if chosen is not None:
        chosen.refresh_from_db()
    context = {
        "families": [(label, [_said(row) for row in rows if row.family == family]) for family, label in FamilyName.choices],
        "chosen": chosen,
        "form": form or ProviderForm(instance=chosen) if is_new or chosen else None,
        "is_new": is_new,
        "refused": refused,
        "may_admit": chosen is not None and clerk.may(Right.REVIEW_CONTENT) and chosen.proposed_by_id != clerk.pk,
        "may_delist": chosen is not None and clerk.may(Right.REVIEW_CONTENT),
        "State": ProviderState,
        "least": RATINGS_LEAST,
    }
    return render(request, "community/directory.html", context, status=status)


def _said(row: ProviderRow) -> dict[str, Any]:
    left = (row.valid_until - here.today()).days
    stars, rated = getattr(row, "stars", None), getattr(row, "rated", 0)
    return {
        "row": row,
        "is_over": left < 0,
        "soon": 0 <= left <= _SOON_DAYS,
        "stars": f"{stars:.1f}" if stars and rated >= RATINGS_LEAST else "",
        "rated": rated,
    }


def _orders(request: HttpRequest, chosen: OrderRow | None, refused: Refusal | None = None, status: int = 200) -> HttpResponse:
    clerk = clerk_of(request)
    view = request.GET.get("view", "open")
    view = view if view in ORDER_VIEWS else "open"
    seen = services.orders_seen(clerk)
    context: dict[str, Any] = {
        "view": view,
        "views": [(name, label) for name, (label, _) in ORDER_VIEWS.items()],
        "rows": list(seen.filter(state__in=ORDER_VIEWS[view][1]).order_by("placed_at")[:ROWS]),
        "chosen": chosen,
        "refused": refused,
        "Step": OrderStep,
    }
    if chosen is not None:
        chosen.refresh_from_db()
        content = content_of(chosen.case)
        note_look(clerk, Looked.ORDER, chosen.case.case_number)
        is_owner = chosen.provider is not None and chosen.provider.owner_id == clerk.pk
        ways = [step for step, way in WAYS.items() if chosen.state in way.before and way.by_provider is is_owner]
        shows_contact = is_owner and chosen.state in services.CONTACT_OPEN
        answers = content.application.answers
        context |= {
            "told": sections(content, page_language()),
            "contact": [_contact(answers[name]) for name in _CONTACT if answers.get(name)] if shows_contact else [],
            "ways": ways,
            "takers": _takers(chosen, content.package.serves)[:30] if OrderStep.REASSIGN in ways else [],
            "lines": list(chosen.lines.select_related("clerk")[:30]),
            "rating": getattr(chosen.case, "rating", None),
            "counts_time": chosen.provider is not None and chosen.provider.time_minutes > 0,
            "asks_who_helped": is_owner and chosen.state in (OrderState.DONE, OrderState.CHECKED) and not hasattr(chosen, "helped"),
        }
    return render(request, "community/orders.html", context, status=status)


def _contact(answer: object) -> str:
    """Return one line; a place in steps is one line, too."""
    return address.said(answer) if isinstance(answer, dict) else str(answer)


def _takers(order: OrderRow, kinds: tuple[ServiceKind, ...]) -> QuerySet[ProviderRow]:
    """Who else could do it: services of the same area that take requests, of the kinds whose questions were answered."""
    around = ["", *(order.area[:length] for length in range(1, len(order.area) + 1))]
    of_kind = Q(kind__in=kinds) if kinds else Q()
    return ProviderRow.objects.filter(of_kind, area__in=around, state=ProviderState.LISTED, owner__isnull=False, takes_requests=True)


def _kept(clerk: Clerk) -> QuerySet[ProviderRow]:
    return ProviderRow.objects.filter(within_reach(clerk, Right.KEEP_PROVIDERS))
