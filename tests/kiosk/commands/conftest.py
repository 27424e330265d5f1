"""A sandbox for the commands to work in, and the commands as a script calls them."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import main
from kiosk.sandbox import Sandbox, make_sandbox

ROOT = Path(__file__).parents[3]


def environment(**more: str) -> dict[str, str]:
    """Return this process' environment as a shell has it: tests of single screens tell Kivy and SDL, in here, to draw off screen."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SDL_", "KIVY_"))} | more


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def body(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def kiosk() -> Run:
    """Run a command in this process, which takes milliseconds."""

    def run(*words: object) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main([str(word) for word in words])
            except SystemExit as ended:  # argparse's way out
                code = int(ended.code or 0)
        return Ended(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def script() -> Run:
    """Run a command in a process of its own, as a script does."""

    def run(*words: object) -> Ended:
        command = [sys.executable, "-m", "kiosk", *map(str, words)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("commands") / "sandbox")
