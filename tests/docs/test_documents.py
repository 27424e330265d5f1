"""Documents that lag behind are worse than none: what can be compared with the code is."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from kiosk.cli import _MODULE_OF
from peripherals.card_reader import ChipReadStatus
from peripherals.document_camera import PaperHint
from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.id_card_reader import CardReadStatus
from peripherals.receipt_printer import PrinterStatus
from peripherals.signature_pad import PadStatus
from sync.deliveries import RowState

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("city/**/*.md")})
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)")  # pictures are made by the demo and put there for a release

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [unquote(target) for target in _LINK.findall(read(page)) if not target.startswith("https://")]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_is_in_the_index_under_its_own_title() -> None:
    index = read(DECISIONS / "README.md")
    records = sorted(DECISIONS.glob("[0-9]*.md"))
    assert len({record.name[:4] for record in records}) == len(records), "a number is used once"
    for record in records:
        title = re.match(r"# (?:ADR )?\d{4}[.:]? (.+)", read(record))
        assert title, record.name
        assert f"[{record.name[:4]}]({record.name}) | {title[1]} |" in index


def test_every_decision_says_what_was_weighed_and_what_it_costs() -> None:
    for record in sorted(DECISIONS.glob("00*.md")):
        assert [
            head for head in ("## Context and problem", "## Options", "## Decision", "## Consequences") if head not in read(record)
        ] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_both_first_pages_name_every_command(page: str) -> None:
    text = read(ROOT / page)
    inner = {"screen", "device"}  # run by `kiosk run`, not by people
    assert [name for name in _MODULE_OF if name not in inner and f"`{name}" not in text and f"kiosk {name}" not in text] == []


def test_both_first_pages_name_no_command_that_is_not_there() -> None:
    for page in ("README.md", "README.zh-CN.md"):
        assert set(re.findall(r"kiosk ([a-z-]+)", read(ROOT / page))) <= set(_MODULE_OF)


def test_technicians_find_every_status_that_a_device_can_have() -> None:
    text = read(ROOT / "docs" / "zh" / "常见问题.md")
    words = [*CardReadStatus, *ChipReadStatus, *PrinterStatus, *DocumentPrinterStatus, *JobEnd, *PaperHint, *PadStatus, *RowState]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_the_two_first_pages_show_the_same_things() -> None:
    english, chinese = read(ROOT / "README.md"), read(ROOT / "README.zh-CN.md")
    for pattern in (r"!\[[^\]]*\]\(([^)]+)\)", r"^    (?:make|kiosk|city) ([a-z-]+)", r"^\| `kiosk ([a-z-]+)"):
        assert re.findall(pattern, english, re.MULTILINE) == re.findall(pattern, chinese, re.MULTILINE)
    assert english.count("\n## ") == chinese.count("\n## ")
