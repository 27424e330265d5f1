"""Which Debian mirror the building machine uses; the image comes from the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from terminal_image.stage import BuildError, run

SUITE = "trixie"
_FORMAT = "$(ORIGIN)|$(LABEL)|$(REPO_URI)"


@dataclass(frozen=True, slots=True)
class Mirror:
    """Addresses of Debian's archive and of its security archive, if apt knows one."""

    archive: str
    security: str | None

    def sources(self, components: Sequence[str] = ("main",)) -> tuple[str, ...]:
        """Return lines for the image's apt, which runs only while it is built."""
        wanted = " ".join(components)
        archive = (f"deb {self.archive} {SUITE} {wanted}", f"deb {self.archive} {SUITE}-updates {wanted}")
        return archive if self.security is None else (*archive, f"deb {self.security} {SUITE}-security {wanted}")


def mirror_in(targets: str) -> Mirror:
    """Read apt's list of what it fetches.

    Raises:
        BuildError: Debian is not in it.
    """
    found = dict(reversed(list(_labelled(targets))))
    if "Debian" not in found:
        raise BuildError("apt on this machine has no Debian archive; add one, then: apt-get update")
    return Mirror(found["Debian"], found.get("Debian-Security"))


def _labelled(targets: str) -> Iterator[tuple[str, str]]:
    for line in targets.splitlines():
        origin, label, address = line.split("|", 2)
        if origin == "Debian":
            yield label, address


def mirror_of_this_machine() -> Mirror:
    """Ask apt."""
    return mirror_in(run("apt-get", "indextargets", "--format", _FORMAT))
