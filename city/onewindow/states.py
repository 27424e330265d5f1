"""The states of a case inside, the six words outside, and everything that can happen to it."""

from django.db.models import IntegerChoices, TextChoices


class State(IntegerChoices):
    """The codes of the national scheme's life of a case that this window uses."""

    ARRIVING = 24, "材料上传中"
    RECEIVED = 26, "待受理"
    TO_CORRECT = 28, "待补正"
    ATTACHED = 29, "补正材料，已附卷"  # ours: a correction that belongs to another case
    ACCEPTED = 30, "已受理"
    NOT_APPROVED = 40, "不予批准"
    APPROVED = 50, "已批准"
    CLOSED = 90, "已办结"
    NOT_ACCEPTED = 97, "不予受理"
    WITHDRAWN = 98, "已撤回"
    STOPPED = 99, "已终止"


class PlainState(TextChoices):
    """The six words that residents and scripts see."""

    TO_SUBMIT = "to_submit", "待提交"
    TO_PRECHECK = "to_precheck", "待预审"
    TO_CORRECT = "to_correct", "待补正"
    IN_APPROVAL = "in_approval", "审批中"
    RETURNED = "returned", "已退回"
    CLOSED = "closed", "已办结"


PLAIN: dict[State, PlainState] = {
    State.ARRIVING: PlainState.TO_PRECHECK,
    State.RECEIVED: PlainState.TO_PRECHECK,
    State.TO_CORRECT: PlainState.TO_CORRECT,
    State.ATTACHED: PlainState.TO_PRECHECK,
    State.ACCEPTED: PlainState.IN_APPROVAL,
    State.APPROVED: PlainState.IN_APPROVAL,
    State.NOT_APPROVED: PlainState.CLOSED,
    State.CLOSED: PlainState.CLOSED,
    State.NOT_ACCEPTED: PlainState.RETURNED,
    State.WITHDRAWN: PlainState.RETURNED,
    State.STOPPED: PlainState.RETURNED,
}

UNDER_WAY = frozenset({State.ACCEPTED, State.APPROVED})
"""With the back offices."""

AT_WORK = frozenset({State.RECEIVED, *UNDER_WAY})
"""Somebody of the city has to do something with it."""

OVER = frozenset({State.NOT_APPROVED, State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED})
"""Nothing more happens to it, but that it may be rated."""


OPEN = frozenset({State.ARRIVING, State.RECEIVED, State.TO_CORRECT, *UNDER_WAY})
"""Somebody has still to do something with it."""


class StepState(TextChoices):
    """How far one office's part is."""

    WAITING = "waiting", "等前面的步骤"
    READY = "ready", "待领取"
    CLAIMED = "claimed", "办理中"
    DONE = "done", "已办"
    LEFT_OUT = "left_out", "不适用"


class Conclusion(TextChoices):
    """What an office says at the end of its step."""

    AGREED = "agreed", "同意"
    NOT_AGREED = "not_agreed", "不同意"


class Kind(TextChoices):
    """What happened to a case. The history is these, in order; where the case stands can be worked out from them alone."""

    RECEIVED = "received", "城市收件，回执已签发"
    COMPLETED = "completed", "材料影像收齐"
    SEQUENCE_REUSED = "sequence_reused", "终端序号重复，请核对终端是否由备份恢复"
    PAPER_DAMAGED = "paper_damaged", "材料影像打不开"
    ACCEPTED = "accepted", "已受理"
    TO_CORRECT = "to_correct", "一次告知，待补正"
    CORRECTED = "corrected", "补正已回"
    ADDED = "added", "又交来材料，已附卷"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "申请人撤回"
    LAPSED = "lapsed", "逾期未补正，终止"
    CLAIMED = "claimed", "领取步骤"
    RELEASED = "released", "放回步骤"
    REASSIGNED = "reassigned", "转交步骤"
    CONCLUDED = "concluded", "办结步骤"
    SENT_BACK = "sent_back", "退回前一步"
    CLOCK_STOPPED = "clock_stopped", "特别程序，停表"
    CLOCK_RESUMED = "clock_resumed", "特别程序结束，续计"
    APPROVED = "approved", "批准"
    NOT_APPROVED = "not_approved", "不予批准"
    CLOSED = "closed", "办结"
    RATED = "rated", "收到评价"
    ENTERED = "entered", "前台代录"
    REROUTED = "rerouted", "改按新流程"


DIFFERENCES = frozenset({Kind.SEQUENCE_REUSED, Kind.PAPER_DAMAGED})
"""What the reconciliation shows as something that does not add up."""


class DocumentKind(TextChoices):
    """The papers of a case."""

    RECEIPT = "receipt", "收件回执"
    ONCE_ONLY = "once-only", "一次性告知书"
    ACCEPTANCE = "acceptance", "受理通知书"
    NON_ACCEPTANCE = "non-acceptance", "不予受理通知书"
    RESULT = "result", "办理结果通知书"
