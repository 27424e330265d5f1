"""What was packed does not stay in the compressor that is kept for the next."""

import subprocess
import sys

import pytest

from kiosk.supervisor import OVERWRITING

PACKS = """
import sys
from sync.contract.packing import _packer, pack
name = chr(0x9F98) + chr(0x9750) + chr(0x9F49) + chr(0x9EA4)
content = ('{"answers":' + ",".join(f'"{place * 7919 % 1000}{name}"' for place in range(3)) + "}").encode()
if sys.argv[1] == "bare":
    _packer(with_dictionary=True).compress(content)
else:
    pack(content, with_dictionary=True)
del content
mark, found = name.encode(), 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights, *_ = line.split()
        if rights.startswith("rw") and "[v" not in line:
            begin, end = (int(at, 16) for at in span.split("-"))
            memory.seek(begin)
            found += memory.read(end - begin).count(mark)
print(found)
"""


@pytest.mark.parametrize(("how", "leaves"), [("bare", True), ("packed", False)])
def test_nothing_of_a_packed_content_stays(how: str, leaves: bool) -> None:
    command = [sys.executable, "-c", PACKS, how]
    found = int(subprocess.run(command, env=OVERWRITING, capture_output=True, text=True, check=True).stdout)
    assert (found > 1) is leaves  # the mark that is searched for is there once
