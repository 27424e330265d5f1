"""Every screen in every state as a picture.

    python -m kiosk.screens.gallery --out FOLDER [--theme dark] [--scale 1.3] [--language en] [--reach] [--panel P2] [--only 02]

The states are invented, and so are the people in them.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from math import sin
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec
from PIL import Image, ImageDraw

from kiosk.flow.community import Community
from kiosk.flow.display import Audio, Display, Scale
from kiosk.flow.display import Theme as ThemeName
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.views import (
    CallStage,
    CardLeft,
    CardStage,
    Done,
    Fault,
    Guide,
    HandingIn,
    HandingInStage,
    HandInTrouble,
    Home,
    Idle,
    LayCard,
    LeaveAsked,
    Medium,
    OutOfOrder,
    Paper,
    Review,
    Shelf,
    StaffCalled,
    StillThere,
)
from kiosk.flow.visit import HandedIn, Ink, PaperPicture, Visit
from kiosk.screens.app import Screens
from kiosk.screens.gallery_community import community_in, community_states
from kiosk.screens.gallery_desk import desk_states, with_desk
from kiosk.screens.gallery_entry import STROKES, TAPS, entry_states, seen_in
from kiosk.screens.gallery_items import item_states
from kiosk.screens.gallery_progress import progress_states
from kiosk.screens.gallery_upkeep import upkeep_states
from kiosk.screens.tokens import Panel
from kiosk.uses import Uses, most_used_first
from kiosk.voice.engine import SpeechLog
from peripherals.card_reader import ChipReadStatus
from peripherals.id_card_reader import CardReadStatus
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from sync.contract.application import Applicant
from sync.contract.checking import check_folder
from sync.contract.item import Category, ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, ReceiptNumber
from sync.contract.words import Language

PANELS = {
    "P1": Panel(1080, 1920, 0.248),
    "P2": Panel(1920, 1080, 0.248),
    "P3": Panel(1920, 1080, 0.180),
    "P4": Panel(1280, 800, 0.170),
    "P5": Panel(1080, 1920, 0.369),
}
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
_CITY = Path(__file__).parents[2] / "city"
HOME_ADDRESS = {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号3-5-1"}
ANSWERS = {
    "arrive_date": "2026-09-01", "reason": "work", "stay_plan": "over-one-year", "address": HOME_ADDRESS, "housing": "rented",
    "landlord_name": "范例生", "landlord_mobile": "13800245718", "employer": "示例制衣厂", "job": "缝纫工", "mobile": "13800245718",
    "mobile_is_own": True,
}  # fmt: skip


def items_in(folder: Path) -> tuple[ItemPackage, ...]:
    """Return the packages of a folder of items."""
    return tuple(one.package for one in check_folder(folder) if one.package is not None)


def sheet_of_paper() -> Secret[bytes]:
    """Return a picture of a paper with lines on it."""
    image = Image.new("RGB", (620, 877), "#FBFAF5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((180, 70, 440, 98), fill="#333333")
    for place in range(16):
        draw.rectangle((80, 160 + 40 * place, 540 - (place * 37 % 160), 170 + 40 * place), fill="#8A8A8A")
    draw.ellipse((420, 720, 540, 840), outline="#B03028", width=8)
    file = BytesIO()
    image.save(file, "JPEG", quality=80)
    return Secret(file.getvalue())


def ink() -> Ink:
    """Return a signature of three wavy strokes."""
    strokes = tuple(
        tuple((20.0 + place * 24 + step * 0.8, 22 + 9 * sin(step / 3 + place) + place * 2, place * 400 + step * 18) for step in range(24))
        for place in range(3)
    )
    return Ink(180.0, 60.0, strokes)


def base(items: tuple[ItemPackage, ...], display: Display) -> Kiosk:
    """Return the terminal at home."""
    ordered = most_used_first(items, Uses(NOW.date()))
    return Kiosk(Place("SY-HP-0173", "晴岚社区", "12345", "1 号窗口"), NOW, ordered, view=Home(), display=display, line_up=True)


def visit_of(item: ItemPackage) -> Visit:
    """Return a visit that has come to the review; its person is invented."""
    card = Applicant(
        "resident", name="宋𬱖禾", sex="female", ethnic_group="汉", birth_date=date(1990, 1, 1), address="示例省示例市晴岚路 8 号",
        id_number="110101199001010010",
    )  # fmt: skip
    papers = tuple(PaperPicture(item.materials[0].id, page, sheet_of_paper()) for page in (1, 2)) if item.materials else ()
    return Visit(1, item, NOW, Secret(card), MappingProxyType(ANSWERS), papers, ink())


def _home_states(home: Kiosk, community: Community) -> Iterator[tuple[str, Kiosk]]:
    elder = replace(home, display=replace(home.display, elder=True, scale=Scale.LARGEST))
    yield "02-home", home
    yield "02-home-community", replace(home, community=community)
    yield "02-home-evening", replace(home, now=NOW.replace(hour=20, minute=16), line_up=False)
    yield "02-home-reach", replace(home, display=replace(home.display, reach=True))
    yield "02-home-elder", replace(elder, community=community)
    yield "02-elder-allowances", replace(elder, view=Home(shelf=Shelf.ALLOWANCES))
    yield "02-elder-other", replace(elder, view=Home(shelf=Shelf.OTHER), community=community)
    yield "02-elder-category", replace(elder, view=Home(Category.FAMILY, Shelf.OTHER))
    yield "02-drawer", replace(home, view=Home(Category.RESIDENCE))


def states(items: tuple[ItemPackage, ...], display: Display, fonts_folder: Path) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state with its name."""
    home, community = base(items, display), community_in(_CITY)
    item = home.item(ItemCode("residence-registration")) or items[0]
    allowance = home.item(ItemCode("elder-allowance")) or items[0]
    visit = visit_of(item)
    fresh = replace(visit, card=None, papers=(), ink=Ink(), answers=MappingProxyType({}))
    yield "01-idle", replace(home, view=Idle())
    yield "01-idle-notices", replace(home, view=Idle(), community=community)
    yield from _home_states(home, community)
    yield "03-guide", replace(home, view=Guide(), visit=fresh)
    yield "03-guide-allowance", replace(home, view=Guide(), visit=replace(fresh, item=allowance))
    yield "03-guide-asked", replace(home, view=Guide(asked=True), visit=fresh)
    yield "03-guide-agreed", replace(home, view=Guide(agreed=True), visit=fresh)
    at_card = replace(home, visit=fresh)
    yield "04-lay-card", replace(at_card, view=LayCard())
    yield "04-lay-card-reading", replace(at_card, view=LayCard(CardStage.READING))
    yield "04-lay-card-read", replace(at_card, view=LayCard(CardStage.READ, CardReadStatus.READ))
    yield "04-lay-card-expired", replace(at_card, view=LayCard(CardStage.READ, CardReadStatus.READ, expired=True))
    for status in CardReadStatus:
        if status is not CardReadStatus.READ:
            yield f"04-lay-card-{status}", replace(at_card, view=LayCard(CardStage.REFUSED, status))
    yield from _with_social_card(at_card)
    yield from entry_states(home, visit, allowance, fonts_folder)
    yield from item_states(home, visit)
    yield "12-review", replace(home, view=Review(), visit=visit)
    yield "12-review-offline", replace(home, view=Review(), visit=visit, line_up=False)
    for trouble in HandInTrouble:
        yield f"12-review-{trouble}", replace(home, view=Review(trouble), visit=visit)
    yield "12-storing", replace(home, view=HandingIn(), visit=visit)
    yield "12-asking-city", replace(home, view=HandingIn(HandingInStage.ASKING_CITY), visit=visit)
    received = HandedIn(ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), ReceiptNumber("7F3K29QD"), NOW)
    delivered = replace(received, case_number=CaseNumber("2101-20261123-00482"), complete=True)
    here, there = replace(visit, handed_in=received), replace(visit, handed_in=delivered)
    yield "13-done-received", replace(home, view=Done(Paper.PRINTED), visit=here, line_up=False)
    yield "13-done-printing", replace(home, view=Done(), visit=here)
    for printer in PrinterStatus:
        yield f"13-done-{printer}", replace(home, view=Done(Paper.NOT_PRINTED, printer), visit=here, line_up=False)
    yield "14-done-city", replace(home, view=Done(Paper.PRINTED), visit=there)
    yield "14-done-city-partly", replace(home, view=Done(Paper.PRINTED), visit=replace(there, handed_in=replace(delivered, complete=False)))
    yield "14-done-rated", replace(home, view=Done(Paper.PRINTED, rating=5), visit=there)
    yield from progress_states(home)
    yield from community_states(home, community)
    yield from desk_states(home, with_desk(_CITY, community))
    yield from upkeep_states(home)
    yield "17-still-there", replace(at_card, view=LayCard(), overlay=StillThere(21))
    for fault in Fault:
        yield f"18-out-of-order-{fault}", replace(home, view=OutOfOrder(fault))
    for called in CallStage:
        yield f"19-staff-{called}", replace(at_card, view=LayCard(), overlay=StaffCalled(called))
    yield "19-card-left", replace(home, overlay=CardLeft())
    yield "19-leave", replace(home, view=Review(), visit=visit, overlay=LeaveAsked())


def _with_social_card(at_card: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """Yield laying the card where a social security card will do as well."""
    visit = at_card.visit
    if not isinstance(visit, Visit):
        return
    taking = replace(visit, item=msgspec.structs.replace(visit.item, by_social_card=True))
    either = replace(at_card, place=replace(at_card.place, chips=True), visit=taking)
    yield "04-lay-either", replace(either, view=LayCard())
    yield "04-lay-either-reading", replace(either, view=LayCard(CardStage.READING, medium=Medium.SOCIAL))
    yield "04-lay-either-read", replace(either, view=LayCard(CardStage.READ, medium=Medium.SOCIAL, chip=ChipReadStatus.READ))
    yield "04-lay-either-expired", replace(either, view=LayCard(CardStage.READ, medium=Medium.SOCIAL, expired=True))
    for status in ChipReadStatus:
        if status is not ChipReadStatus.READ:
            yield f"04-lay-either-{status}", replace(either, view=LayCard(CardStage.REFUSED, medium=Medium.SOCIAL, chip=status))
    yield "04-lay-in-vain", replace(either, visit=visit, view=LayCard(), card_in_slot=True)
    yield "19-chip-left", replace(at_card, visit=None, view=Home(), overlay=CardLeft(Medium.SOCIAL))


def render(
    screens: Screens, out: Path, shots: Iterator[tuple[str, Kiosk]], *, only: str, shown: list[Kiosk], then: Callable[[], None]
) -> None:
    """Show one state after another and save each; every leaf of a page gets its own picture."""
    wanted = [(name, state) for name, state in shots if any(one in name for one in only.split(","))]

    def step(place: int) -> None:
        if place == len(wanted):
            then()
            return
        name, state = wanted[place]
        shown.append(state)
        screens.show(replace(state, view=Idle(), visit=None, overlay=None))  # each picture begins with a fresh page
        screens.show(state)
        for test_id in TAPS.get(name, ()):
            screens.tap(test_id)
        screens.write("writing-pad", *STROKES.get(name, ()))
        screens.screenshot(out / f"{name}.png")
        leaf = 2
        while screens.turn_leaf():
            screens.screenshot(out / f"{name}-leaf{leaf}.png")
            leaf += 1
        screens.call_soon(lambda: step(place + 1))

    step(0)


def main() -> None:
    """Render and end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--items", type=Path, default=Path("city/items"))
    parser.add_argument("--fonts", type=Path, default=Path("assets/fonts"))
    parser.add_argument("--theme", type=ThemeName, default=ThemeName.LIGHT)
    parser.add_argument("--scale", type=Scale, default=Scale.NORMAL)
    parser.add_argument("--language", type=Language, default=Language.ZH)
    parser.add_argument("--reach", action="store_true")
    parser.add_argument("--audio", action="store_true", help="as the audio mode shows it")
    parser.add_argument("--panel", choices=PANELS, default="P1")
    parser.add_argument("--only", default="", help="part of a state's name")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    audio = Audio.HEADPHONES if options.audio else Audio.OFF
    display = Display(options.language, options.theme, options.scale, reach=options.reach, audio=audio)
    shown: list[Kiosk] = []
    screens = Screens(
        PANELS[options.panel],
        options.fonts,
        fullscreen=False,
        send=lambda _: None,
        preview=lambda: seen_in(shown[-1] if shown else None, options.fonts),
        voice=SpeechLog() if options.audio else None,
    )
    shots = states(items_in(options.items), display, options.fonts)
    screens.call_soon(lambda: render(screens, options.out, shots, only=options.only, shown=shown, then=screens.stop))
    screens.run()


if __name__ == "__main__":
    main()
