"""The notices' pages: write, have it reviewed, publish, withdraw. Each works as a plain form without scripts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.community import notices
from city.community.models import KIND_NAMES, NoticeLine, NoticeRow, NoticeState, NoticeStep
from city.community.notices import Refusal
from city.fleet.models import Terminal
from city.grid.models import Area
from city.staff.audit import clerk_of
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.notices import NoticeKind

ROWS = 200
VIEWS = {"all": "全部", "review": "等我复核", "live": "已发布"}
COMMENT_LETTERS = 4


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The words of a notice, where it is shown, and when."""

    class Meta:
        model = NoticeRow
        fields = (
            "title", "kind", "valid_from", "valid_until", "short", "text", "publisher", "area", "urgent",
            "title_en", "short_en", "text_en", "title_ko", "short_ko", "text_ko",
        )  # fmt: skip

    def __init__(self, *args: Any, clerk: Clerk, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        reach = clerk.areas(Right.WRITE_CONTENT)
        areas = [(area.code, f"{area.get_level_display()} {area.name}") for area in _areas(reach)]
        whole_city = [("", "全市")] if "" in reach else []
        self.fields["area"] = forms.ChoiceField(choices=[*whole_city, *areas], required="" not in reach, label="范围")
        moment = "%Y-%m-%dT%H:%M"
        for name in ("valid_from", "valid_until"):
            widget = forms.DateTimeInput({"type": "datetime-local"}, format=moment)
            self.fields[name] = forms.DateTimeField(widget=widget, input_formats=[moment])
        for name in self.fields:
            if name.startswith("text"):
                self.fields[name].widget = forms.Textarea({"rows": 5})

    def clean(self) -> dict[str, Any]:
        """A notice ends after it begins, and not before today.

        Raises:
            ValidationError: It does not.
        """
        values = super().clean() or {}
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and ends <= begins:
            raise ValidationError({"valid_until": "下屏时间要晚于上屏时间"})
        if ends and ends <= here.now():
            raise ValidationError({"valid_until": "下屏时间已经过了"})
        return values


@requires(Right.READ_CONTENT)
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """The list, and one notice beside it: to be written, reviewed, or looked at."""
    return _page(request, _chosen(request))


@requires(Right.WRITE_CONTENT)
@require_GET
def notice_new(request: HttpRequest) -> HttpResponse:
    """An empty draft."""
    return _page(request, None, form=NoticeForm(clerk=clerk_of(request), initial=_first_values(clerk_of(request))), is_new=True)


@requires(Right.WRITE_CONTENT)
@require_POST
def notice_save(request: HttpRequest) -> HttpResponse:
    """Keep a draft, and send it to review when asked to."""
    clerk = clerk_of(request)
    key = request.POST.get("notice", "")
    kept = get_object_or_404(_seen(clerk, Right.WRITE_CONTENT), pk=int(key)) if key.isdecimal() else None
    if kept is not None and not notices.may_be_changed(kept):
        return _page(request, kept, refused=Refusal.OVERTAKEN, status=409)
    form = NoticeForm(_plain(request), instance=kept, clerk=clerk)
    if not form.is_valid():
        return _page(request, kept, form=form, is_new=kept is None, status=422)
    if kept is not None and str(kept.version) != request.POST.get("version"):
        return _page(request, kept, refused=Refusal.OVERTAKEN, status=409)
    row = form.save(commit=False)
    if kept is None:
        row.writer = clerk
    row.version += 1
    row.save()
    NoticeLine(notice=row, step=NoticeStep.CHANGED if kept else NoticeStep.WRITTEN, clerk=clerk).save()
    refused = notices.send_to_review(row, row.version, clerk) if request.POST.get("then") == "send" else None
    return _page(request, row, refused=refused, status=409) if refused else _back_to(row)


@requires(Right.REVIEW_CONTENT)
@require_POST
def notice_judge(request: HttpRequest) -> HttpResponse:
    """Let a notice through, return it with a reason, or take a published one off the terminals."""
    clerk = clerk_of(request)
    key = request.POST.get("notice", "")
    row = get_object_or_404(_seen(clerk, Right.REVIEW_CONTENT), pk=int(key) if key.isdecimal() else 0)
    version = int(request.POST.get("version", "0")) if request.POST.get("version", "").isdecimal() else 0
    comment = request.POST.get("comment", "").replace("\0", "").strip()
    verdict = request.POST.get("verdict")
    if verdict != "publish" and len(comment) < COMMENT_LETTERS:
        return _page(request, row, comment_missing=True, status=422)
    match verdict:
        case "publish":
            refused = notices.publish(row, version, clerk)
        case "withdraw":
            refused = notices.withdraw(row, version, clerk, comment)
        case _:
            refused = notices.send_back(row, version, clerk, comment)
    return _page(request, row, refused=refused, status=409) if refused else _back_to(row)


def _page(
    request: HttpRequest,
    row: NoticeRow | None,
    *,
    form: NoticeForm | None = None,
    is_new: bool = False,
    refused: Refusal | None = None,
    comment_missing: bool = False,
    status: int = 200,
) -> HttpResponse:
    clerk = clerk_of(request)
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    if row is not None:
        row.refresh_from_db()
    if form is None and row is not None and clerk.may(Right.WRITE_CONTENT) and notices.may_be_changed(row):
        form = NoticeForm(instance=row, clerk=clerk)
    rows = list(_in_view(_seen(clerk, Right.READ_CONTENT), view, clerk)[:ROWS])
    shown = form.instance if form is not None and form.is_bound else row
    context = {
        "view": view,
        "views": VIEWS.items(),
        "rows": [(one, standing(one)) for one in rows],
        "waiting": _in_view(_seen(clerk, Right.READ_CONTENT), "review", clerk).count(),
        "notice": row,
        "standing": standing(row) if row else None,
        "shown": shown,
        "form": form,
        "is_new": is_new,
        "remarks": list(notices.remarks(row)) if row else [],
        "lines": list(row.lines.select_related("clerk")[:20]) if row else [],
        "terminals": Terminal.objects.filter(withdrawn_at=None, area__startswith=row.area).count() if row else 0,
        "area": Area.objects.filter(code=row.area).first() if row else None,
        "refused": refused,
        "comment_missing": comment_missing,
        "may_write": clerk.may(Right.WRITE_CONTENT),
        "may_judge": row is not None and clerk.may(Right.REVIEW_CONTENT) and row.writer_id != clerk.pk,
        "is_own": row is not None and row.writer_id == clerk.pk,
        "State": NoticeState,
        "kind_name": KIND_NAMES[NoticeKind(shown.kind)] if shown and shown.kind in set(NoticeKind) else "",
    }
    return render(request, "community/notices.html", context, status=status)


def standing(row: NoticeRow) -> tuple[str, str]:
    """Return how the notice stands today: the word, and the colour of its tag."""
    state, now = NoticeState(row.state), here.now()
    if state is NoticeState.PUBLISHED:
        if row.valid_until <= now:
            return "已到期", ""
        return ("定时", "info") if row.valid_from > now else ("已发布", "good")
    colour = {NoticeState.IN_REVIEW: "warn", NoticeState.RETURNED: "danger"}.get(state, "")
    return str(state.label), colour


def _seen(clerk: Clerk, right: Right) -> QuerySet[NoticeRow]:
    return NoticeRow.objects.filter(within_reach(clerk, right)).select_related("writer", "reviewer")


def _in_view(rows: QuerySet[NoticeRow], view: str, clerk: Clerk) -> QuerySet[NoticeRow]:
    if view == "review":
        return rows.filter(state=NoticeState.IN_REVIEW).exclude(writer=clerk)
    if view == "live":
        return rows.filter(state=NoticeState.PUBLISHED, valid_until__gt=here.now())
    return rows


def _chosen(request: HttpRequest) -> NoticeRow | None:
    seen = _seen(clerk_of(request), Right.READ_CONTENT)
    key = request.GET.get("notice", "")
    if key.isdecimal() and len(key) < 12:
        return get_object_or_404(seen, pk=int(key))
    return _in_view(seen, request.GET.get("view", "all"), clerk_of(request)).first()


def _areas(reach: tuple[str, ...]) -> QuerySet[Area]:
    found = Q(pk__in=())
    for code in reach:
        found |= Q(code__startswith=code)
    return Area.objects.filter(found)


def _first_values(clerk: Clerk) -> dict[str, object]:
    return {"publisher": clerk.office[:30], "valid_from": here.now().astimezone(here.CITY_TIME).replace(minute=0)}


def _plain(request: HttpRequest) -> dict[str, str]:
    return {name: value.replace("\0", "") for name, value in request.POST.items() if isinstance(value, str)}


def _back_to(row: NoticeRow) -> HttpResponse:
    return redirect(f"{reverse('notices')}?notice={row.pk}")
