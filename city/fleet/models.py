"""The terminals that the city admits, and how each came to be."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import models
from django.utils import timezone

from city.staff.models import Clerk, Line
from sync.contract.names import TerminalId
from sync.contract.steering import OrderOutcome, RemoteAct, RemoteDevice, RemoteOrder
from sync.contract.words import Words


class Terminal(models.Model):
    """An admitted terminal and the key that its requests are signed with."""

    id = models.CharField(max_length=32, primary_key=True)
    public_key = models.BinaryField(max_length=32)
    place = models.CharField(max_length=60, blank=True)  # where it stands, such as 松风社区
    area = models.CharField(max_length=32, blank=True)  # the code of the area that it serves; its cases are of this area
    spot = models.CharField(max_length=60, blank=True)  # where in the house, such as 二楼电梯口
    form = models.CharField(max_length=60, blank=True)  # its make, such as 竖屏 21.5
    admitted_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    certificate_until = models.DateTimeField(null=True, blank=True)  # none: admitted by its key at hand, and has not asked for one yet
    renewal_asked_at = models.DateTimeField(null=True, blank=True)  # its certificate was over: a person has to agree
    renewal_agreed_at = models.DateTimeField(null=True, blank=True)
    doubled_at = models.DateTimeField(null=True, blank=True)  # two machines use its key: neither gets anything until a person has looked

    crashed_at = models.DateTimeField(null=True, blank=True)  # it has started again and again within an hour
    record_doubted_at = models.DateTimeField(null=True, blank=True)  # its record of technicians was changed or begun anew: somebody looks

    def __str__(self) -> str:
        return self.id

    @property
    def terminal_id(self) -> TerminalId:
        """Its id, as the wire names it."""
        return TerminalId(self.id)

    @property
    def key(self) -> Ed25519PublicKey:
        """The key that verifies its requests."""
        return Ed25519PublicKey.from_public_bytes(bytes(self.public_key))


class Severity(models.IntegerChoices):
    """How much a terminal needs a person; the worst comes first on every list."""

    WELL = 0, "正常"
    ATTENTION = 1, "注意"
    FAULT = 2, "故障"
    SILENT = 3, "失联"


class Cause(models.TextChoices):
    """Why a terminal needs a person; also what an alert is about."""

    SILENT = "silent", "没有心跳"
    NOT_TAKING = "not_taking", "收不了件"
    DEVICE = "device", "设备故障"
    PAPER_OUT = "paper_out", "缺纸"
    SET_ASIDE = "set_aside", "有件被搁置"
    CERTIFICATE = "certificate", "证书快到期"
    CLOCK = "clock", "时钟偏差"
    QUEUE = "queue", "有件久未送达"
    STORAGE = "storage", "存储空间少"
    PAPER_LOW = "paper_low", "纸将尽"
    RENEWAL = "renewal", "等同意补证"
    DOUBLED = "doubled", "两台机器用同一密钥"
    TAMPER = "tamper", "机门被打开"
    CRASHES = "crashes", "反复重启"
    RECORD = "record", "维护记录接不上"


class Heartbeat(models.Model):
    """How a terminal said last that it is. The figures that consoles sort and filter by are columns; `body` is all of it, as sent."""

    terminal = models.OneToOneField(Terminal, on_delete=models.CASCADE, primary_key=True, related_name="heartbeat")
    received_at = models.DateTimeField(db_index=True)
    release = models.CharField(max_length=60)
    is_taking = models.BooleanField()
    waiting = models.IntegerField()
    oldest_waiting_s = models.FloatField(null=True)
    quarantined = models.IntegerField()
    free_bytes = models.BigIntegerField()
    clock_offset_s = models.FloatField(null=True)
    certificate_days = models.IntegerField(null=True)
    severity = models.PositiveSmallIntegerField(
        choices=Severity, default=Severity.WELL, db_index=True
    )  # judged as it came; silence is judged later
    cause = models.CharField(max_length=16, choices=Cause, blank=True)
    body = models.JSONField()

    def __str__(self) -> str:
        return f"{self.terminal_id} at {self.received_at:%Y-%m-%d %H:%M}"


class Start(models.Model):
    """A start of a terminal's machine, as its heartbeats named it; the last few of each are kept."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="starts")
    boot = models.CharField(max_length=40)
    uptime_s = models.FloatField()  # the longest that was heard of it
    at = models.DateTimeField(default=timezone.now)  # when it was heard of first

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "boot"), name="one_row_of_each_start"),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.boot}"


class Certificate(models.Model):
    """A certificate that the city issued to a terminal."""

    serial = models.CharField(max_length=40, unique=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="certificates")
    issued_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    pem = models.TextField()

    def __str__(self) -> str:
        return self.serial


class Alert(models.Model):
    """Something about a terminal that a person has to see to; one open alert for each terminal and cause."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="alerts")
    cause = models.CharField(max_length=16, choices=Cause)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)  # nobody took it in time

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "cause"), condition=models.Q(closed_at=None), name="one_open_alert"),)
        indexes = (models.Index(fields=("closed_at", "-severity")),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.cause}"


class UpdateNote(models.Model):
    """What a terminal said about an update."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="update_notes")
    rollout = models.CharField(max_length=64)
    release = models.CharField(max_length=32)
    attempt = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=16)  # an `UpdateOutcome`
    stage = models.CharField(max_length=60, blank=True)
    running = models.CharField(max_length=32, blank=True)
    said_at = models.DateTimeField()  # by the terminal's clock
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "rollout", "attempt", "outcome"), name="one_note_of_each"),)
        indexes = (models.Index(fields=("rollout", "terminal")),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.release} {self.outcome}"


class AdmissionState(models.TextChoices):
    """How far an admission is."""

    WAITING = "waiting", "等终端连接"
    CONNECTED = "connected", "等核对六个词"
    ADMITTED = "admitted", "已准入"
    VOID = "void", "已作废"
    EXPIRED = "expired", "已过期"


class Admission(models.Model):
    """One attempt to admit one machine: from the code to the two signatures."""

    terminal_id = models.CharField(max_length=32, db_index=True)
    place = models.CharField(max_length=60)
    area = models.CharField(max_length=32, blank=True)
    spot = models.CharField(max_length=60, blank=True)
    form = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=16, choices=AdmissionState, default=AdmissionState.WAITING)
    code_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes
    public_key = models.BinaryField(max_length=32, null=True, blank=True)
    words = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)  # what ended it, where it did not end well
    first_by = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.state}"


class Act(models.TextChoices):
    """What was done to the fleet."""

    OPENED = "opened", "发准入码"
    CONNECTED = "connected", "终端连上"
    WORDS_AGREED = "words_agreed", "六词相同"
    ADMITTED = "admitted", "准入"
    VOIDED = "voided", "作废"
    RENEWED = "renewed", "换证"
    RENEWAL_ASKED = "renewal_asked", "申请补证"
    RENEWAL_AGREED = "renewal_agreed", "同意补证"
    WITHDRAWN = "withdrawn", "撤销准入"
    DOUBLED = "doubled", "发现重复终端"
    RELEASED = "released", "恢复送件"
    ALERT_TAKEN = "alert_taken", "认领告警"
    RELEASE_PUBLISHED = "release_published", "发布版本"
    ROLLOUT_PLANNED = "rollout_planned", "提出推送"
    PLAN_WITHDRAWN = "plan_withdrawn", "撤回推送申请"
    ROLLOUT_STARTED = "rollout_started", "开始推送"
    ROLLOUT_WIDENED = "rollout_widened", "扩大推送"
    ROLLOUT_PAUSED = "rollout_paused", "暂停推送"
    ROLLOUT_RESUMED = "rollout_resumed", "续推"
    ROLLOUT_HALTED = "rollout_halted", "中止推送"
    SETTINGS_PUBLISHED = "settings_published", "发布设置"
    ORDERED = "ordered", "远程操作"
    ORDER_CANCELLED = "order_cancelled", "取消远程操作"
    ORDER_ANSWERED = "order_answered", "终端已答复"
    LOOKED_INTO = "looked_into", "已查明"


class PlanState(models.TextChoices):
    """How far a proposed rollout is."""

    OPEN = "open", "等另一人同意"
    STARTED = "started", "已开始"
    WITHDRAWN = "withdrawn", "已撤回"


class RolloutPlan(models.Model):
    """A rollout that one operator proposed and another has to agree to; then it is signed and begins."""

    release = models.CharField(max_length=32)
    pilots = models.JSONField()  # ids of terminals that go first
    percent = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    minimum = models.CharField(max_length=32)
    note = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=PlanState, default=PlanState.OPEN)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    second = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, related_name="+")  # who agreed, or withdrew it
    closed_at = models.DateTimeField(null=True)
    rollout = models.CharField(max_length=64, blank=True)  # what it became

    def __str__(self) -> str:
        return f"{self.release} {self.state}"


class RemoteActs(models.TextChoices):
    """What may be ordered from afar."""

    RESTART = RemoteAct.RESTART.value, "重启程序"
    RESTART_DEVICE = RemoteAct.RESTART_DEVICE.value, "重启设备程序"
    RESTART_MACHINE = RemoteAct.RESTART_MACHINE.value, "重启整机"
    COLLECT_LOGS = RemoteAct.COLLECT_LOGS.value, "收集日志"
    OUT_OF_SERVICE = RemoteAct.OUT_OF_SERVICE.value, "停用"
    SCREENSHOT = RemoteAct.SCREENSHOT.value, "待机画面"
    SEND_AGAIN = RemoteAct.SEND_AGAIN.value, "重送拒收的件"


class OrderOutcomes(models.TextChoices):
    """What became of an order."""

    DONE = OrderOutcome.DONE.value, "已完成"
    EXPIRED = OrderOutcome.EXPIRED.value, "过期没做"
    UNABLE = OrderOutcome.UNABLE.value, "这台做不了"


class SettingsVersion(models.Model):
    """What was set for an area, and when; rows are added and never changed, so that each earlier one can be set again."""

    number = models.PositiveIntegerField(unique=True)
    area = models.CharField(max_length=32, blank=True, db_index=True)  # the beginning of the areas' codes; empty for everywhere
    values = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.area or '*'} {self.number}"


class OrderRow(models.Model):
    """One order to one terminal, and what became of it."""

    uuid = models.UUIDField(unique=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="orders")
    act = models.CharField(max_length=16, choices=RemoteActs)
    until = models.DateTimeField()
    device = models.CharField(max_length=24, blank=True)  # a `RemoteDevice`, where one is to be started anew
    text_zh = models.CharField(max_length=60, blank=True)
    text_en = models.CharField(max_length=120, blank=True)
    text_ko = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=120)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, choices=OrderOutcomes)  # empty until the terminal has answered
    detail = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    body = models.BinaryField(default=bytes)  # what it brought: a picture, or a bundle of logs

    class Meta:
        indexes = (models.Index(fields=("terminal", "until")),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.act}"

    def told(self) -> RemoteOrder:
        """Return it as it goes down."""
        text = Words(self.text_zh, self.text_en or None, self.text_ko or None) if self.text_zh else None
        device = RemoteDevice(self.device) if self.device else None
        return RemoteOrder(str(self.uuid), RemoteAct(self.act), self.until, text, device)


class CarriedList(models.Model):
    """A list of applications that one terminal gave out to a stick and another one brought; both are proven by their signatures."""

    digest = models.CharField(max_length=64, primary_key=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    carrier = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    statement = models.BinaryField()
    brought_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.terminal_id} by {self.carrier_id}"


class FleetLine(Line):
    """Something was done to a terminal: who, what, why. The record only grows."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, related_name="+")  # none: the machine, or the owner of the keys
    act = models.CharField(max_length=24)  # an `Act`; a new kind needs no migration
    terminal_id = models.CharField(max_length=32, db_index=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.act} {self.terminal_id}"


def note_act(act: Act, terminal_id: str, clerk: Clerk | None = None, note: str = "") -> None:
    """Write down what was done."""
    FleetLine(clerk=clerk, act=act, terminal_id=terminal_id, note=note[:200]).save()
