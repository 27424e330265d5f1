"""Which members of a family sign beside the applicant: everybody of age in the rows that the item names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync.contract.application import Applicant
from sync.contract.item import ItemPackage
from sync.contract.person import age_on, birth_in


@dataclass(frozen=True, slots=True)
class Adult:
    """One who signs, by the place of their row."""

    row: int
    name: str
    id_number: str

    def __repr__(self) -> str:
        return f"Adult({self.row}, <secret>)"


def adults(package: ItemPackage, answers: Mapping[str, Any], today: date, *others: Applicant | None) -> tuple[Adult, ...]:
    """Return who of the family signs; `others` are the applicant and the helper, who sign anyhow and are left out here."""
    wanted = package.family_signs
    rows = answers.get(wanted.field) if wanted is not None else None
    if wanted is None or not isinstance(rows, (list, tuple)):
        return ()
    sign_anyhow = {one.id_number for one in others if one is not None}
    found: list[Adult] = []
    for place, row in enumerate(rows):
        number = str(row.get(wanted.id_number) or "") if isinstance(row, Mapping) else ""
        birth = birth_in(number)
        known = number in sign_anyhow or any(one.id_number == number for one in found)
        if birth is not None and not known and age_on(birth, today) >= wanted.from_age:
            found.append(Adult(place, str(row.get(wanted.name) or ""), number))
    return tuple(found)
