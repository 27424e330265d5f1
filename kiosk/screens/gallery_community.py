"""The community's screens for the gallery, with the sample community that the city ships."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import msgspec

from kiosk.flow.community import Community
from kiosk.flow.errands import (
    AccountEntry,
    BillShown,
    BillStage,
    Browsing,
    NoticeList,
    NoticeShown,
    PayCode,
    Paying,
    PayStage,
    ProofPaper,
    ProviderList,
    ProviderShown,
    Reading,
    ServiceList,
    UtilityList,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Form, Guide, Review
from kiosk.flow.visit import Visit
from peripherals.secret import Secret
from sync.contract.bills import Bill, BillStatus, PaymentId, Utilities
from sync.contract.directory import Directory, ServiceKind
from sync.contract.geojson import read_map
from sync.contract.item import Door
from sync.contract.notices import Noticeboard

_PAYMENT = PaymentId("0193582a-7b3c-7d4e-8f50-123456789abc")


def community_in(folder: Path) -> Community:
    """Return the sample community of the folder in which the city's items and samples stand."""
    samples = folder / "samples"
    board = msgspec.json.decode((samples / "notices.json").read_bytes(), type=Noticeboard)
    bills = msgspec.json.decode((samples / "utilities.json").read_bytes(), type=Utilities)
    directory = msgspec.json.decode((samples / "directory.json").read_bytes(), type=Directory)
    return Community(board.notices, read_map((samples / "map.geojson").read_bytes()), directory.providers, bills.utilities)


def community_states(home: Kiosk, community: Community) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the errands beside the items."""
    reading = replace(home, community=community, visit=Reading(1))
    yield "21-notices", replace(reading, view=NoticeList())
    yield "21-notice", replace(reading, view=NoticeShown(community.notices[0].id))
    yield "21-notice-gone", replace(reading, view=NoticeShown("gone"))
    browsing = replace(home, community=community, visit=Browsing(1))
    paying = Paying(
        1, "sample-water", Secret("10002345"), Bill(BillStatus.OWED, "样*", "b", 6840, "2026 年 11 月", date(2026, 12, 15)), _PAYMENT
    )
    bills = replace(home, community=community, visit=paying)
    yield "24-utilities", replace(bills, view=UtilityList())
    yield "24-account", replace(bills, view=AccountEntry())
    yield "24-account-wrong", replace(bills, view=AccountEntry(asked=True), visit=replace(paying, account=Secret("12")))
    yield "24-bill", replace(bills, view=BillShown(BillStage.ANSWERED))
    for status in BillStatus:
        known = Bill(status, "样*" if status is BillStatus.NOTHING_OWED else "")
        yield f"24-bill-{status}", replace(bills, view=BillShown(BillStage.ANSWERED), visit=replace(paying, bill=known))
    for asking in (BillStage.ASKING, BillStage.NO_LINE):
        yield f"24-bill-{asking}", replace(bills, view=BillShown(asking), visit=replace(paying, bill=None))
    for stage in PayStage:
        code = PayCode(
            stage, "https://pay.example.invalid/0193582a", "S00000001", paper=ProofPaper.PRINTED if stage is PayStage.PAID else None
        )
        yield f"24-pay-{stage}", replace(bills, view=code)
    yield "24-pay-blind", replace(bills, view=PayCode(PayStage.WATCHING, "https://pay.example.invalid/0193582a", blind=True))
    yield "23-services", replace(browsing, view=ServiceList())
    yield "23-providers", replace(browsing, view=ProviderList(ServiceKind.REPAIR))
    yield "23-provider", replace(browsing, view=ProviderShown("sample-meals"))
    yield "23-provider-time", replace(browsing, view=ProviderShown("sample-escort"))
    yield "23-provider-no-request", replace(browsing, view=ProviderShown("sample-clinic"))
    yield "23-provider-gone", replace(browsing, view=ProviderShown("gone"))
    request = home.behind(Door.DIRECTORY)
    if request is not None:
        asked = Visit(1, request, answers=MappingProxyType({"service": "sample-meals", "slot": "morning"}))
        yield "23-request", replace(home, community=community, visit=asked, view=Form(0))
    item = home.behind(Door.GRID)
    if item is None:
        return
    answers = {"place": "99010100100406@393,300", "spot": "市场北门外", "kind": "rubbish", "danger": False, "wants_reply": False}
    report = Visit(1, item, home.now, answers=MappingProxyType(answers))
    empty = replace(report, answers=MappingProxyType({}))
    at_grid = replace(home, community=community, visit=report)
    yield "22-report-guide", replace(at_grid, view=Guide(), visit=empty)
    yield "22-report-place", replace(at_grid, view=Form(0, focus="place"), visit=empty)
    yield "22-report-place-chosen", replace(at_grid, view=Form(0, focus="place"))
    yield "22-report-list", replace(at_grid, view=Form(0, focus="place"))
    yield "22-report-kind", replace(at_grid, view=Form(1))
    yield "22-report-review", replace(at_grid, view=Review())
    yield "21-notices-none", replace(home, visit=Reading(1), view=NoticeList())
