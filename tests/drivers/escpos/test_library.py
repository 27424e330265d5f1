"""python-escpos as the printer's process loads it: its lines, and not its list of printers."""

import json
import os
import subprocess
import sys
from pathlib import Path

_ASKED = """
import json, os
from drivers.escpos.library import Network, Serial
from escpos.capabilities import CAPABILITIES
named = os.environ.get("ESCPOS_CAPABILITIES_FILE")
print(json.dumps([list(CAPABILITIES["profiles"]), named, Network("127.0.0.1").port, Serial("x").devfile]))
"""


def test_it_reads_no_list_of_printers_and_leaves_no_folder_behind(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert json.loads(said.stdout) == [["default"], None, 9100, "x"]
    assert list(tmp_path.iterdir()) == []


def test_whoever_named_a_list_has_it_still(tmp_path: Path) -> None:
    own = {**os.environ, "TMPDIR": str(tmp_path), "ESCPOS_CAPABILITIES_FILE": "/somewhere/else.json"}
    said = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True, env=own)
    assert json.loads(said.stdout)[:2] == [["default"], "/somewhere/else.json"]
