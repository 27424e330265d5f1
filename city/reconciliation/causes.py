"""Why something does not add up, and what to do first: one table for the page and the export."""

from django.db.models import TextChoices

from sync.contract.problem import ProblemCode


class Cause(TextChoices):
    """Why; the gravest first."""

    GAP = "gap", "去向不明"
    OUTBOX = "outbox", "待送箱损坏过"
    REUSED = "reused", "编号重复"
    SHELVED = "shelved", "拒收搁置"
    ASIDE = "aside", "终端搁置"
    PHOTOS = "photos", "影像未齐"
    DAMAGED = "damaged", "影像打不开"
    SLIPS = "slips", "回执缺"


MEANING: dict[Cause, str] = {
    Cause.GAP: "终端编过号，城市没有收到，终端也没有说还在途。",
    Cause.OUTBOX: "终端的待送箱损坏过，能读出的已经转入新箱，旧箱封在一边。",
    Cause.REUSED: "同一个终端编号来了两件，终端可能是由备份恢复的。",
    Cause.SHELVED: "城市永久拒收，终端不再自动重送，居民手里有回执。",
    Cause.ASIDE: "终端自己搁置了，城市没有拒收的记录。",
    Cause.PHOTOS: "收到一天以上，还有影像没有传到。",
    Cause.DAMAGED: "影像传到了，但打不开或与申请不符。",
    Cause.SLIPS: "件已收下，小票没有打出来，居民手里没有回执。",
}

ACTION: dict[Cause, str] = {
    Cause.GAP: "让技术员在终端「待送箱」核对这些编号；查不到的，按收件编号联系居民重新办理。",
    Cause.OUTBOX: "让技术员取出旧箱（set-aside），核对编号后再处理。",
    Cause.REUSED: "核对两件是否同一人、同一事项；向技术员确认终端是否恢复过备份。",
    Cause.SHELVED: "居民来时在窗口代录，或联系居民重新办理；原件号写在处理说明里。",
    Cause.ASIDE: "让技术员在终端「待送箱」看搁置原因。",
    Cause.PHOTOS: "看终端网络；传不来的，一次告知里请居民补拍。",
    Cause.DAMAGED: "一次告知里请居民补拍这一页。",
    Cause.SLIPS: "按当天的件补打收件回执，或由居民放身份证查进度；检查打印机和纸。",
}

WHY_REFUSED: dict[ProblemCode, str] = {
    ProblemCode.MALFORMED: "格式不对，多半是终端程序和城市版本不合。",
    ProblemCode.OTHER_CONTENT: "这个编号城市已有另一份内容。",
    ProblemCode.CANNOT_OPEN: "打不开：密封用的公钥城市没有，或途中损坏。",
    ProblemCode.INVALID: "内容不符合该事项这一版的规则。",
}
"""What the city refuses for good; a test holds it beside the table of refusals."""
