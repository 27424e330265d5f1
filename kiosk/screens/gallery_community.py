"""The community's screens for the gallery, with the sample community that the city ships."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from kiosk.flow.errands import NoticeList, NoticeShown, Reading
from kiosk.flow.state import Kiosk
from sync.contract.community import Community

SAMPLE = Path("samples") / "community.json"


def community_in(folder: Path) -> Community:
    """Return the sample community of the folder in which the city's items and samples stand."""
    return msgspec.json.decode((folder / SAMPLE).read_bytes(), type=Community)


def community_states(home: Kiosk, community: Community) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the errands beside the items."""
    reading = replace(home, community=community, visit=Reading(1))
    yield "21-notices", replace(reading, view=NoticeList())
    yield "21-notice", replace(reading, view=NoticeShown(community.notices[0].id))
    yield "21-notice-gone", replace(reading, view=NoticeShown("gone"))
    yield "21-notices-none", replace(home, visit=Reading(1), view=NoticeList())
