"""Which addresses are other devices'."""

from pathlib import Path

import pytest

from kiosk.config import load
from kiosk.devices import KINDS, other_addresses

CONFIG = """
[terminal]
id = "SY-TEST-1"
community = "测试社区"
folder = "t"
[city]
url = "https://city.example.org"
ca_file = "ca.pem"
keys_folder = "keys"
[id_card_reader]
port = "auto"
[receipt_printer]
device = "serial:///dev/ttyS1?baud=38400"
[document_camera]
source = "/dev/video0"
[code_scanner]
source = "/dev/ttyACM0"
[signature_pad]
port = "/dev/ttyS2"
"""


@pytest.mark.parametrize("device", ["id_card_reader", "signature_pad"])
def test_a_search_knows_where_all_others_are(tmp_path: Path, device: str) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(CONFIG, encoding="utf-8")
    config = load(path)
    own = next(kind.address(config) for kind in KINDS if kind.name == device)
    everything = {"auto", "serial:///dev/ttyS1?baud=38400", "/dev/video0", "/dev/ttyACM0", "/dev/ttyS2"}
    assert set(other_addresses(config, device)) == everything - {own}
