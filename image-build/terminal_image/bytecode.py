"""Python's bytecode for a root: compiled once, at the build, for nobody can write it on a terminal.

It is the same for every processor. So another processor's is compiled by a Python of the same release that runs here: under emulation the
four thousand files take half an hour.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from terminal_image.mirror import SUITE, Mirror
from terminal_image.stage import BuildError, run
from terminal_image.wheels import PYTHON

_WORDS = ("-m", "compileall", "-q", "-j1", "--invalidation-mode", "unchecked-hash")


def native_python(mirror: Mirror, environment: Mapping[str, str], folder: Path) -> None:
    """Lay down the release's Python for this machine, and what it needs; nothing of it is installed or configured."""
    run(
        "mmdebstrap", "--mode=root", "--variant=extract", '--aptopt=APT::Install-Recommends "false"', f"--include=python{PYTHON}", SUITE,
        folder, *mirror.sources(), environment=environment,
    )  # fmt: skip


def compile_there(tree: Path, folders: Sequence[str], environment: Mapping[str, str]) -> None:
    """Compile by the root's own Python."""
    run("chroot", tree, "/usr/bin/python3", *_WORDS, *(f"/{folder}" for folder in folders), environment=environment)


def compile_here(tree: Path, folders: Sequence[str], native: Path, environment: Mapping[str, str]) -> None:
    """Compile by the Python that `native_python` laid down; the files' places in the root are written, not those on this machine.

    Raises:
        BuildError: There is no program of it, or it does not compile.
    """
    loaders = sorted(native.glob("usr/lib*/ld-linux-*.so.?"))
    if not loaders:
        raise BuildError(f"{native.name} has no loader for programs")
    libraries = ":".join(str(path) for path in sorted(native.glob("usr/lib/*-linux-gnu")))
    run(
        loaders[0], "--library-path", libraries, native / f"usr/bin/python{PYTHON}", *_WORDS, "-s", tree, "-p", "/",
        *(tree / folder for folder in folders), environment={**environment, "PYTHONHOME": str(native / "usr")},
    )  # fmt: skip
