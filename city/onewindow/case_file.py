"""The whole file (全卷) of a case: the application, and what was brought later, opened for one look."""

from dataclasses import dataclass, field, replace

from city.onewindow.content import Content
from city.onewindow.corrections import attached_to
from city.onewindow.models import Case
from city.onewindow.papers import Damaged, Missing, clear_photo, content_of
from city.onewindow.sheet import Paper, Section, Value, papers, sections, value_of
from sync.contract.correction import part_of
from sync.contract.words import Language, Words

_BROUGHT = Words("补正", "Brought later")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that arrived: a row of the city's and what its envelope holds."""

    case: Case
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A photographed page, of whichever leaf. `is_new` marks what was brought later."""

    paper: Paper
    leaf: Leaf
    is_new: bool

    @property
    def has_arrived(self) -> bool:
        """Whether the picture is here; of a correction that is attached all are."""
        return self.leaf.case.attachments.filter(place=self.paper.place).exclude(stored_at=None).exists()

    def clear(self) -> bytes | Damaged | Missing:
        """Open the picture."""
        return clear_photo(self.leaf.case, self.leaf.content, self.paper.place)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The application first, then each correction in the order in which it came."""

    first: Leaf
    later: tuple[Leaf, ...]

    def sections(self, language: Language) -> tuple[Section, ...]:
        """Return the answers as a clerk reads them, what was brought later at the head."""
        brought = [self._brought(number, leaf, language) for number, leaf in enumerate(self.later, start=1)]
        return (*(section for section in brought if section.lines), *sections(self.first.content, language))

    def pages(self, language: Language) -> tuple[Page, ...]:
        """Return the photographed pages, what was brought later at the head."""
        later = [Page(paper, leaf, is_new=True) for leaf in reversed(self.later) for paper in papers(leaf.content, language)]
        return (*later, *(Page(paper, self.first, is_new=False) for paper in papers(self.first.content, language)))

    def value_of(self, key: str, language: Language) -> Value | None:
        """Return one masked answer in clear, for a reveal that has been written down; None when there is no such answer."""
        number, dot, rest = key.partition(".")
        if dot and number.isascii() and number.isdigit() and 0 < int(number[:4]) <= len(self.later):
            return value_of(self.later[int(number[:4]) - 1].content, rest, language)
        return value_of(self.first.content, key, language)

    def _brought(self, number: int, leaf: Leaf, language: Language) -> Section:
        lines = [replace(line, key=f"{number}.{line.key}") for section in sections(leaf.content, language) for line in section.lines]
        return Section(f"{_BROUGHT.said_in(language)} {number}", tuple(lines))


def file_of(case: Case) -> CaseFile:
    """Open the file of a case.

    Raises:
        DamagedError: Something in it does not open any more, or is not what a receipt was given for.
    """
    later = tuple(Leaf(one, _as_correction(content_of(one))) for one in attached_to(case))
    return CaseFile(Leaf(case, content_of(case)), later)


def _as_correction(content: Content) -> Content:
    """Read a correction by the part of its item that it answers."""
    application = content.application
    part = part_of(content.package, application.answers.keys(), {paper.material for paper in application.papers})
    return replace(content, package=part)
