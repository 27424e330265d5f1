"""What the pages of proofs name is there, in the file that they name beside it."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/en/proofs.md"
PAGES = (
    PAGE,
    PAGE.with_name("proofs-fleet.md"),
    PAGE.with_name("proofs-machine.md"),
    PAGE.with_name("proofs-city.md"),
    PAGE.with_name("proofs-resident.md"),
)
ROWS = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines() if "](" in line and line.startswith("|")]
FIRST, LAST = 22, 48


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[:50])
def test_every_test_that_a_row_names_stands_in_the_file_named_before_it(row: str) -> None:
    for link, named in re.findall(r"\]\(([^)]+)\)((?: `test_\w+`,?)+)", row):
        text = (PAGE.parent / link).read_text(encoding="utf-8")
        for name in re.findall(r"test_\w+", named):
            assert f"def {name}(" in text, link
    named_at_all = set(re.findall(r"`(test_\w+)`", row))
    assert named_at_all, row
    assert all(re.search(rf"\]\([^)]+\)(?: `test_\w+`,?)* `{name}`", row) for name in named_at_all)


def test_no_fault_is_left_out() -> None:
    numbered = [int(found[1]) for row in ROWS if (found := re.match(r"\| (\d+) \|", row))]
    assert numbered == list(range(FIRST, LAST + 1))
