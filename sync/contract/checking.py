"""Whether item packages, as people wrote them, may be published: every complaint with its file, its line, and what to do.

The same check serves `kiosk catalogue check` and the city's `publish-items`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract import signed
from sync.contract.decoding import UNDECODABLE
from sync.contract.findings import Finding, Weight
from sync.contract.item import PAYLOAD_TYPE, ItemPackage
from sync.contract.item_rules import findings
from sync.contract.json_places import JsonFaultError, Path, Place, Placed, read
from sync.contract.names import ItemCode
from sync.contract.schema_rules import schema_findings
from sync.contract.shared_parts import FOLDER_NAME, SharedFault, SharedParts, shared_parts
from sync.contract.written import whole

SOURCE_NAME = "item.json"
STATEMENT_SUFFIX = ".item.json"
LARGEST_BYTES = 1024 * 1024

_AT = re.compile(r" - at `(?P<path>.*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<place>\d+)\]")
_TOP = Place(1, 1)


class Complaint(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong. `where` is the way to it inside the file, such as pages[1].fields[0].when."""

    file: str
    line: int
    column: int
    weight: Weight
    where: str
    what: str
    advice: str

    def __str__(self) -> str:
        at = f" ({self.where})" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}: {self.weight}: {self.what}{at}; {self.advice}"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: the package, when there is one at all, and what is wrong with it."""

    file: FilePath
    package: ItemPackage | None
    complaints: tuple[Complaint, ...]

    @property
    def is_fit(self) -> bool:
        """Whether it may be published: warnings do not forbid it."""
        return self.package is not None and all(one.weight is Weight.WARNING for one in self.complaints)


def check_folder(folder: FilePath, keys: Mapping[str, Ed25519PublicKey] | None = None) -> tuple[Checked, ...]:
    """Check every `item.json` and every signed `*.item.json` below `folder`.

    Args:
        folder: Where to look.
        keys: Who may sign packages; without it a signature is not looked at, and that is said.
    """
    paths = sorted({*folder.rglob(SOURCE_NAME), *folder.rglob(f"*{STATEMENT_SUFFIX}")})
    checked = [check_statement(path, keys) if path.name != SOURCE_NAME else check_source(path) for path in paths if path.is_file()]
    return tuple(_with_doubles(checked))


def check_source(path: FilePath) -> Checked:
    """Check one package as it is written by hand."""
    try:
        source = _bytes_of(path)
    except OSError as error:
        return _refused(path, _TOP, error.strerror or "cannot be read", "look at the file's permissions")
    return check_bytes(path, source, shared_parts(path.parent.parent / FOLDER_NAME))


def check_statement(path: FilePath, keys: Mapping[str, Ed25519PublicKey] | None) -> Checked:
    """Check one signed package: its signature, then what it carries. Lines are those of the package inside."""
    try:
        statement = _bytes_of(path)
    except OSError as error:
        return _refused(path, _TOP, error.strerror or "cannot be read", "look at the file's permissions")
    try:
        payload = signed.payload_unverified(statement, PAYLOAD_TYPE) if keys is None else signed.verify(statement, PAYLOAD_TYPE, keys)
    except signed.SignatureError as error:
        return _refused(path, _TOP, str(error), "do not use it: fetch or publish it again")
    checked = check_bytes(path, payload)
    if keys is not None:
        return checked
    unverified = Complaint(str(path), 1, 1, Weight.WARNING, "", "the signature was not looked at", "give the city's public key with --keys")
    return Checked(path, checked.package, (unverified, *checked.complaints))


def check_bytes(file: FilePath, source: bytes, shared: SharedParts | None = None) -> Checked:
    """Check the JSON of one package.

    Args:
        file: Only named in the complaints.
        source: The JSON.
        shared: What a written item may refer to; without it nothing is put in, as for a package that was signed.
    """
    if len(source) > LARGEST_BYTES:
        return _refused(file, _TOP, f"larger than {LARGEST_BYTES} bytes", "a package is words and rules: remove what does not belong there")
    try:
        placed = read(source)
    except JsonFaultError as error:
        return _refused(file, error.place, str(error), "correct the JSON there")
    complaints = []
    if shared is not None:
        complaints += [_of_shared(file, fault) for fault in shared.faults]
        put_in = whole(placed, shared)
        complaints += [_complaint(file, placed, one) for one in put_in.findings]
        placed = put_in.placed
    try:
        package = msgspec.convert(placed.value, type=ItemPackage) if shared is not None else msgspec.json.decode(source, type=ItemPackage)
    except UNDECODABLE as error:
        what, path = _of_type(str(error))
        complaints.append(_complaint(file, placed, Finding(path, what, "see sync/contract/item.py for what belongs there")))
        return Checked(file, None, tuple(complaints))
    found = [*_unknown(placed.value, package, ()), *findings(package), *schema_findings(package)]
    complaints += [_complaint(file, placed, one) for one in found]
    return Checked(file, package, tuple(sorted(complaints, key=lambda one: (one.line, one.column))))


def _bytes_of(path: FilePath) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES * 2)


def _refused(file: FilePath, place: Place, what: str, advice: str) -> Checked:
    return Checked(file, None, (Complaint(str(file), place.line, place.column, Weight.ERROR, "", what, advice),))


def _of_shared(file: FilePath, fault: SharedFault) -> Complaint:
    where = f"{fault.file.name}:{fault.place.line}"
    return Complaint(str(file), 1, 1, Weight.ERROR, "", f"the shared parts in {where} cannot be used: {fault.what}", "correct that file")


def _complaint(file: FilePath, placed: Placed, finding: Finding) -> Complaint:
    place = placed.nearest(finding.path)
    return Complaint(str(file), place.line, place.column, finding.weight, written(finding.path), finding.what, finding.advice)


def written(path: Path) -> str:
    """Return a path as people write it: pages[0].title."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _of_type(message: str) -> tuple[str, Path]:
    """Part msgspec's message into what is wrong and where."""
    found = _AT.search(message)
    if found is None:
        return message, ()
    steps = _STEP.finditer(found["path"])
    path = tuple(step["name"] if step["place"] is None else int(step["place"]) for step in steps)
    return message[: found.start()], path


def _unknown(raw: object, value: object, path: Path) -> Iterator[Finding]:
    """Yield the names that no terminal knows: most often a slip of the pen that would otherwise go unnoticed."""
    if isinstance(value, msgspec.Struct) and isinstance(raw, dict):
        known = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
        for name, inner in raw.items():
            if name not in known:
                yield Finding((*path, name), f"nothing is called {name[:40]!r} here", "correct the name, or remove it", Weight.WARNING)
            else:
                yield from _unknown(inner, getattr(value, known[name]), (*path, name))
    elif isinstance(value, tuple) and isinstance(raw, list):
        for place, (inner, item) in enumerate(zip(raw, value, strict=True)):
            yield from _unknown(inner, item, (*path, place))


def _with_doubles(checked: list[Checked]) -> Iterator[Checked]:
    """Add a complaint to each file that has the code and version of an earlier one."""
    seen: dict[tuple[ItemCode, int, bool], FilePath] = {}
    for one in checked:
        if one.package is None:
            yield one
            continue
        key = (one.package.code, one.package.version, one.file.name == SOURCE_NAME)
        first = seen.setdefault(key, one.file)
        if first == one.file:
            yield one
            continue
        what = f"version {one.package.version} of {one.package.code!r} is also in {first}"
        double = Complaint(str(one.file), 1, 1, Weight.ERROR, "code", what, "keep one of them, or raise the version")
        yield Checked(one.file, one.package, (*one.complaints, double))
