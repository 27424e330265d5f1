"""The community's screens for the gallery, with the sample community that the city ships."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from kiosk.flow.community import Community
from kiosk.flow.errands import NoticeList, NoticeShown, Reading
from kiosk.flow.state import Kiosk
from sync.contract.notices import Noticeboard


def community_in(folder: Path) -> Community:
    """Return the sample community of the folder in which the city's items and samples stand."""
    samples = folder / "samples"
    board = msgspec.json.decode((samples / "notices.json").read_bytes(), type=Noticeboard)
    return Community(board.notices)


def community_states(home: Kiosk, community: Community) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the errands beside the items."""
    reading = replace(home, community=community, visit=Reading(1))
    yield "21-notices", replace(reading, view=NoticeList())
    yield "21-notice", replace(reading, view=NoticeShown(community.notices[0].id))
    yield "21-notice-gone", replace(reading, view=NoticeShown("gone"))
    yield "21-notices-none", replace(home, visit=Reading(1), view=NoticeList())
