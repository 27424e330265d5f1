"""What written items share: questions, papers, statements, notices, lists of options and the departments' figures.

They lie in the folder `shared` beside the items, one file for each kind, each an object of parts by their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sync.contract.json_places import JsonFaultError, Place, read

FOLDER_NAME = "shared"


class PartKind(StrEnum):
    """Each is a file, as in blocks.json."""

    BLOCKS = "blocks"  # pages or fields that belong together, with their checks and papers
    MATERIALS = "materials"
    STATEMENTS = "statements"  # what is signed
    NOTICES = "notices"
    LISTS = "lists"  # options
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class SharedFault:
    """A file of the folder that cannot be used."""

    file: Path
    place: Place
    what: str


@dataclass(frozen=True, slots=True)
class SharedParts:
    """The parts by kind and name, and the files that could not be read."""

    parts: Mapping[PartKind, Mapping[str, Any]] = field(default_factory=dict)
    faults: tuple[SharedFault, ...] = ()

    def part(self, kind: PartKind, name: object) -> Any:  # noqa: ANN401  JSON as somebody wrote it
        """Return the part of that name, or None."""
        return self.parts.get(kind, {}).get(name) if isinstance(name, str) else None

    def names(self, kind: PartKind) -> str:
        """Return the names that there are, for advice."""
        return ", ".join(sorted(self.parts.get(kind, {}))) or "none"


def shared_parts(folder: Path) -> SharedParts:
    """Read the folder; files that are not there have no parts."""
    parts: dict[PartKind, Mapping[str, Any]] = {}
    faults: list[SharedFault] = []
    for kind in PartKind:
        path = folder / f"{kind}.json"
        if not path.is_file():
            continue
        try:
            value = read(path.read_bytes()).value
        except JsonFaultError as error:
            faults.append(SharedFault(path, error.place, str(error)))
            continue
        except OSError as error:
            faults.append(SharedFault(path, Place(1, 1), error.strerror or "cannot be read"))
            continue
        if not isinstance(value, dict):
            faults.append(SharedFault(path, Place(1, 1), "not an object of parts by their names"))
            continue
        parts[kind] = value
    return SharedParts(parts, tuple(faults))
