"""The community's screens for the gallery, with the sample community that the city ships."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from kiosk.flow.community import Community
from kiosk.flow.errands import (
    Browsing,
    NoticeList,
    NoticeShown,
    ProviderList,
    ProviderShown,
    Reading,
    ServiceList,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Form, Guide, Review
from kiosk.flow.visit import Visit
from kiosk.screens.gallery_bills import bill_states
from sync.contract.bills import Utilities
from sync.contract.directory import Directory, ServiceKind
from sync.contract.geojson import read_map
from sync.contract.item import Door
from sync.contract.notices import Noticeboard


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
    yield from bill_states(replace(home, community=community))
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
