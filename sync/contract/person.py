"""What an identity number and a birthday say about a person on a day."""

from datetime import date

from sync.contract.formats import is_id_number, read_date


def birth_in(text: str) -> date | None:
    """Return the birthday that an identity number or a written day names, or None."""
    if is_id_number(text):
        return read_date(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    return read_date(text)


def age_on(birth: date, today: date) -> int:
    """Return whole years; somebody born on 29 February grows older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
