"""From a finished draft to bytes that never change: everything of the draft is in them, and only the city can open them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from kiosk.flow.visit import Ink, Visit
from kiosk.freeze import freeze
from sync.contract.application import Application
from sync.contract.names import InstallId, TerminalId, digest_of
from sync.contract.suites import Sealed, SealError, new_city_key, open_sealed
from tests.kiosk.flow.walk import ANSWERS, NOW, Walk

KEY = new_city_key(datetime(2026, 1, 1, tzinfo=UTC))
TERMINAL = TerminalId("SY-TEST-0001")
INSTALL = InstallId("0123456789abcdef")


def finished() -> Visit:
    visit = Walk().at_review().state.visit
    assert visit is not None
    return replace(visit, agreed_at=NOW.astimezone(ZoneInfo("Asia/Shanghai")))


def opened(sealed: Sealed) -> Application:
    return msgspec.json.decode(open_sealed(sealed.body, {KEY.key_id: KEY}).content, type=Application)


def test_everything_of_the_draft_is_in_the_application() -> None:
    visit = finished()
    frozen = freeze(visit, TERMINAL, "ko", NOW, KEY.public_key())
    sealed = frozen.sealed(7, INSTALL)
    content = opened(sealed)
    assert (content.application_id, content.number) == (frozen.application_id, frozen.number)
    assert (content.item, content.item_version, content.language) == (visit.item.code, visit.item.version, "ko")
    assert content.answers == {name: value for name, value in ANSWERS.items() if name in content.answers}
    assert content.applicant == visit.card.reveal()
    assert content.consent.notice_version == visit.item.notice.version
    assert (content.consent.agreed_at, content.consent.agreed_at.utcoffset()) == (NOW, timedelta(0)), "times travel in UTC"
    assert content.signature.strokes == visit.ink.strokes
    assert [paper.digest for paper in content.papers] == [digest_of(paper.jpeg.reveal()) for paper in visit.papers]
    assert (sealed.header.sequence, sealed.header.install, sealed.header.terminal) == (7, INSTALL, TERMINAL)
    assert len(sealed.attachments) == len(visit.papers)


def test_nothing_of_the_resident_can_be_read_in_what_is_sealed() -> None:
    sealed = freeze(finished(), TERMINAL, "zh", NOW, KEY.public_key()).sealed(1, INSTALL)
    whole = sealed.body + b"".join(sealed.attachments)
    for mark in ("样例甲", "110101199003078670", ANSWERS["mobile"], ANSWERS["address"]["door"]):
        assert mark.encode() not in whole


def test_two_of_the_same_draft_are_two_applications() -> None:
    visit = finished()
    first, second = (freeze(visit, TERMINAL, "zh", NOW, KEY.public_key()) for _ in range(2))
    assert first.application_id != second.application_id
    assert first.number != second.number


def test_an_item_without_a_signature_has_none() -> None:
    sealed = freeze(replace(finished(), ink=Ink()), TERMINAL, "zh", NOW, KEY.public_key()).sealed(1, INSTALL)
    assert opened(sealed).signature is None


def test_without_consent_nothing_is_frozen() -> None:
    with pytest.raises(ValueError, match="without consent"):
        freeze(replace(finished(), agreed_at=None), TERMINAL, "zh", NOW, KEY.public_key())


def test_another_key_does_not_open_it() -> None:
    sealed = freeze(finished(), TERMINAL, "zh", NOW, KEY.public_key()).sealed(1, INSTALL)
    other = new_city_key(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1))
    with pytest.raises(SealError):
        open_sealed(sealed.body, {other.key_id: other})
