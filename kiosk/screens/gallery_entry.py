"""What the gallery shows of entering things: forms, keys, papers and the signature, with people who do not exist."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, CaptureStage, Form, Review, Sign
from kiosk.flow.visit import Ink, Said, Visit
from peripherals.document_camera import Corners, PaperHint, PaperView, Preview
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.answers import AnswerProblem, FieldProblem, pages_asked
from sync.contract.item import ItemPackage
from sync.contract.words import Language

_SIZE = (640, 480)
_CORNERS: Corners = ((0.29, 0.06), (0.72, 0.04), (0.745, 0.93), (0.305, 0.95))
_LINES = (
    "出租人：沈示范", "承租人：周样本", "房屋地址：晴岚街 18 号 3-5-1", "租期：2026年9月1日—2027年8月31日", "月租金：1200 元，押一付三",
    "水、电、燃气费由承租人承担。", "出租人签字：沈示范", "承租人签字：周样本",
)  # fmt: skip

TAPS: Mapping[str, tuple[str, ...]] = {
    "22-report-list": ("tab-list", "grid-99010100100406"),
    "05-form-filling": ("option-reason-work",),
    "06-form-pinyin": ("key-y", "key-u", "key-a", "key-n"),
    "06-form-pinyin-place": tuple(f"key-{letter}" for letter in "shenyangshi"),
    "06-form-pinyin-none": ("key-v", "key-v"),
    "06-form-words": ("tab-words",),
    "06-form-text-figures": ("tab-figures",),
    "06-form-latin": ("key-language", "key-part"),
    "06-form-hangul": tuple(f"key-{letter}" for letter in "rladu"),
    "06-form-code": ("tab-figures", "key-code", "digit-2", "digit-0", "digit-b", "digit-b", "digit-7"),
    "07-form-writing": ("tab-writing",),
    "07-form-writing-empty": ("tab-writing",),
}
"""What is pressed in a state before its picture is taken."""

STROKES: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "07-form-writing": (
        ((0.34, 0.14), (0.38, 0.19), (0.41, 0.28)), ((0.65, 0.12), (0.62, 0.20), (0.585, 0.27)), ((0.26, 0.38), (0.74, 0.35)),
        ((0.33, 0.585), (0.68, 0.56)), ((0.17, 0.84), (0.4, 0.815), (0.84, 0.80)),
    ),
}  # fmt: skip
"""What is written on the pad: 兰."""


def entry_states(home: Kiosk, visit: Visit, allowance: ItemPackage, fonts_folder: Path) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of form, papers and signature with its name."""
    yield from _form_states(home, visit)
    yield from _allowance_states(home, replace(visit, item=allowance))
    yield from _capture_states(home, visit, allowance, fonts_folder)
    yield "11-sign", replace(home, view=Sign(), visit=replace(visit, ink=Ink()))
    yield "11-sign-asked", replace(home, view=Sign(asked=True), visit=replace(visit, ink=Ink()))
    for pad in PadStatus:
        yield f"11-sign-pad-{pad}", replace(home, view=Sign(pad=pad), visit=replace(visit, ink=Ink()))
    yield "11-sign-pad-signed", replace(home, view=Sign(pad=PadStatus.READY), visit=replace(visit, ink=_on_pad(visit.ink)))
    yield "11-sign-signed", replace(home, view=Sign(), visit=visit)


def _form_states(home: Kiosk, visit: Visit) -> Iterator[tuple[str, Kiosk]]:
    def form(page: int, answers: Mapping[str, Any], focus: str | None = None, *problems: FieldProblem) -> Kiosk:
        return replace(home, view=Form(page, focus, problems), visit=replace(visit, answers=MappingProxyType(dict(answers))))

    rented = {"housing": "rented", "landlord_name": "范例生", "landlord_mobile": "1380024571"}
    works = {"reason": "work"}
    home_address = visit.answers["address"]
    yield "05-form", form(0, {})
    yield "05-form-filled", form(0, visit.answers)
    yield (
        "05-form-missing",
        form(0, {}, None, FieldProblem("arrive_date", AnswerProblem.MISSING), FieldProblem("reason", AnswerProblem.MISSING)),
    )
    yield "05-form-day", form(0, visit.answers, "arrive_date")
    yield (
        "05-form-wrong",
        form(1, {"address": home_address, **rented}, None, FieldProblem("landlord_mobile", AnswerProblem.TOO_SHORT, 1)),
    )
    yield "05-form-figures", form(1, rented, "landlord_mobile", FieldProblem("landlord_mobile", AnswerProblem.TOO_SHORT, 1))
    yield "06-form-pinyin", form(1, {**rented, "landlord_name": "周明", "address": home_address}, "landlord_name")
    yield "06-form-address", form(1, rented, "address")
    yield "06-form-pinyin-place", form(2, works, "employer")
    yield "06-form-pinyin-none", form(2, works, "employer")
    yield (
        "06-form-pinyin-long",
        form(2, {**works, "employer": "沈阳市和平区太原街街道晴岚社区示例制衣有限责任公司第 18 车间三号缝纫线"}, "employer"),
    )
    yield "06-form-words", form(2, works, "employer")
    yield "06-form-text-figures", form(2, {**works, "employer": "示例制衣厂"}, "employer")
    yield "06-form-latin", form(2, {**works, "employer": "示例制衣厂 18 "}, "employer")
    yield "06-form-code", form(1, {**rented, "landlord_name": "范"}, "landlord_name")
    yield "06-form-no-glyph", form(1, {**rented, "landlord_name": "范\U00031350"}, "landlord_name")
    yield "07-form-writing", form(1, {**rented, "landlord_name": "林小"}, "landlord_name")
    yield "07-form-writing-empty", form(1, {**rented, "landlord_name": "林小"}, "landlord_name")
    yield from _offered_states(home, visit, rented)
    if home.display.language is Language.KO:
        yield "06-form-hangul", form(2, {**works, "employer": "示例制衣厂 18 "}, "employer")


def _offered_states(home: Kiosk, visit: Visit, rented: Mapping[str, Any]) -> Iterator[tuple[str, Kiosk]]:
    """Yield the form and the review with what a photographed paper says: to an empty question, and against an answer."""
    said = (Said("landlord_name", Secret("沈示范")), Said("landlord_mobile", Secret("13800245718")))
    papers = tuple(replace(paper, says=said) for paper in visit.papers)
    empty = {"address": visit.answers["address"], "housing": "rented"}
    filled = MappingProxyType({**visit.answers, **rented})
    yield "05-form-offered", replace(home, view=Form(1), visit=replace(visit, papers=papers, answers=MappingProxyType(empty)))
    yield "05-form-differs", replace(home, view=Form(1), visit=replace(visit, papers=papers, answers=filled))
    yield "12-review-differs", replace(home, view=Review(), visit=replace(visit, papers=papers))


def _allowance_states(home: Kiosk, visit: Visit) -> Iterator[tuple[str, Kiosk]]:
    empty = replace(visit, answers=MappingProxyType({"mobile": "13800245718"}))
    for page in pages_asked(visit.item, empty.answers):
        yield f"05-form-allowance-{page + 1}", replace(home, view=Form(page), visit=empty)
    yield (
        "05-form-bank-card",
        replace(home, view=Form(1, "bank_card"), visit=replace(visit, answers=MappingProxyType({"bank_card": "62220212345"}))),
    )


def _capture_states(home: Kiosk, visit: Visit, allowance: ItemPackage, fonts_folder: Path) -> Iterator[tuple[str, Kiosk]]:
    papers = replace(visit, papers=())
    paper = visit.item.materials[0].id
    yield "10-capture-opening", replace(home, view=Capture(paper, 1), visit=papers)
    for hint in PaperHint:
        yield f"10-capture-{hint}", replace(home, view=Capture(paper, 1, CaptureStage.AIMING, paper_view(hint)), visit=papers)
    refused = Capture(paper, 1, CaptureStage.AIMING, paper_view(PaperHint.BLURRED), refusals=1)
    yield "10-capture-refused", replace(home, view=refused, visit=papers)
    yield "10-capture-insist", replace(home, view=replace(refused, refusals=3), visit=papers)
    yield "10-capture-enough", replace(home, view=replace(refused, refusals=4), visit=papers)
    yield (
        "10-capture-taking",
        replace(home, view=replace(refused, stage=CaptureStage.TAKING, view=paper_view(PaperHint.GOOD)), visit=papers),
    )
    taken = Capture(paper, 2, CaptureStage.TAKEN, paper_view(PaperHint.GOOD), paper_picture(fonts_folder))
    yield "10-capture-taken", replace(home, view=taken, visit=papers)
    yield "10-capture-taken-poor", replace(home, view=replace(taken, view=paper_view(PaperHint.BLURRED)), visit=papers)
    second = replace(home, visit=replace(papers, item=allowance))
    yield (
        "10-capture-several",
        replace(second, view=Capture(allowance.materials[-1].id, 1, CaptureStage.AIMING, paper_view(PaperHint.GLARE))),
    )


def _on_pad(ink: Ink) -> Ink:
    """Return a signature as if it had been written on a pad of 100 by 60 mm."""
    least_x, least_y = (min(point[axis] for stroke in ink.strokes for point in stroke) for axis in (0, 1))
    strokes = tuple(tuple((10 + (x - least_x) * 0.5, 15 + (y - least_y) * 0.5, t) for x, y, t in stroke) for stroke in ink.strokes)
    return Ink(100.0, 60.0, strokes, on_pad=True)


def seen_in(state: Kiosk | None, fonts_folder: Path) -> Preview | None:
    """Return what the camera would show in a state."""
    if state is None or not isinstance(state.view, Capture) or state.view.view.hint is PaperHint.CAMERA_ABSENT:
        return None
    number = list(PaperHint).index(state.view.view.hint) + 1
    return paper_preview(fonts_folder, state.view.view.hint, number)


def paper_view(hint: PaperHint) -> PaperView:
    """Return what the camera makes of the drawn paper, had it this hint."""
    seen = hint not in (PaperHint.NO_PAPER, PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED)
    return PaperView(hint, _CORNERS if seen else None, sharpness=240.0 if seen else None, exposure=190.0 if seen else None)


def paper_preview(fonts_folder: Path, hint: PaperHint = PaperHint.GOOD, number: int = 1) -> Preview:
    """Return a frame in which a tenancy contract lies a little askew."""
    frame = Image.new("RGB", _SIZE, (43, 51, 46))
    if paper_view(hint).corners is not None:
        frame.paste(*_askew(fonts_folder))
    return Preview(number, Secret(_jpeg(frame)), *_SIZE, paper_view(hint))


@lru_cache(maxsize=2)
def paper_picture(fonts_folder: Path) -> Secret[bytes]:
    """Return the flat picture of the same paper."""
    return Secret(_jpeg(_sheet(fonts_folder, 900)))


def _askew(fonts_folder: Path) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    sheet = _sheet(fonts_folder, 900)
    points = [(round(x * _SIZE[0]), round(y * _SIZE[1])) for x, y in _CORNERS]
    corner, right, down = points[0], points[1], points[3]
    # An affine map is enough for a paper that lies flat under the camera.
    across = ((right[0] - corner[0]) / sheet.width, (right[1] - corner[1]) / sheet.width)
    along = ((down[0] - corner[0]) / sheet.height, (down[1] - corner[1]) / sheet.height)
    area = across[0] * along[1] - across[1] * along[0]
    inverse = (
        along[1] / area, -along[0] / area, -(along[1] * corner[0] - along[0] * corner[1]) / area,
        -across[1] / area, across[0] / area, -(across[0] * corner[1] - across[1] * corner[0]) / area,
    )  # fmt: skip
    laid = sheet.transform(_SIZE, Image.Transform.AFFINE, inverse, Image.Resampling.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform(_SIZE, Image.Transform.AFFINE, inverse, Image.Resampling.BICUBIC)
    return laid, (0, 0), mask


def _sheet(fonts_folder: Path, width: int) -> Image.Image:
    height = round(width * 1.55)
    sheet = Image.new("RGB", (width, height), (244, 239, 226))
    draw = ImageDraw.Draw(sheet)
    title = ImageFont.truetype(fonts_folder / "NotoSansSC_700Bold.ttf", 72)
    body = ImageFont.truetype(fonts_folder / "NotoSansSC_400Regular.ttf", 40)
    draw.text((width / 2, 120), "房屋租赁合同", font=title, fill=(52, 40, 30), anchor="mm")
    for place, line in enumerate(_LINES):
        y = 260 + place * 120
        draw.text((80, y), line, font=body, fill=(52, 44, 38))
        draw.line((80, y + 74, width - 80, y + 74), fill=(190, 176, 152), width=2)
    draw.ellipse((width - 300, height - 330, width - 110, height - 140), outline=(178, 58, 44), width=7)
    return sheet


def _jpeg(image: Image.Image) -> bytes:
    packed = BytesIO()
    image.save(packed, "JPEG", quality=88)
    return packed.getvalue()
