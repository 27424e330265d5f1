"""Notices: written by one person, let through by another, shown by the terminals of an area while they are valid."""

import uuid
from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.staff.models import Clerk, Line
from sync.contract.notices import NoticeKind

TITLE_MOST = 16
SHORT_MOST = 60
TEXT_MOST = 400
"""Characters of the Chinese text. The other languages run longer and may have twice as many."""


class NoticeState(models.TextChoices):
    """How far a notice is."""

    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "复核中"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


KIND_NAMES: dict[NoticeKind, str] = {
    NoticeKind.POWER: "停电",
    NoticeKind.WATER: "停水",
    NoticeKind.GAS: "燃气",
    NoticeKind.HEATING: "供暖",
    NoticeKind.HEALTH: "卫生健康",
    NoticeKind.MEALS: "助餐",
    NoticeKind.ACTIVITY: "活动",
    NoticeKind.POLICY: "政策",
    NoticeKind.SAFETY: "安全",
    NoticeKind.OTHER: "其他",
}


_KINDS = [(kind.value, name) for kind, name in KIND_NAMES.items()]


class NoticeRow(models.Model):
    """One notice. `area` is the code of the area whose terminals show it; an empty one is the whole city."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.CharField(max_length=32, blank=True, db_index=True)
    kind = models.CharField(
        max_length=12, choices=[(kind.value, name) for kind, name in KIND_NAMES.items()], default=NoticeKind.OTHER.value
    )
    title = models.CharField(max_length=TITLE_MOST)
    title_en = models.CharField(max_length=2 * TITLE_MOST, blank=True)
    title_ko = models.CharField(max_length=2 * TITLE_MOST, blank=True)
    short = models.CharField(max_length=SHORT_MOST)
    short_en = models.CharField(max_length=2 * SHORT_MOST, blank=True)
    short_ko = models.CharField(max_length=2 * SHORT_MOST, blank=True)
    text = models.TextField(max_length=TEXT_MOST)
    text_en = models.TextField(max_length=2 * TEXT_MOST, blank=True)
    text_ko = models.TextField(max_length=2 * TEXT_MOST, blank=True)
    publisher = models.CharField(max_length=30)
    urgent = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    state = models.CharField(max_length=12, choices=NoticeState, default=NoticeState.DRAFT, db_index=True)
    version = models.PositiveIntegerField(default=1)
    writer = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="notice_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~models.Q(state=NoticeState.PUBLISHED) | models.Q(reviewer__isnull=False), name="no_notice_without_review"
            ),
            models.CheckConstraint(condition=~models.Q(reviewer=models.F("writer")), name="nobody_reviews_their_own_notice"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeStep(models.TextChoices):
    """What happened to a notice."""

    WRITTEN = "written", "写好草稿"
    CHANGED = "changed", "修改"
    SENT = "sent", "送复核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "复核通过，发布"
    WITHDRAWN = "withdrawn", "撤下"


class NoticeLine(Line):
    """A line of a notice's history."""

    notice = models.ForeignKey(NoticeRow, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=12, choices=NoticeStep)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.notice_id}"


class HelpCall(models.Model):
    """Somebody at a terminal called for a person. `calls` counts how often, until somebody went."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="help_calls")
    area = models.CharField(max_length=32, blank=True)
    called_at = models.DateTimeField()
    calls = models.PositiveSmallIntegerField(default=1)
    taken_by = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("taken_at", "called_at"), name="open_help_calls")]

    def __str__(self) -> str:
        return f"help at {self.terminal_id}"
