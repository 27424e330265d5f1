"""After a visit, nothing of the resident is on the terminal's disk but what the city alone can open."""

from pathlib import Path

from kiosk.demo.town import Town
from kiosk.flow.events.glass import NextPressed
from peripherals.virtual.cards import DEMO_CARDS
from tests.journeys.counter import WindowlessCounter
from tests.kiosk.flow.walk import ANSWERS


def marks() -> list[bytes]:
    person = DEMO_CARDS["wang-xiaoli"]
    texts = [
        person["name"],
        person["id_number"],
        person["address"],
        ANSWERS["mobile"],
        ANSWERS["landlord_name"],
        ANSWERS["address"]["door"],
    ]
    return [text.encode(encoding) for text in texts for encoding in ("utf-8", "utf-16-le", "gb18030")]


def found_in(folder: Path) -> list[str]:
    hits = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_socket():
            content = path.read_bytes()
            hits += [f"{path.relative_to(folder)}: {mark!r}" for mark in marks() if mark in content]
    return hits


def test_no_mark_of_the_resident_is_in_any_file_of_the_terminal(town: Town) -> None:
    town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
    town.bench.do("document_camera", "lay", paper="tenancy-contract")
    with WindowlessCounter(town.config) as counter:
        counter.begin()
        counter.fill()
        counter.photograph()
        counter.sign()
        counter.hand_in()
        assert found_in(town.config.terminal.folder) == [], "while the last page is shown"
        counter.tap(NextPressed())
    assert found_in(town.config.terminal.folder) == []
    assert len(list((town.config.terminal.folder / "outbox").iterdir())) > 1, "there is an outbox to look into"
