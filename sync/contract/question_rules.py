"""What makes the newer kinds of questions, and the rules between answers, fit: rows, derived answers, checks, eligibility, helping."""

from collections.abc import Iterator

from sync.contract.findings import Finding, Weight
from sync.contract.item import CardField, Check, CheckKind, Control, DeriveKind, Field, Helping, ItemPackage
from sync.contract.json_places import Path

ROW_QUESTIONS_MAX = 12
ROWS_MAX = 30
_NEEDS_OTHER = {
    CheckKind.NOT_BEFORE,
    CheckKind.TOTAL,
    CheckKind.YEARLY,
    CheckKind.SAME,
    CheckKind.DIFFERENT,
    CheckKind.DISABILITY,
}
_NEEDS_RANGE = {CheckKind.DAYS_AGO, CheckKind.DAYS_AHEAD, CheckKind.AMOUNT, CheckKind.AGE}


def field_findings(field: Field, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with the rows or the derivation of one question."""
    if (field.rows is not None) != (field.control is Control.ROWS):
        yield Finding((*path, "rows"), "rows and the kind of question do not go together", 'write "control": "rows" and "rows", or neither')
    if (field.derive is not None) != (field.control is Control.DERIVED):
        advice = 'write "control": "derived" and "derive", or neither'
        yield Finding((*path, "derive"), "a derivation and the kind of question do not go together", advice)
    if field.rows is not None:
        yield from _rows(field, path)
    if field.derive is not None:
        derive = field.derive
        if not derive.of:
            yield Finding((*path, "derive", "of"), "follows from nothing", "name what it follows from")
        if {band.value for band in derive.bands} != {option.value for option in field.options}:
            yield Finding((*path, "derive", "bands"), "bands and options differ", "give each option its band, or leave both out")
        if derive.kind is DeriveKind.PER_HEAD and not derive.heads:
            yield Finding((*path, "derive", "heads"), "over nobody", "name the rows of the people")


def _rows(field: Field, path: Path) -> Iterator[Finding]:
    rows = field.rows
    if rows is None:
        return
    at: Path = (*path, "rows")
    names = {inner.name for inner in rows.fields}
    if not 1 <= len(rows.fields) <= ROW_QUESTIONS_MAX:
        yield Finding((*at, "fields"), f"{len(rows.fields)} questions a row", f"put one to {ROW_QUESTIONS_MAX}")
    if not 0 <= rows.least <= rows.most <= ROWS_MAX or rows.most < 1:
        yield Finding((*at, "most"), f"{rows.least} to {rows.most} rows", f"allow at least 1 and at most {ROWS_MAX}")
    if rows.title not in names:
        yield Finding((*at, "title"), f"{rows.title!r} is not asked in a row", "name the question whose answer names the row")
    if rows.distinct is not None and rows.distinct not in names:
        yield Finding((*at, "distinct"), f"{rows.distinct!r} is not asked in a row", "name the question in which rows must differ")
    if rows.by_card and CardField.ID_NUMBER not in {inner.card for inner in rows.fields}:
        yield Finding((*at, "by_card"), "no question takes the card's number", 'write "card": "id_number" at the question for it')


def rule_findings(package: ItemPackage) -> Iterator[Finding]:
    """Yield what is wrong with checks, eligibility and helping."""
    known = _known(package)
    for number, check in enumerate(package.checks):
        yield from _check(check, ("checks", number), known)
    for number, one in enumerate(package.eligibility):
        path: Path = ("eligibility", number)
        values: set[str | bool] = {option.value for option in one.question.options} or {True, False}
        if one.question.control not in (Control.CHOICE, Control.YES_NO, Control.DERIVED):
            yield Finding((*path, "question", "control"), f"asked as {one.question.control}", "ask a choice or yes and no before the form")
        yield from field_findings(one.question, (*path, "question"))
        for place, refusal in enumerate(one.refusals):
            at: Path = (*path, "refusals", place)
            if not refusal.is_one_of or not set(refusal.is_one_of) <= values:
                yield Finding((*at, "is_one_of"), "names no answer to the question", "name one of its options, or true or false")
            elif set(refusal.is_one_of) == values:
                yield Finding((*at, "is_one_of"), "every answer is refused", "leave one that leads on")
            if refusal.instead is None and refusal.where is None:
                yield Finding(at, "refuses without saying where else to go", "write `instead` (an item) or `where`", Weight.WARNING)
        if not one.refusals:
            yield Finding(path, "refuses nothing", "say which answer leads no further, or ask it in the form")
    if package.helping is not None:
        yield from _helping(package.helping, known)


def _helping(helping: Helping, known: set[str]) -> Iterator[Finding]:
    if helping.question.control is not Control.CHOICE:
        yield Finding(("helping", "question"), "is not a choice", "offer for whom one may hand in")
    for place, value in enumerate(helping.cardless):
        if value not in {option.value for option in helping.question.options}:
            yield Finding(("helping", "cardless", place), f"{value!r} is not offered", "name options of the question")
    if helping.present is not None and helping.present not in known:
        yield Finding(("helping", "present"), f"{helping.present!r} is not asked", "name the question whether the applicant is there")


def _check(check: Check, path: Path, known: set[str]) -> Iterator[Finding]:
    for at, name in ((("field",), check.field), *((("other", place), name) for place, name in enumerate(check.other))):
        if name not in known and name not in {inner.partition(".")[2] for inner in known if "." in inner and "." in check.field}:
            yield Finding((*path, *at), f"{name!r} is neither asked nor on the card", "name a question, rows.column, or card.field")
    if check.kind in _NEEDS_OTHER and not check.other:
        yield Finding((*path, "other"), f"{check.kind} compares with nothing", "name what it is compared with")
    if check.kind in _NEEDS_RANGE and check.at_least is None and check.at_most is None:
        yield Finding(path, f"{check.kind} without a limit", "write at_least, at_most, or both")


def _known(package: ItemPackage) -> set[str]:
    found = {f"card.{field}" for field in package.card_fields}
    if package.helping is not None:
        found.add(package.helping.question.name)
    for field in (field for page in package.pages for field in page.fields):
        found.add(field.name)
        if field.rows is not None:
            found |= {f"{field.name}.{inner.name}" for inner in field.rows.fields}
    return found
