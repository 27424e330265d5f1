"""The pages on which departments' systems are looked after: entries, what waits, what failed, sending again."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificates
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.partners import push
from city.partners.models import Delivery, DeliveryState, Partner, PartnerLine, PartnerStep, Trouble
from city.partners.wire import EventNote
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk
from city.staff.roles import Right

LINES = 12
FAILED_ROWS = 50
FIRST_TIME = timedelta(days=365)
_NO_EVENT = "00000000-0000-0000-0000-000000000000"


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One system: what it is told and may fetch."""

    key_pem = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 3}))
    item_codes = forms.CharField(max_length=2000, required=False)

    class Meta:
        model = Partner
        fields = ("code", "name", "owner", "url", "authority", "offices", "may_read", "is_on", "valid_until")
        widgets = {  # noqa: RUF012 - Django's form
            "authority": forms.Textarea({"rows": 3}),
            "valid_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "offices": forms.SelectMultiple({"size": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.initial["item_codes"] = "、".join(self.instance.items)
        self.fields["code"] = forms.SlugField(max_length=40, disabled=bool(self.instance.pk), initial=self.instance.code)

    def clean_url(self) -> str:
        """An address is one over TLS, without a name and password in it.

        Raises:
            ValidationError: It is not.
        """
        url = str(self.cleaned_data["url"]).strip()
        try:
            parts = urlsplit(url)
            is_good = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
        except ValueError:
            is_good = False
        if url and (not is_good or not url.isascii() or any(one.isspace() for one in url)):
            raise ValidationError("须是 https:// 开头的地址")
        return url

    def clean_authority(self) -> str:
        """Certificates in PEM.

        Raises:
            ValidationError: They are not.
        """
        pem = str(self.cleaned_data["authority"]).strip()
        try:
            if pem:
                load_pem_x509_certificates(pem.encode("ascii"))
        except ValueError:
            raise ValidationError("不是 PEM 格式的证书") from None
        return pem

    def clean_key_pem(self) -> str:
        """An Ed25519 key in PEM; a new system must bring one.

        Raises:
            ValidationError: It is none.
        """
        pem = str(self.cleaned_data["key_pem"]).strip()
        if not pem and self.instance.pk:
            return pem
        try:
            key = load_pem_public_key(pem.encode("ascii"))
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise ValidationError("请贴对方的 Ed25519 公钥（PEM）")
        self.instance.public_key = key.public_bytes_raw()
        return pem

    def clean_item_codes(self) -> str:
        """Codes of items that there are.

        Raises:
            ValidationError: One is unknown.
        """
        codes = [one for one in str(self.cleaned_data["item_codes"]).replace("，", "、").replace(",", "、").split("、") if one.strip()]
        known = {str(package.code) for package in here.catalogue().newest_of_each()}
        unknown = [one.strip() for one in codes if one.strip() not in known]
        if unknown:
            raise ValidationError(f"没有这个事项：{'、'.join(unknown)[:80]}")
        self.instance.items = [one.strip() for one in codes]
        return "、".join(codes)


@requires(Right.KEEP_PARTNERS)
@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Every system, and one of them beside the list."""
    key = request.GET.get("partner", "")
    chosen = get_object_or_404(Partner, pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    return _page(request, chosen if "new" not in request.GET else None)


@requires(Right.KEEP_PARTNERS)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep an entry."""
    key, clerk = request.POST.get("partner", ""), clerk_of(request)
    kept = get_object_or_404(Partner, pk=int(key)) if key.isdecimal() and len(key) < 10 else None
    values = request.POST.copy()
    for name in list(values):
        values.setlist(name, [str(one).replace("\0", "") for one in request.POST.getlist(name)])
    form = PartnerForm(values, instance=kept)
    if not form.is_valid():
        return _page(request, kept, form=form, status=422)
    if kept is not None and str(Partner.objects.get(pk=kept.pk).version) != request.POST.get("version"):
        return _page(request, Partner.objects.get(pk=kept.pk), refused="overtaken", status=409)
    with transaction.atomic():
        form.instance.version = F("version") + 1 if kept else 1
        row = form.save()
        said = "可读内容" if row.may_read else "不可读内容"
        PartnerLine(partner=row, step=PartnerStep.CHANGED if kept else PartnerStep.ADDED, clerk=clerk, note=said).save()
    return redirect(f"{reverse('partners')}?partner={row.pk}")


@requires(Right.KEEP_PARTNERS)
@require_POST
def act(request: HttpRequest, partner: int) -> HttpResponse:
    """Try the address, or have events sent again."""
    found, clerk, step = get_object_or_404(Partner, pk=partner), clerk_of(request), request.POST.get("step", "")
    if step == "try":
        return _tried(request, found, clerk)
    only, since = request.POST.get("delivery", ""), request.POST.get("since", "")
    if step == "replay" and only.isdecimal() and len(only) < 19:
        count = push.replay(found, only=int(only))
    elif step == "replay":
        moment = _moment(since)
        if since and moment is None:
            return _page(request, found, refused="bad_moment", status=422)
        count = push.replay(found, since=moment)
    else:
        raise Http404
    PartnerLine(partner=found, step=PartnerStep.REPLAYED, clerk=clerk, note=f"{count} 条").save()
    return redirect(f"{reverse('partners')}?partner={found.pk}")


def _tried(request: HttpRequest, partner: Partner, clerk: Clerk) -> HttpResponse:
    """Send an event about nothing, to see whether the other side takes it."""
    if not partner.url:
        return _page(request, partner, refused="no_url", status=422)
    note = EventNote(_NO_EVENT, 0, "ping", here.now(), "", "", 0, "")
    answered = push.deliver(partner, _NO_EVENT, msgspec.json.encode(note))
    word = Trouble(answered.trouble).label if answered.trouble else "对方收下了"
    PartnerLine(partner=partner, step=PartnerStep.TRIED, clerk=clerk, note=f"{word} {answered.status or ''}".strip()).save()
    return _page(request, partner, tried=(answered.is_good, word, answered.status))


def _page(
    request: HttpRequest,
    partner: Partner | None,
    *,
    form: PartnerForm | None = None,
    refused: str = "",
    tried: tuple[bool, str, int | None] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = {state.value: Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState}
    rows = list(Partner.objects.select_related("owner").annotate(**asked, last=Max("deliveries__delivered_at")))
    failed = Delivery.objects.filter(partner=partner, state=DeliveryState.DEAD).order_by("-pk")[:FAILED_ROWS] if partner else ()
    context = {
        "rows": rows,
        "partner": partner,
        "form": form or PartnerForm(instance=partner, initial=None if partner else {"valid_until": here.today() + FIRST_TIME}),
        "failed": list(failed),
        "waiting": list(Delivery.objects.filter(partner=partner, state=DeliveryState.WAITING).order_by("pk")[:LINES]) if partner else (),
        "lines": list(partner.lines.select_related("clerk")[:LINES]) if partner else (),
        "looks": list(partner.looks.all()[:LINES]) if partner else (),
        "refused": refused,
        "tried": tried,
        "today": here.today(),
    }
    return render(request, "partners/partners.html", context, status=status)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=here.CITY_TIME)
    except ValueError:
        return None


def failed_pushes(clerk: Clerk) -> int:
    """Return how many events lie on the page of failures."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count() if clerk.may(Right.KEEP_PARTNERS) else 0
