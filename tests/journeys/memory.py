"""Looks for marks where something of a resident might have stayed: in the memory of living processes, and in files."""

from collections.abc import Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le", "gb18030", "latin-1")
_PIECE_BYTES = 1 << 24
_PAGE_BYTES = 4096
_SHORTEST_BYTES = 6


def written(text: str) -> set[bytes]:
    """Return a text in every way in which a program might hold it; what is too short to be told from chance is left out."""
    ways = {text.encode(encoding) for encoding in ENCODINGS if encoding != "latin-1" or all(ord(character) < 256 for character in text)}
    ways.add(text.encode("ascii", "backslashreplace"))  # as JSON writes what is not ASCII
    return {way for way in ways if len(way) >= _SHORTEST_BYTES}


def processes_of(pid: int) -> tuple[int, ...]:
    """Return a process and all that it started, and they in turn."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return (pid, *(one for child in children for one in processes_of(child)))


def name_of(pid: int) -> str:
    """Return what a process is, for people."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return f"{pid} {' '.join(words[2:6]) or words[0]}"


def in_memory(pid: int, marks: Mapping[str, Sequence[bytes]]) -> list[str]:
    """Return which marks are in a process's memory that can be written to, and where."""
    found: list[str] = []
    longest = max(len(one) for ways in marks.values() for one in ways)
    spans = Path(f"/proc/{pid}/maps").read_text().splitlines()  # all at once: it changes while it is searched
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in spans:
            span, rights, _, _, _, *name = line.split(maxsplit=5)
            if not rights.startswith("rw") or (name and name[0].startswith(("[v", "/dev/dri"))):
                continue
            begin, end = (int(at, 16) for at in span.split("-"))
            where = name[0].strip() if name else "anonymous"
            for at, piece in _pieces(memory, begin, end, longest):
                found += [f"{what} in {where} at {at + place:x}" for what, place in _in(piece, marks)]
    return found


def _pieces(memory: FileIO, begin: int, end: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Yield a span in pieces that overlap; what is unmapped meanwhile is passed over page by page, and nothing else with it."""
    at = begin
    while at < end:
        try:
            memory.seek(at)
            piece = memory.read(min(_PIECE_BYTES + overlap, end - at))
        except OSError:
            piece = b""
        if piece:
            yield at, piece
        at += max(_PAGE_BYTES, min(_PIECE_BYTES, len(piece)) // _PAGE_BYTES * _PAGE_BYTES)


def in_files(folder: Path, marks: Mapping[str, Sequence[bytes]]) -> list[str]:
    """Return which marks are in the files below a folder, and in which."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [f"{what} in {path.relative_to(folder)}" for path in paths for what, _ in _in(path.read_bytes(), marks)]


def _in(piece: bytes, marks: Mapping[str, Sequence[bytes]]) -> list[tuple[str, int]]:
    places = [(what, piece.find(way)) for what, ways in marks.items() for way in ways]
    return [(what, place) for what, place in places if place >= 0]
