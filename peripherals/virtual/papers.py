"""Invented papers to lay under the virtual camera: drawn with care, and marked 样例 so that nobody takes one for real.

Sizes are in millimetres, drawn at 8 dots a millimetre (203 dpi). Nothing here belongs to anybody.
"""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from peripherals.plate import CHART_DOTS_PER_MM, CHART_FILE
from peripherals.values import dataclass

DOTS_PER_MM = 8
INK = (38, 38, 44)
PEN = (30, 52, 120)
_FITTED = 0.96
_CURL_MM = 6.0
SEAL_RED = (196, 42, 40)

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two weights that the papers are printed in."""

    regular: Path
    bold: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Fonts":
        """Find the project's Chinese fonts in `folder`."""
        return cls(folder / "NotoSansSC_400Regular.ttf", folder / "NotoSansSC_700Bold.ttf")


class Sheet:
    """A sheet of paper that is being printed on, in millimetres from its top left corner."""

    def __init__(self, fonts: Fonts, width_mm: float, height_mm: float, colour: Colour) -> None:
        self.width_mm, self.height_mm = width_mm, height_mm
        self._fonts = fonts
        self.image = Image.new("RGB", (_dots(width_mm), _dots(height_mm)), colour)
        self._pen = ImageDraw.Draw(self.image)

    def text(
        self, x_mm: float, y_mm: float, words: str, size_mm: float, *, bold: bool = False, colour: Colour = INK, anchor: str = "la"
    ) -> None:
        """Print one line."""
        font = ImageFont.truetype(str(self._fonts.bold if bold else self._fonts.regular), _dots(size_mm))
        self._pen.text((_dots(x_mm), _dots(y_mm)), words, colour, font=font, anchor=anchor)

    def paragraph(self, x_mm: float, y_mm: float, width_mm: float, words: str, size_mm: float) -> float:
        """Print a paragraph that begins two characters in, and return where the next one may begin."""
        font = ImageFont.truetype(str(self._fonts.regular), _dots(size_mm))
        line = "　　"
        for character in words:
            # A closing mark may hang over the margin, as in print; it never begins a line, nor does a space.
            if font.getlength(line + character) > _dots(width_mm) and character not in " ，。；：、）":
                self.text(x_mm, y_mm, line, size_mm)
                line, y_mm = "", y_mm + size_mm * 1.75
            line += character
        self.text(x_mm, y_mm, line, size_mm)
        return y_mm + size_mm * 1.95

    def line(self, ends_mm: Box, colour: Colour = INK) -> None:
        """Draw a rule."""
        self._pen.line([_dots(mm) for mm in ends_mm], colour, 2)

    def box(self, edges_mm: Box, colour: Colour, radius_mm: float = 0.0) -> None:
        """Fill a rectangle, with round corners if wanted."""
        self._pen.rounded_rectangle([_dots(mm) for mm in edges_mm], _dots(radius_mm), colour)

    def handwriting(self, x_mm: float, y_mm: float, words: str, size_mm: float) -> None:
        """Write with a pen: larger, blue, each character leaning a little its own way."""
        lean = random.Random(words)  # noqa: S311 - the same hand every time
        font = ImageFont.truetype(str(self._fonts.regular), _dots(size_mm))
        for at, character in enumerate(words):
            glyph = Image.new("L", (_dots(size_mm * 1.5), _dots(size_mm * 1.6)), 0)
            ImageDraw.Draw(glyph).text((_dots(size_mm * 0.2), 0), character, 235, font=font)
            glyph = glyph.rotate(lean.uniform(-9, 7), Image.Resampling.BICUBIC)
            self.image.paste(PEN, (_dots(x_mm + at * size_mm * 0.96), _dots(y_mm + lean.uniform(-0.5, 0.5))), glyph)

    def seal(self, x_mm: float, y_mm: float, around: str, across_mm: float = 34.0) -> None:
        """Stamp a round red seal that says 样例 where a real one has its star."""
        size = _dots(across_mm)
        ink = Image.new("L", (size, size), 0)
        pen = ImageDraw.Draw(ink)
        pen.ellipse((4, 4, size - 5, size - 5), outline=255, width=max(3, size // 40))
        font = ImageFont.truetype(str(self._fonts.bold), int(size * 0.24))
        pen.text((size / 2, size / 2), "样例", 255, font=font, anchor="mm")
        small = ImageFont.truetype(str(self._fonts.bold), int(size * 0.115))
        for at, character in enumerate(around):
            turn = -112 + at * 224 / max(1, len(around) - 1)
            letter = Image.new("L", (size, size), 0)
            ImageDraw.Draw(letter).text((size / 2, size * 0.135), character, 255, font=small, anchor="mm")
            ink.paste(255, (0, 0), letter.rotate(-turn, Image.Resampling.BICUBIC))
        # A stamp is never evenly inked.
        grain = Image.effect_noise((size, size), 90).filter(ImageFilter.GaussianBlur(2)).point(lambda grey: min(225, max(120, grey + 60)))
        uneven = Image.composite(grain, Image.new("L", (size, size), 0), ink.rotate(-7, Image.Resampling.BICUBIC))
        self.image.paste(SEAL_RED, (_dots(x_mm - across_mm / 2), _dots(y_mm - across_mm / 2)), uneven)

    def sample_mark(self, size_mm: float, colour: Colour) -> None:
        """Print a pale 样例 across the whole sheet."""
        mark = Image.new("L", self.image.size, 0)
        font = ImageFont.truetype(str(self._fonts.bold), _dots(size_mm))
        ImageDraw.Draw(mark).text((mark.width / 2, mark.height / 2), "样  例", 255, font=font, anchor="mm")
        self.image.paste(colour, (0, 0), mark.rotate(32, Image.Resampling.BICUBIC))


def _dots(mm: float) -> int:
    return round(mm * DOTS_PER_MM)


_CLAUSES_1 = (
    "第一条　甲方将位于沈阳市样例区晴岚街道样例路 18 号 2 单元 301 室的房屋（建筑面积 56.4 平方米，二室一厅）出租给乙方居住使用。",
    "第二条　租赁期限自 2026 年 9 月 1 日起至 2027 年 8 月 31 日止，共 12 个月。期满后乙方如需续租，应当提前 30 日告知甲方。",
    "第三条　月租金为人民币壹仟贰佰元整（¥1200.00），按季支付，乙方应当在每季度首月 5 日前付清。",
    "第四条　乙方向甲方支付押金人民币壹仟贰佰元整（¥1200.00）。租赁期满、费用结清后，甲方应当在 7 日内退还。",
    "第五条　租赁期内的水费、电费、燃气费、供暖费由乙方承担，房屋主体维修费用由甲方承担。",
    "第六条　乙方应当爱护房屋及设施，不得擅自改变房屋结构和用途，不得擅自转租。",
    "第七条　甲方应当协助乙方办理流动人口居住登记，并提供所需的房屋证明材料。",
)
_CLAUSES_2 = (
    "第八条　任何一方提前解除合同的，应当提前 30 日书面通知对方，并支付一个月租金作为违约金。",
    "第九条　因不可抗力致使合同无法履行的，双方互不承担责任，租金按实际居住天数结算。",
    "第十条　本合同履行中发生争议的，由双方协商解决；协商不成的，可以请社区人民调解委员会调解，或者向房屋所在地人民法院起诉。",
    "第十一条　本合同一式两份，甲乙双方各执一份，自双方签字之日起生效。",
)


def _tenancy_contract_1(fonts: Fonts) -> Image.Image:
    sheet = Sheet(fonts, 210, 297, (247, 245, 240))
    sheet.sample_mark(62, (234, 232, 227))
    sheet.text(105, 24, "房 屋 租 赁 合 同", 9.2, bold=True, anchor="ma")
    sheet.text(186, 40, "合同编号：样例-2026-0018", 3.9, anchor="ra")
    sheet.text(24, 51, "出租方（甲方）：王样例", 5.0, bold=True)
    sheet.text(24, 60, "身份证号：样例号码，不是真号", 4.6)
    sheet.text(24, 71, "承租方（乙方）：李样例", 5.0, bold=True)
    sheet.text(24, 80, "身份证号：样例号码，不是真号", 4.6)
    y = sheet.paragraph(
        24, 94, 162, "根据《中华人民共和国民法典》，甲乙双方在平等、自愿的基础上，就房屋租赁事宜订立本合同，共同遵守。", 5.1
    )
    for clause in _CLAUSES_1:
        y = sheet.paragraph(24, y, 162, clause, 5.1)
    sheet.seal(158, 70, "晴岚社区租赁备案样例章")
    sheet.text(105, 280, "第 1 页　共 2 页", 3.8, anchor="ma")
    return sheet.image


def _tenancy_contract_2(fonts: Fonts) -> Image.Image:
    sheet = Sheet(fonts, 210, 297, (247, 245, 240))
    sheet.sample_mark(62, (234, 232, 227))
    y = 28.0
    for clause in _CLAUSES_2:
        y = sheet.paragraph(24, y, 162, clause, 5.1)
    sheet.text(24, y + 8, "附：房屋设施清单", 5.0, bold=True)
    top = y + 19
    for row, cells in enumerate(
        (
            ("名称", "数量", "状况"),
            ("热水器", "1 台", "完好"),
            ("燃气灶", "1 台", "完好"),
            ("双人床", "1 张", "完好"),
            ("衣柜", "1 个", "有划痕"),
        )
    ):
        for column, cell in enumerate(cells):
            sheet.text(28 + column * 54, top + row * 10 + 2.2, cell, 4.6, bold=row == 0)
    for row in range(6):
        sheet.line((24, top + row * 10, 186, top + row * 10))
    for column in range(4):
        sheet.line((24 + column * 54, top, 24 + column * 54, top + 50))
    sheet.text(24, 226, "甲方（签字）：", 5.0, bold=True)
    sheet.handwriting(58, 222, "王样例", 10)
    sheet.text(110, 226, "乙方（签字）：", 5.0, bold=True)
    sheet.handwriting(144, 222, "李样例", 10)
    sheet.text(24, 250, "签订日期：2026 年 8 月 25 日", 4.8)
    sheet.text(24, 260, "社区见证：晴岚社区（样例）", 4.8)
    sheet.seal(128, 251, "晴岚社区租赁备案样例章")
    sheet.text(105, 280, "第 2 页　共 2 页", 3.8, anchor="ma")
    return sheet.image


def _household_book(fonts: Fonts) -> Image.Image:
    sheet = Sheet(fonts, 143, 105, (240, 232, 214))
    sheet.sample_mark(34, (230, 220, 199))
    brown = (110, 78, 60)
    sheet.text(71.5, 6, "常 住 人 口 登 记 卡", 6.2, bold=True, colour=brown, anchor="ma")
    rows = (
        ("姓　　名", "李样例", "户主或与户主关系", "户主"),
        ("曾 用 名", "", "性　　别", "女"),
        ("出 生 地", "样例省样例市", "民　　族", "汉族"),
        ("籍　　贯", "样例省样例市", "出生日期", "1990-01-01"),
        ("本市其他住址", "无", "宗教信仰", ""),
        ("公民身份号码", "样例号码，不是真号", "血　　型", ""),
        ("文化程度", "高中", "婚姻状况", "已婚"),
        ("服务处所", "样例食品厂", "职　　业", "工人"),
    )
    for row, (label, value, second_label, second_value) in enumerate(rows):
        y = 17 + row * 9
        for x, words, is_label in ((9, label, True), (35, value, False), (79, second_label, True), (108, second_value, False)):
            sheet.text(x, y + 2.4, words, 3.4 if is_label else 4.1, colour=brown if is_label else INK)
    for row in range(len(rows) + 1):
        sheet.line((7, 17 + row * 9, 136, 17 + row * 9), brown)
    for x in (7, 33, 77, 106, 136):
        sheet.line((x, 17, x, 17 + len(rows) * 9), brown)
    sheet.text(9, 94, "承办人签章：", 3.4, colour=brown)
    sheet.text(134, 94, "登记日期：2026 年 1 月 1 日", 3.4, colour=brown, anchor="ra")
    sheet.seal(104, 86, "样例派出所户口专用", 24)
    return sheet.image


def _disability_card(fonts: Fonts) -> Image.Image:
    sheet = Sheet(fonts, 120, 86, (226, 238, 226))
    sheet.sample_mark(30, (210, 227, 211))
    green = (30, 94, 62)
    sheet.box((0, 0, 120, 15), green)
    sheet.text(60, 3.4, "中华人民共和国残疾人证（样例）", 6.2, bold=True, colour=(250, 250, 246), anchor="ma")
    for row, (label, value) in enumerate(
        (
            ("姓　名", "赵样例"),
            ("性　别", "男"),
            ("残疾类别", "肢体"),
            ("残疾等级", "二级"),
            ("证　号", "样例证号，不是真号"),
            ("发证机关", "样例区残疾人联合会"),
        )
    ):
        sheet.text(42, 20 + row * 9.4, label, 3.8, colour=green)
        sheet.text(62, 19.6 + row * 9.4, value, 4.6, bold=row == 0)
        sheet.line((61, 26.4 + row * 9.4, 113, 26.4 + row * 9.4), (150, 180, 156))
    sheet.box((8, 22, 35, 58), (205, 214, 222))
    sheet.box((15.5, 27, 27.5, 41), (150, 162, 172), 6)
    sheet.box((10.5, 43, 32.5, 58), (150, 162, 172), 5)
    sheet.text(21.5, 61, "照片样例", 3.4, colour=green, anchor="ma")
    sheet.seal(96, 66, "样例区残疾人联合会", 25)
    return sheet.image


def _bank_card(fonts: Fonts) -> Image.Image:
    sheet = Sheet(fonts, 85.6, 54, (40, 84, 138))
    sheet.box((0, 36, 85.6, 54), (31, 68, 116))
    pale = (238, 242, 247)
    sheet.text(6, 5, "样例银行", 6, bold=True, colour=pale)
    sheet.text(80, 6.2, "SAMPLE BANK", 3.2, colour=pale, anchor="ra")
    sheet.box((7, 17, 18.5, 26), (214, 184, 112), 1.5)
    sheet.line((7, 21.5, 18.5, 21.5), (160, 130, 66))
    sheet.line((12.7, 17, 12.7, 26), (160, 130, 66))
    sheet.text(42.8, 28, "0000  样例  0000  0000  000", 5.0, bold=True, colour=pale, anchor="ma")
    sheet.text(7, 42, "持卡人 样例", 4.0, colour=pale)
    sheet.text(79, 42, "借记卡", 4.0, colour=pale, anchor="ra")
    sheet.text(7, 47.6, "有效期 12/99", 3.4, colour=pale)
    return sheet.image


def _chart(_fonts: Fonts) -> Image.Image:
    """The chart that the camera is calibrated by, as it should come out of the printer."""
    with Image.open(CHART_FILE) as drawn:
        return drawn.convert("RGB")


def _chart_fitted(fonts: Fonts) -> Image.Image:
    """The chart out of a printer that fits every page to its margins."""
    chart = _chart(fonts)
    sheet = Image.new("RGB", chart.size, (255, 255, 255))
    width, height = round(chart.width * _FITTED), round(chart.height * _FITTED)
    sheet.paste(chart.resize((width, height), Image.Resampling.LANCZOS), ((chart.width - width) // 2, (chart.height - height) // 2))
    return sheet


def _chart_curled(fonts: Fonts) -> Image.Image:
    """The chart on a sheet that came rolled up: its middle stands up, and so looks pushed to one side."""
    greys = np.asarray(_chart(fonts))
    rows = np.arange(greys.shape[0])
    shift = (_CURL_MM * CHART_DOTS_PER_MM * np.sin(rows / len(rows) * 2 * np.pi)).round().astype(int)
    columns = (np.arange(greys.shape[1])[None, :] + shift[:, None]).clip(0, greys.shape[1] - 1)
    return Image.fromarray(greys[rows[:, None], columns])


PAPERS: dict[str, tuple[Callable[[Fonts], Image.Image], ...]] = {
    "tenancy-contract": (_tenancy_contract_1, _tenancy_contract_2),
    "household-book": (_household_book,),
    "disability-card": (_disability_card,),
    "bank-card": (_bank_card,),
    "calibration-chart": (_chart, _chart_fitted, _chart_curled),
}
"""Every paper by name, a drawing for each of its pages."""
