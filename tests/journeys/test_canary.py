"""The canary: a resident leaves a mark in every personal field of a real terminal, goes home, and none is found anywhere in it.

Every process is the real one, started as the units start it: the screen on an X server that is touched from outside, a worker for each
device, the voice, the sync. Then their memory, the disk, the logs and the printer's spool are searched. Only what the city alone can open
may be left, and that does not show.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.demo.script import SIGNATURE
from kiosk.demo.town import Town
from peripherals.deadline import Deadline
from peripherals.virtual.cards import _with_check
from tests.journeys.glass import Glass
from tests.journeys.memory import in_files, in_memory, name_of, processes_of, written
from tests.journeys.test_one_application import wait_for_city

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
ROOT = Path(__file__).parents[2]
PERSON = {
    "kind": "resident", "name": "样金丝雀", "sex": "2", "ethnic_code": "01", "birth_date": "19400309",
    "address": "沈阳市样例区金丝雀胡同七十三号院", "id_number": _with_check("21010219400309914X"), "issuer": "样例公安局",
    "valid_from": "20100101", "valid_until": "长期",
}  # fmt: skip
BANK, MOBILE, OTHER_MOBILE = "6222020815203344552", "13926473859", "13857294618"
SEARCHED = "jsqcnr"
GONE_WITHIN_S = 120.0


def fill(glass: Glass) -> None:
    """Fill in the allowance of the old, page by page, by touches."""
    glass.until(lambda shown: shown["view"] == "Form" and shown["page"] == 0, "the form is shown")
    glass.tap("field-registered_address")
    glass.tap("address-far")
    glass.tap("address-none")
    for keys in ("yangli", "jinsique"):
        glass.type(keys, "key-")
        glass.tap("candidate-0")
    glass.tap("tab-figures")
    glass.type("73581")
    glass.tap("key-done")
    glass.tap("option-live_place-home")
    for name in ("low_income", "drawn_elsewhere"):
        glass.tap(next(one for one in glass.ask("names") if one.startswith(f"option-{name}-") and one.endswith(("no", "False", "false"))))
    glass.go_on(lambda shown: shown["page"] == 1, "the second page is shown")
    glass.tap("option-bank_name-icbc")
    for name, figures in (("bank_card", BANK), ("bank_card_again", BANK)):
        enter(glass, name, figures)
    glass.go_on(lambda shown: shown["page"] == 2, "the third page is shown")
    enter(glass, "mobile", MOBILE)
    glass.tap("field-contact_name")
    glass.type("zhangjinsi", "key-")
    glass.tap("candidate-0")
    glass.tap("key-done")
    enter(glass, "contact_mobile", OTHER_MOBILE)
    glass.go_on(lambda shown: shown["view"] != "Form", "the form is filled in")


def enter(glass: Glass, name: str, figures: str) -> None:
    glass.tap(f"field-{name}")
    glass.type(figures)
    glass.tap("key-done")


def photograph(glass: Glass, what: str) -> None:
    """Keep the picture that is taken by itself of the paper that lies there."""
    glass.until(lambda shown: shown["view"] == "Capture" and shown["stage"] == "taken", f"{what} is photographed")
    glass.tap("next")


def change_paper(glass: Glass, town: Town) -> None:
    """Lay another paper where the last one lies."""
    glass.until(
        lambda shown: shown["view"] == "Capture" and shown["stage"] == "aiming" and shown["hint"] == "good", "the last paper is seen"
    )
    town.bench.do("document_camera", "take_away")
    glass.until(lambda shown: shown["hint"] == "no_paper", "the last paper is gone")
    town.bench.do("document_camera", "lay", paper="tenancy-contract")


def pixel_rows(glass: Glass, names: list[str]) -> list[bytes]:
    """Return rows of pixels as they are on the glass now, from the middle of controls that show something of the resident."""
    rows: list[bytes] = []
    for name in names:
        left, top, width, height = glass.box(name)
        for row in range(height // 5, height - height // 5, 9):
            strip = glass.pixels((left + 30, top + row, width - 60, 1))
            pieces = [strip[at : at + 256] for at in range(0, len(strip) - 256, 128)]
            rows += [piece for piece in pieces if len({piece[p : p + 4] for p in range(0, 256, 4)}) > 4]
    return rows


def variants(bgrx: bytes) -> set[bytes]:
    """Return a row of pixels in the orders in which drawing libraries hold them."""
    pixels = [bgrx[at : at + 4] for at in range(0, len(bgrx), 4)]
    return {
        b"".join(pixels),
        b"".join(one[:3] + b"\xff" for one in pixels),
        b"".join(one[2::-1] + b"\xff" for one in pixels),
        b"".join(one[2::-1] for one in pixels),
    }


def reached(town: Town, folder: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Return the application as the city reads it, and its photos."""
    folder.mkdir()
    words = [sys.executable, "-m", "tests.journeys.content_program", str(town.sandbox.city), str(folder)]
    subprocess.run(words, cwd=ROOT, check=True)
    photos = [path.read_bytes() for path in sorted(folder.glob("photo-*.jpg"))]
    return json.loads((folder / "application.json").read_bytes()), photos


def marks_of(content: dict[str, Any], photos: list[bytes], rows: list[bytes]) -> dict[str, list[bytes]]:
    """Return everything that must not be found, under names that say where it came from."""
    texts = {
        "name": PERSON["name"], "number": PERSON["id_number"], "address on the card": PERSON["address"], "bank card": BANK,
        "mobile": MOBILE, "other mobile": OTHER_MOBILE, "searched": SEARCHED,
        **{f"entered {place}": text for place, text in enumerate(entered(content))},
    }  # fmt: skip
    marks = {what: sorted(written(text)) for what, text in texts.items()}
    strokes = [stroke for stroke in _strokes(content) if len(stroke) > 1]
    assert len(strokes) > 2, "the city can read the signature"
    marks["signature"] = [json.dumps(point, separators=(",", ":"))[1:-1].encode() for stroke in strokes for point in stroke[1:3]]
    for place, photo in enumerate(photos):
        marks[f"photo {place}, packed"] = [photo[at : at + 48] for at in range(len(photo) // 4, len(photo) - 48, len(photo) // 7)]
        marks[f"photo {place}, drawn"] = list(_drawn(photo))
    marks["glass"] = sorted(way for row in rows for way in variants(row))
    return marks


def entered(content: dict[str, Any]) -> Iterator[str]:
    """Yield what was typed in words, and nothing of the item's own texts."""
    answers = json.dumps(content["application"]["answers"], ensure_ascii=False)
    yield from sorted({text for text in re.findall(r'"([^"]*[\u4e00-\u9fff][^"]*)"', answers) if "样例" in text or "张" in text})


def _strokes(content: Any) -> list[Any]:  # noqa: ANN401 - JSON
    if isinstance(content, dict):
        own = content.get("strokes", [])
        return [*own, *(one for value in content.values() for one in _strokes(value))]
    return [one for value in content for one in _strokes(value)] if isinstance(content, list) else []


def _drawn(photo: bytes) -> Iterator[bytes]:
    """Yield lively rows of the picture as a decoder would hold them: red or blue first."""
    with Image.open(BytesIO(photo)) as picture:
        image = picture.convert("RGB")
    raw, wide = image.tobytes(), image.width * 3
    for row in range(image.height // 5, image.height, image.height // 9):
        for at in range(wide // 5, wide - 200, wide // 9):
            piece = raw[row * wide + at // 3 * 3 :][:96]
            if len(set(piece)) > 30:
                yield piece
                yield b"".join(piece[p + 2 : p - 1 if p else None : -1] for p in range(0, len(piece), 3))


def terminal_processes(town: Town, glass: Glass) -> list[int]:
    """Return every process of the terminal and of what it is seen through: screen and voice, device workers, sync, X server, its own."""
    own = [child.process.pid for child in town.supervisor.children if child.process is not None]
    return [pid for first in (*own, glass.program.pid, glass.x_server) for pid in processes_of(first)]


def test_after_going_home_no_mark_is_left_anywhere(town: Town, tmp_path: Path) -> None:
    town.bench.do("document_camera", "lay", paper="tenancy-contract")
    with Glass(town.sandbox.config) as glass:
        glass.until(lambda shown: shown["items"] and shown["line_up"], "the terminal is ready")
        glass.touch_glass()
        glass.until(lambda shown: shown["view"] == "Home", "home is shown")
        glass.tap("errand-search")
        glass.tap("field-search")
        glass.type(SEARCHED, "key-")
        glass.tap("finish")
        glass.until(lambda shown: not shown["visit"], "home again")

        glass.tap("category-elderly")
        glass.tap("item-elder-allowance")
        glass.tap("consent")
        glass.tap("next")
        glass.until(lambda shown: shown["view"] == "LayCard", "the card is asked for")
        town.bench.do("id_card_reader", "lay", card=PERSON)
        glass.until(lambda shown: shown["view"] == "Capture", "the card is read, and the paper that helps to fill the form is asked for")
        town.bench.do("id_card_reader", "lift")
        photograph(glass, "the household book")
        fill(glass)
        change_paper(glass, town)
        photograph(glass, "the bank card")
        glass.until(lambda shown: shown["view"] == "Sign", "the signature is asked for")
        glass.draw("sign-pad", SIGNATURE)
        seen = Deadline.after(60.0)
        while len(rows := pixel_rows(glass, ["sign-pad"])) <= 8:
            assert not seen.is_past, "nothing of the signature is seen on the glass"
        glass.tap("next")
        glass.until(lambda shown: shown["view"] == "Review", "the review is shown")
        shown = Deadline.after(GONE_WITHIN_S)
        while not searched(town, glass, {"number": sorted(written(PERSON["id_number"]))}):
            assert not shown.is_past, "the search does not find what is there"
        glass.tap("next")
        glass.until(lambda shown: shown["view"] == "Done" and shown["paper"] == "printed", "it is handed in and printed")
        wait_for_city(town, within_s=300)
        glass.tap("finish")
        glass.until(lambda shown: shown["view"] == "Home" and not shown["visit"], "home is shown")

        content, photos = reached(town, tmp_path / "reached")
        marks = marks_of(content, photos, rows)
        assert len(photos) == 2
        assert len(marks["glass"]) > 8
        assert {BANK, MOBILE, OTHER_MOBILE, PERSON["name"]} <= set(re.findall(r'"([^"]+)"', json.dumps(content, ensure_ascii=False)))
        found = left(town, glass, marks)
        assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)
        assert in_files(town.config.terminal.folder, marks) == []
        assert in_files(Path("/var/spool/cups"), marks) == []
        assert [line for line in town.said if any(mark.decode(errors="replace") in line for mark in marks["name"])] == []


def left(town: Town, glass: Glass, marks: dict[str, list[bytes]]) -> dict[str, list[str]]:
    """Return what is left in any process, once the terminal has had time to forget."""
    deadline = Deadline.after(GONE_WITHIN_S)
    while (found := searched(town, glass, marks)) and not deadline.is_past:
        continue
    return found


def searched(town: Town, glass: Glass, marks: dict[str, list[bytes]]) -> dict[str, list[str]]:
    """Search every process once."""
    return {name_of(pid): found for pid in terminal_processes(town, glass) if pid != os.getpid() and (found := in_memory(pid, marks))}
