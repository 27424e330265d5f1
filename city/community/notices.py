"""What may happen to a notice, by whom: each step in one statement, so that two people cannot both take it.

The writer is never the reviewer, whatever their postings say. What was published is never changed: it is withdrawn, and written anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F, Q

from city import here
from city.community.models import NoticeLine, NoticeRow, NoticeState, NoticeStep
from city.staff.models import Clerk
from sync.contract.notices import Notice, Noticeboard, NoticeKind
from sync.contract.words import Words

SENTENCE_MOST = 40
"""Characters that can be heard and kept in mind."""

_CAN_BE_SENT = (NoticeState.DRAFT, NoticeState.RETURNED)
_ADVERTISING = re.compile(r"优惠|特价|促销|抢购|扫码领|加微信|代理|点击")
_SENTENCES = re.compile(r"[。！？；\n]")


class Refusal(StrEnum):
    """Why a step was not taken."""

    OVERTAKEN = "overtaken"  # somebody else changed it, or it is not in the state for this
    OWN_NOTICE = "own_notice"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check says of a notice; it stops nothing, a person decides."""

    is_fine: bool
    text: str


def send_to_review(notice: NoticeRow, version: int, clerk: Clerk) -> Refusal | None:
    """Hand a draft to somebody else."""
    return _move(notice, version, clerk, _CAN_BE_SENT, NoticeState.IN_REVIEW, NoticeStep.SENT)


def send_back(notice: NoticeRow, version: int, clerk: Clerk, comment: str) -> Refusal | None:
    """Return it to its writer with what should be different."""
    if notice.writer_id == clerk.pk:
        return Refusal.OWN_NOTICE
    return _move(notice, version, clerk, (NoticeState.IN_REVIEW,), NoticeState.RETURNED, NoticeStep.RETURNED, comment)


def publish(notice: NoticeRow, version: int, clerk: Clerk) -> Refusal | None:
    """Let it through: terminals fetch it at their next look."""
    if notice.writer_id == clerk.pk:
        return Refusal.OWN_NOTICE
    return _move(notice, version, clerk, (NoticeState.IN_REVIEW,), NoticeState.PUBLISHED, NoticeStep.PUBLISHED, reviewer=clerk)


def withdraw(notice: NoticeRow, version: int, clerk: Clerk, comment: str) -> Refusal | None:
    """Take it off the terminals."""
    return _move(notice, version, clerk, (NoticeState.PUBLISHED,), NoticeState.WITHDRAWN, NoticeStep.WITHDRAWN, comment)


def may_be_changed(notice: NoticeRow) -> bool:
    """Tell whether its words may still be changed."""
    return notice.state in _CAN_BE_SENT


def _move(
    notice: NoticeRow,
    version: int,
    clerk: Clerk,
    before: tuple[NoticeState, ...],
    after: NoticeState,
    step: NoticeStep,
    comment: str = "",
    reviewer: Clerk | None = None,
) -> Refusal | None:
    with transaction.atomic():
        as_seen = NoticeRow.objects.filter(pk=notice.pk, version=version, state__in=before)
        values = {"state": after, "version": F("version") + 1} | ({"reviewer": reviewer} if reviewer else {})
        if as_seen.update(**values) != 1:
            return Refusal.OVERTAKEN
        NoticeLine(notice=notice, step=step, clerk=clerk, comment=comment[:200]).save()
    return None


def remarks(notice: NoticeRow) -> Iterator[Remark]:
    """Yield what to look at before it is published."""
    text = f"{notice.title}。{notice.short}。{notice.text}"
    found = _ADVERTISING.search(text)
    yield Remark(found is None, f"有营销用语：{found.group()}" if found else "无营销用语")
    longest = max((len(one.strip()) for one in _SENTENCES.split(notice.text)), default=0)
    fits = longest <= SENTENCE_MOST
    yield Remark(fits, f"每句不超过 {SENTENCE_MOST} 字，可朗读" if fits else f"最长一句 {longest} 字，朗读时听不清，请断句")
    untranslated = [name for name, value in (("English", notice.title_en), ("한국어", notice.title_ko)) if not value]
    yield Remark(not untranslated, f"未译：{'、'.join(untranslated)}，终端显示中文" if untranslated else "三种语言齐全")


def board_for(area: str, now: datetime | None = None) -> Noticeboard:
    """Return what the terminals of an area are given: what is valid now or will be, newest first."""
    ends_after = now or here.now()
    around = Q(area__in=["", *(area[:length] for length in range(1, len(area) + 1))])
    rows = NoticeRow.objects.filter(around, state=NoticeState.PUBLISHED, valid_until__gt=ends_after).order_by("-valid_from", "id")
    return Noticeboard(tuple(_as_sent(row) for row in rows))


def _as_sent(row: NoticeRow) -> Notice:
    return Notice(
        id=str(row.uid),
        kind=NoticeKind(row.kind),
        title=_words(row.title, row.title_en, row.title_ko),
        short=_words(row.short, row.short_en, row.short_ko),
        text=_words(row.text, row.text_en, row.text_ko),
        publisher=Words(row.publisher),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        urgent=row.urgent,
    )


def _words(zh: str, en: str, ko: str) -> Words:
    return Words(zh.replace("\r\n", "\n"), en.replace("\r\n", "\n") or None, ko.replace("\r\n", "\n") or None)
