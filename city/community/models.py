"""Notices: written by one person, let through by another, shown by the terminals of an area while they are valid."""

import uuid
from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.onewindow.models import Case
from city.staff.models import Clerk, Line
from sync.contract.directory import ServiceKind
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


KIND_OF_SERVICE: dict[ServiceKind, str] = {
    ServiceKind.MEALS: "老年助餐",
    ServiceKind.HOME_CARE: "上门照护",
    ServiceKind.DAY_CARE: "日间照料",
    ServiceKind.CLEANING: "家政保洁",
    ServiceKind.REPAIR: "水电维修",
    ServiceKind.LOCKSMITH: "开锁疏通",
    ServiceKind.TUTORING: "课后托管",
    ServiceKind.CLINIC: "卫生服务",
    ServiceKind.ESCORT: "陪诊取药",
    ServiceKind.COUNSEL: "心理法律",
    ServiceKind.VOLUNTEER: "找志愿者",
    ServiceKind.JOINING: "当志愿者",
    ServiceKind.TIME_BANK: "时间银行",
    ServiceKind.LENDING: "物品借用",
    ServiceKind.SWAP: "闲置交换",
    ServiceKind.DONATION: "捐赠心愿",
    ServiceKind.ACTIVITY: "活动场地",
    ServiceKind.CHILDCARE: "托育亲子",
    ServiceKind.RECYCLING: "回收清运",
    ServiceKind.ERRANDS: "缴费代办",
}


class FamilyName(models.TextChoices):
    """Who stands behind a service, as the label says it."""

    PUBLIC = "public", "公共"
    MUTUAL = "mutual", "互助"
    CHARITY = "charity", "公益"
    COMMERCIAL = "commercial", "商业"


class ProviderState(models.TextChoices):
    """How far a service's entry is."""

    APPLIED = "applied", "待准入"
    LISTED = "listed", "在列"
    DELISTED = "delisted", "已下架"


class ProviderRow(models.Model):
    """One service in the directory. Proposed by one person, admitted by another, and gone from the terminals when its papers are over."""

    key = models.CharField(max_length=40, unique=True, default=uuid.uuid4)
    area = models.CharField(max_length=32, blank=True, db_index=True)
    kind = models.CharField(max_length=12, choices=[(kind.value, name) for kind, name in KIND_OF_SERVICE.items()])
    family = models.CharField(max_length=12, choices=FamilyName)
    name = models.CharField(max_length=30)
    name_en = models.CharField(max_length=60, blank=True)
    name_ko = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=80)
    about_en = models.CharField(max_length=160, blank=True)
    about_ko = models.CharField(max_length=160, blank=True)
    place = models.CharField(max_length=60)
    place_en = models.CharField(max_length=120, blank=True)
    place_ko = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=40)
    hours_en = models.CharField(max_length=80, blank=True)
    hours_ko = models.CharField(max_length=80, blank=True)
    price = models.CharField(max_length=60)
    price_en = models.CharField(max_length=120, blank=True)
    price_ko = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=20)
    licence = models.CharField(max_length=40, blank=True)
    valid_until = models.DateField()
    updated_on = models.DateField()
    takes_requests = models.BooleanField(default=False)
    time_minutes = models.PositiveSmallIntegerField(default=0)  # mutual help: about how much time is booked; none is counted with nothing
    accessible = models.BooleanField(default=False)
    owner = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")  # who answers its requests

    state = models.CharField(max_length=10, choices=ProviderState, default=ProviderState.APPLIED, db_index=True)
    version = models.PositiveIntegerField(default=1)
    proposed_by = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    admitted_by = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["family", "kind", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(state=ProviderState.LISTED) | models.Q(admitted_by__isnull=False), name="no_service_without_admission"
            ),
            models.CheckConstraint(condition=~models.Q(admitted_by=models.F("proposed_by")), name="nobody_admits_their_own_service"),
            models.CheckConstraint(condition=models.Q(time_minutes=0) | models.Q(family="mutual"), name="only_mutual_help_counts_time"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderState(models.TextChoices):
    """How far a request to a service is."""

    PLACED = "placed", "已提交"
    TAKEN = "taken", "已接单"
    SERVING = "serving", "服务中"
    DONE = "done", "完成"
    CHECKED = "checked", "已回访"
    CANCELLED = "cancelled", "已取消"
    UNANSWERED = "unanswered", "无人接单"


class OrderStep(models.TextChoices):
    """What may be done with a request."""

    PLACE = "place", "提交"
    TAKE = "take", "接单"
    START = "start", "开始服务"
    FINISH = "finish", "服务完成"
    DECLINE = "decline", "接不了"
    CHECK = "check", "回访确认"
    CANCEL = "cancel", "取消"
    REASSIGN = "reassign", "改派"


class OrderRow(models.Model):
    """A request to a service. What the resident wrote stays sealed in its case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="order")
    provider = models.ForeignKey(ProviderRow, null=True, on_delete=models.PROTECT, related_name="orders")
    area = models.CharField(max_length=32, blank=True, db_index=True)
    day = models.CharField(max_length=10, blank=True)
    slot = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=12, choices=OrderState, default=OrderState.PLACED, db_index=True)
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"order {self.pk}"


class OrderLine(Line):
    """A line of a request's history."""

    order = models.ForeignKey(OrderRow, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=10, choices=OrderStep)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.order_id}"
