"""Every row of the fault table can be brought about by hand at the bench, for each device that it may befall."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.remote import RemoteChipCardReader
from kiosk.bench import CAMERA, CHIP, FITTINGS, PAD, PAGES, PRINTER, READER, SCANNER, SERVICE, Bench
from kiosk.bench_actions import PAGES_OF_KEYS
from kiosk.bench_panel import Panel
from kiosk.config import ConfigError, load
from kiosk.devices import socket_of, workers
from kiosk.sandbox import OWN_SERVICE, free_port, write_config
from peripherals.card_reader import ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline
from peripherals.virtual.own_pcscd import free_slot, why_not
from tests.drivers.reader_bench import soon

CHIP_PAGE = "社保卡 chip card"

# Each row of the fault table, and which key brings it about: the device, the order, and the fault or the card in it.
ROWS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "absent": (
        (READER, "unplug", None), (CAMERA, "unplug", None), (SCANNER, "unplug", None), (PAD, "unplug", None), (FITTINGS, "unplug", None),
        (SERVICE, "unplug", None), (PRINTER, "fault", "power_off"), (PAGES, "fault", "power_off"), (PAGES, "fault", "unplugged"),
    ),
    "unplug mid-read": ((READER, "hold", "unplug_mid_frame"), (CHIP, "hold", "pulled")),
    "half a frame then silence": ((READER, "hold", "half_frame"), (CHIP, "hold", "half_answer"), (PAGES, "fault", "half_an_answer")),
    "wrong checksum": ((READER, "hold", "wrong_checksum"),),
    "wrong length": ((READER, "hold", "wrong_length"), (CHIP, "hold", "wrong_length")),
    "card pulled": ((READER, "hold", "card_moves"), (CHIP, "hold", "pulled")),
    "two cards in turn": (
        (READER, "lay", "zhou-guilan"), (READER, "lay", "wang-xiaoli"), (CHIP, "insert", "zhou-guilan"), (CHIP, "insert", "wang-xiaoli"),
    ),
    "card left lying": (
        (READER, "left_card", "80"), (READER, "left_card", "81"),
        (READER, "left_card", "again"), (CHIP, "insert", "zhou-guilan"),
    ),
    "PIN wanted": ((CHIP, "hold", "pin_wanted"), (CHIP, "insert", "pin")),
    "pcscd restart": (
        (SERVICE, "restart", None), (SERVICE, "end", None),
        (SERVICE, "start", None), (SERVICE, "freeze", None), (SERVICE, "thaw", None),
    ),
    "paper low/out mid-print": (
        (PRINTER, "fault", "paper_low"), (PRINTER, "fault", "paper_out_mid_print"),
        (PAGES, "fault", "paper_low"), (PAGES, "fault", "paper_out_mid_print"),
    ),
    "cover": ((PRINTER, "fault", "cover_open"), (PAGES, "fault", "cover_open")),
    "cutter": ((PRINTER, "fault", "cutter_error"),),
    "power off mid-print": ((PRINTER, "fault", "power_off_mid_print"),),
    "mute": (
        (READER, "hold", "mute"), (CHIP, "hold", "mute"),
        (PRINTER, "fault", "mute"), (PAGES, "fault", "mute"), (CAMERA, "fault", "silent"),
    ),
    "late status": ((PRINTER, "fault", "late_status"),),
    "camera gone": ((CAMERA, "unplug", None), (CAMERA, "plug", None)),
    "stale": ((CAMERA, "fault", "frozen"),),
    "black": ((CAMERA, "fault", "black"),),
    "blurred": ((CAMERA, "fault", "blurred"),),
    "over-exposed": ((CAMERA, "fault", "over_exposed"),),
    "blocked": ((CAMERA, "fault", "blocked"),),
}  # fmt: skip


@dataclass(frozen=True)
class Hands:
    """A bench with its own card service, its panel at the chip cards' page, and the terminal's worker beyond the socket."""

    bench: Bench
    panel: Panel
    reader: RemoteChipCardReader

    def press(self, order: str, device: str = CHIP, what: str | None = None) -> str:
        return self.panel._do(key_of(device, order, what)).plain

    def status(self, seconds: float = 10.0) -> str:
        return str(self.reader.read(Deadline.after(seconds)).status)

    def slot(self) -> SlotStatus:
        return self.reader.slot(Deadline.after(3))


def key_of(device: str, order: str, what: str | None) -> str:
    for name, actions in PAGES_OF_KEYS.items():
        for action in actions:
            said = action.facts.get("fault") or action.facts.get("card") or action.facts.get("looks")
            if name != "常用 common" and (action.device, action.order) == (device, order) and what in (None, said):
                return action.key
    raise AssertionError(f"no key for {device} {order} {what}")


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    file = write_config(tmp_path_factory.mktemp("rows") / "terminal", f"https://127.0.0.1:{free_port()}", vpcd=OWN_SERVICE)
    config = load(file)
    with Bench(config, line_to=9) as bench, workers(config, file):
        panel = Panel(bench, "bench")
        panel._page = [name for name, _ in panel._pages].index(CHIP_PAGE)
        yield Hands(bench, panel, RemoteChipCardReader(socket_of(config, "chip_card_reader")))


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_a_key_for_each_device_that_the_device_obeys(hands: Hands, row: str) -> None:
    for device, order, what in ROWS[row]:
        key = key_of(device, order, what)
        page = next(
            place
            for place, (name, actions) in enumerate(hands.panel._pages)
            if name != "常用 common" and key in actions and (actions[key].device, actions[key].order) == (device, order)
        )
        hands.panel._page = page
        assert hands.panel._do(key).plain.startswith("✓"), (row, device)
    hands.panel._page = [name for name, _ in hands.panel._pages].index(CHIP_PAGE)
    for device, order in ((CHIP, "clear"), (CHIP, "remove"), (SERVICE, "thaw"), (SERVICE, "start"), (READER, "plug"), (CAMERA, "plug")):
        hands.bench.do(device, order)


def test_the_card_service_dies_restarts_and_hangs_under_the_kiosk_by_a_key(hands: Hands) -> None:
    assert hands.press("plug", SERVICE).startswith("✓")
    assert hands.press("insert", what="zhou-guilan").startswith("✓")
    assert hands.status() == ChipReadStatus.READ
    assert hands.press("end", SERVICE).startswith("✓")
    assert hands.slot() is SlotStatus.ABSENT
    assert hands.status() == ChipReadStatus.ABSENT
    assert hands.press("start", SERVICE).startswith("✓")
    assert soon(lambda: hands.slot() is SlotStatus.OCCUPIED, 20)
    hands.press("remove")
    assert soon(lambda: hands.slot() is SlotStatus.EMPTY, 20)
    hands.press("insert", what="wang-xiaoli")
    assert hands.status() == ChipReadStatus.READ
    hands.press("remove")
    assert soon(lambda: hands.slot() is SlotStatus.EMPTY, 20)
    assert hands.press("restart", SERVICE).startswith("✓")
    hands.press("insert", what="zhou-guilan")
    assert hands.status(20) == ChipReadStatus.READ
    assert hands.press("unplug", SERVICE).startswith("✓")
    assert soon(lambda: hands.slot() is SlotStatus.ABSENT, 20)
    assert hands.press("plug", SERVICE).startswith("✓")
    assert soon(lambda: hands.slot() is not SlotStatus.ABSENT, 20)
    assert hands.press("freeze", SERVICE).startswith("✓")
    assert hands.status(1.0) in {ChipReadStatus.SILENT, ChipReadStatus.ABSENT}
    assert hands.press("thaw", SERVICE).startswith("✓")
    hands.press("remove")
    assert soon(lambda: hands.slot() is SlotStatus.EMPTY, 30)
    hands.press("insert", what="zhou-guilan")
    assert hands.status(20) == ChipReadStatus.READ


def test_a_socket_that_pcscd_cannot_have_is_refused(tmp_path: Path) -> None:
    file = write_config(tmp_path / "terminal", "https://127.0.0.1:9", vpcd=f"127.0.0.1:{free_slot()}")
    file.write_text(file.read_text(encoding="utf-8") + 'service = "bench/cards.sock"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"must end in pcscd\.comm"):
        Bench(load(file))
