"""What a person can do to the virtual hardware, a page of keys for each device; the first page holds what is done most."""

from dataclasses import field
from string import ascii_letters
from typing import Any

from kiosk.bench import CAMERA, CHIP, FITTINGS, LINE, PAD, PAGES, PRINTER, READER, SCANNER, SERVICE
from peripherals.values import dataclass
from peripherals.virtual.cards import DEMO_CARDS

A_SLIP = "BM1:7F3K29Q8:01A20A0E-1344-7E62-A0A5-7E2A88722969"
"""What a scanner sees on a slip of this kiosk; no city has the application."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does."""

    key: str
    says: str
    device: str
    order: str
    facts: dict[str, Any] = field(default_factory=dict)


COMMON = (
    Action("1", "放身份证：周桂兰　lay a card", READER, "lay", {"card": "zhou-guilan"}),
    Action("2", "放身份证：生僻字姓名　lay a card with a rare name", READER, "lay", {"card": "rare-name"}),
    Action("3", "取走身份证　lift the card", READER, "lift"),
    Action("4", "拔下读卡器　unplug the reader", READER, "unplug"),
    Action("5", "插上读卡器　plug it in", READER, "plug"),
    Action("a", "放合同　lay the contract", CAMERA, "lay", {"paper": "tenancy-contract"}),
    Action("b", "放合同第二页　lay its second page", CAMERA, "lay", {"paper": "tenancy-contract", "page": 2}),
    Action("c", "拿走合同　take it away", CAMERA, "take_away"),
    Action("d", "画面模糊　blur the picture", CAMERA, "fault", {"fault": "blurred"}),
    Action("e", "画面正常　clear picture", CAMERA, "fault", {"fault": "none"}),
    Action("f", "拔下摄像头　unplug the camera", CAMERA, "unplug"),
    Action("g", "插上摄像头　plug it in", CAMERA, "plug"),
    Action("p", "取走小票纸　take the paper out", PRINTER, "fault", {"fault": "paper_out"}),
    Action("o", "打开机盖　open the cover", PRINTER, "fault", {"fault": "cover_open"}),
    Action("r", "打印机正常　printer ready", PRINTER, "fault", {"fault": "none"}),
    Action("x", "断开线路　cut the line", LINE, "cut"),
    Action("y", "接通线路　mend the line", LINE, "mend"),
)

_KEYS = ascii_letters.replace("q", "")  # q ends the bench


def _page(device: str, *does: tuple[str, str, dict[str, Any]], beside: tuple[tuple[str, str, str], ...] = ()) -> tuple[Action, ...]:
    """Return a device's page; `beside` are orders to another that belongs to it: what it says, whom to tell, the order."""
    orders = (*((says, device, order, facts) for says, order, facts in does), *((*other, {}) for other in beside))
    return tuple(Action(key, *order) for key, order in zip(_KEYS, orders, strict=False))


def _faults(**says: str) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    return tuple((text, "fault", {"fault": fault}) for fault, text in says.items())


def _held(**says: str) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Return keys of faults that stay until the key that ends them: who looks first, a look at its health or a reading, is no matter."""
    return (*((text, "hold", {"fault": fault}) for fault, text in says.items()), ("恢复正常　all right", "clear", {}))


def _cards(order: str, **says: str) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    return tuple((text, order, {"card": card.replace("_", "-")}) for card, text in says.items())


PAGES_OF_KEYS: dict[str, tuple[Action, ...]] = {
    "常用 common": COMMON,
    "身份证阅读器 ID reader": _page(
        READER,
        *_cards(
            "lay",
            zhou_guilan="周桂兰，80 岁　aged 80",
            wang_xiaoli="王小礼，外地　from the south",
            jin_meihua="朝鲜族　Korean minority",
            rare_name="生僻字姓名　rare name",
            expired="过期的证　expired",
            hong_kong="港澳居住证　Hong Kong permit",
            foreigner_2017="外国人永居证 2017　foreigner, 2017 (I)",
            foreigner_2023="外国人永居证 2023　foreigner, 2023 (Y)",
        ),
        ("没有指纹的证　no fingerprint", "lay", {"card": {**DEMO_CARDS["zhou-guilan"], "fingerprint_bytes": 0}}),
        ("半份指纹的证　512 bytes of fingerprint", "lay", {"card": {**DEMO_CARDS["zhou-guilan"], "fingerprint_bytes": 512}}),
        ("没有照片的证　no photo", "lay", {"card": {**DEMO_CARDS["zhou-guilan"], "photo": False}}),
        ("取走身份证　lift the card", "lift", {}),
        ("拔下　unplug", "unplug", {}),
        ("插上　plug in", "plug", {}),
        *_held(
            half_frame="半帧后不说话　half an answer, then silence",
            wrong_checksum="校验错　wrong checksum",
            wrong_length="长度错　wrong length",
            unplug_mid_frame="读到一半拔线　plug pulled in the middle",
            noise="杂波　noise before the answer",
            mute="不回答　no answer",
            slow="很慢　slow",
            card_moves="读时拿走　card pulled while read",
            not_genuine="不是真证　not genuine",
            corrupt_date="日期损坏　impossible date",
            module_fault="模块故障　module out of order",
        ),
        ("留卡：答“无卡”　a card left says none", "left_card", {"looks": "80"}),
        ("留卡：答“选不中”　a card left is not selected", "left_card", {"looks": "81"}),
        ("留卡：又当新卡　a card left looks new", "left_card", {"looks": "again"}),
    ),
    "小票打印机 slips": _page(
        PRINTER,
        *_faults(
            none="恢复正常　all right",
            paper_low="纸快完　paper low",
            paper_out="没纸　paper out",
            paper_out_mid_print="打一半没纸　out in the middle",
            cover_open="开盖　cover open",
            cutter_error="切刀卡住　cutter jammed",
            overheated="过热　overheated",
            mute="不回答　silent",
            late_status="回答迟到　late answers",
            asb_noise="自动状态混入　automatic status between",
            power_off="断电　power off",
            power_off_mid_print="打一半断电　power lost in the middle",
        ),
    ),
    "整页打印机 pages": _page(
        PAGES,
        *_faults(
            none="恢复正常　all right",
            paper_low="纸快完　paper low",
            toner_low="墨粉快完　toner low",
            paper_out="没纸　paper out",
            paper_out_mid_print="打一半没纸　out in the middle",
            paper_jam="卡纸　jam",
            cover_open="开盖　cover open",
            toner_out="没墨粉　toner out",
            tray_full="出纸盘满　tray full",
            overheated="过热　overheated",
            paused="暂停　paused",
            unplugged="打印机掉线　printer offline",
            abort_mid_print="打一半放弃　aborted in the middle",
            cancel_mid_print="打一半取消　canceled at the printer",
            refuse="不收 PDF　refuses PDF",
            not_accepting="不收任务　takes no jobs",
            mute="不回答　silent",
            half_an_answer="答一半　half an answer",
            nonsense="乱答　nonsense",
            power_off="断电　power off",
            forgetful="忘了任务　forgets its jobs",
        ),
    ),
    "摄像头 camera": _page(
        CAMERA,
        ("放合同　contract", "lay", {"paper": "tenancy-contract"}),
        ("第二页　second page", "lay", {"paper": "tenancy-contract", "page": 2}),
        ("放户口簿　household book", "lay", {"paper": "household-book"}),
        ("放残疾人证　disability card", "lay", {"paper": "disability-card"}),
        ("放银行卡　bank card", "lay", {"paper": "bank-card"}),
        ("放标定图　calibration chart", "lay", {"paper": "calibration-chart"}),
        ("拿走　take away", "take_away", {}),
        ("拔下　unplug", "unplug", {}),
        ("插上　plug in", "plug", {}),
        *_faults(
            none="恢复正常　all right",
            black="全黑　black",
            too_dark="太暗　too dark",
            over_exposed="过亮　over-exposed",
            blurred="模糊　blurred",
            glare="反光　glare",
            blocked="被挡住　blocked",
            corner_hidden="遮住一角　a corner hidden",
            too_far="太远　too far away",
            frozen="画面定住　frozen",
            silent="没有新画面　no frames",
            truncated="半张图　cut-off frames",
            huge="特大图　a huge frame",
        ),
    ),
    "扫码器 scanner": _page(
        SCANNER,
        ("扫自己的小票　a slip of ours", "scan", {"text": A_SLIP}),
        ("扫网址　an address", "scan", {"text": "https://example.com/?pay=1"}),
        ("扫脚本　a script", "scan", {"text": "<script>alert(1)</script>"}),
        ("一万个字　ten thousand letters", "scan", {"text": "A" * 10_000}),
        ("分小段到　in small pieces", "scan", {"text": A_SLIP, "piece_bytes": 3, "gap_ms": 20}),
        ("波特率不对　wrong baud rate", "garbage", {"bytes": 300}),
        ("拔下　unplug", "unplug", {}),
        ("插上　plug in", "plug", {}),
    ),
    "社保卡 chip card": _page(
        CHIP,
        *_cards(
            "insert",
            zhou_guilan="社保卡　social security card",
            wang_xiaoli="王小礼的社保卡　somebody else's",
            long_name="长姓名　long name",
            pin="要密码的卡　wants a PIN",
            storage="公交卡　transport card",
            bank="银行卡　bank card",
            other="别的卡　another card",
        ),
        ("取走　remove", "remove", {}),
        *_held(
            pulled="读时拔出　pulled while read",
            mute="不回答　no answer",
            pin_wanted="要密码　wants a PIN",
            wrong_length="长度错　wrong length",
            half_answer="答一半　half an answer",
            no_status="没有状态字　no status word",
            corrupt_date="日期损坏　impossible date",
            asks_again_for_ever="一直要重发　asks again for ever",
        ),
        beside=(
            ("拔下读卡器　unplug the reader", SERVICE, "unplug"),
            ("插上读卡器　plug it in", SERVICE, "plug"),
            ("读卡服务重启　pcscd restarts", SERVICE, "restart"),
            ("读卡服务死掉　pcscd dies", SERVICE, "end"),
            ("读卡服务启动　pcscd starts", SERVICE, "start"),
            ("读卡服务卡死　pcscd hangs", SERVICE, "freeze"),
            ("读卡服务恢复　pcscd goes on", SERVICE, "thaw"),
        ),
    ),
    "签字板 pad": _page(
        PAD,
        ("签一个名　sign", "sign", {}),
        ("波特率不对　wrong baud rate", "garbage", {"bytes": 1500}),
        ("拔下　unplug", "unplug", {}),
        ("插上　plug in", "plug", {}),
    ),
    "机柜 cabinet": _page(
        FITTINGS,
        ("打开机门　open the door", "close", {"line": 22}),
        ("关上机门　shut it", "open", {"line": 22}),
        ("插耳机　headphones in", "close", {"line": 23}),
        ("拔耳机　headphones out", "open", {"line": 23}),
        ("按求助键　press help", "press", {"line": 24}),
        ("按上一个键　press back", "press", {"line": 25}),
        ("按下一个键　press next", "press", {"line": 5}),
        ("按确定键　press OK", "press", {"line": 6}),
        ("触点抖动　the next contact bounces", "fault", {"fault": "bounce"}),
        ("触点卡住　the next contact is stuck", "fault", {"fault": "stuck"}),
        ("板子乱答　nonsense from the board", "fault", {"fault": "nonsense"}),
        ("拔下　unplug", "unplug", {}),
        ("插上　plug in", "plug", {}),
    ),
}
"""Every page, by its title; a page whose device a bench does not have is not shown."""
