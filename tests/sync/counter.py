"""What happens at the counter: an invented resident's application is sealed and put in."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import uuid6

from sync.contract.application import Applicant, Application, Consent, Header, PaperPage
from sync.contract.names import ApplicationId, InstallId, ItemCode, MaterialId, TerminalId, digest_of, new_receipt_number
from sync.contract.suites import CityPublicKey, Sealed, Sealer
from sync.outbox import HandedIn, Outbox

TERMINAL = TerminalId("SY-TEST-0001")
ITEM = ItemCode("residence-registration")
CANARY = "王样本样本"
CANARY_ID = "210100190001010000"


class Counter:
    """Puts applications of an invented resident into an outbox."""

    def __init__(self, outbox: Outbox, city_key: CityPublicKey) -> None:
        self.outbox = outbox
        self.city_key = city_key
        self.answers: dict[str, Any] = {"phone": "00000000000"}
        self.material = MaterialId("tenancy")
        self.notice = "2026-1"
        self.item_version = 1
        self.sealer = Sealer()
        self.terminal = TERMINAL

    def take_up(self, item: Path) -> None:
        """Hand in the example of a written item, in the version that it has now; its one paper is photographed."""
        written = json.loads((item / "item.json").read_bytes())
        self.answers = json.loads((item / "example.json").read_bytes())
        self.material, self.notice = MaterialId(written["materials"][0]["id"]), written["notice"]["version"]
        self.item_version = written["version"]

    def hand_in(self, *photos: bytes, application_id: str | None = None) -> HandedIn:
        """Put one in, with these photos."""
        name = ApplicationId(application_id or str(uuid6.uuid7()))
        return self.outbox.hand_in(lambda sequence, install: self.sealed(name, sequence, install, photos))

    def sealed(self, name: ApplicationId, sequence: int, install: InstallId, photos: tuple[bytes, ...] = ()) -> Sealed:
        """Freeze and seal one."""
        now = datetime.now(UTC)
        number = new_receipt_number()
        papers = tuple(
            PaperPage(self.material, page + 1, page, "image/jpeg", digest_of(photo), len(photo)) for page, photo in enumerate(photos)
        )
        of = self.terminal
        applicant = Applicant("resident_id_card", name=CANARY, id_number=CANARY_ID)
        consent = Consent(self.notice, now)
        content = Application(1, name, number, of, ITEM, self.item_version, "zh", now, applicant, consent, self.answers, papers, None)
        header = Header(1, name, number, of, install, sequence, ITEM, self.item_version, now, ())
        return self.sealer.seal(header, msgspec.json.encode(content), photos, self.city_key)


def photo(size_bytes: int = 40_000) -> bytes:
    """Bytes that compress as little as a photo does."""
    return b"\xff\xd8" + os.urandom(size_bytes - 2)
