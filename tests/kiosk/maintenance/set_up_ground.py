"""What an image brings for the first-boot wizard: a template, and the public folder of an invented city."""

from pathlib import Path

from kiosk.maintenance.set_up_files import SetUpPlace

TEMPLATE = """\
[terminal]
id = "never this one"
community = "never here"
folder = "nowhere"
hotline = "024-00000000"

[city]
url = "https://never.example.org"
ca_file = "x"
keys_folder = "x"

[id_card_reader]
port = "bench/reader"

[receipt_printer]
device = "tcp://127.0.0.1:9"

[document_camera]
source = "http://127.0.0.1:9/"

[fittings]
board = "unix:bench/board"
contacts.door = { line = 22, active_low = false }

[voice]
engine = "none"
"""


def ground(folder: Path) -> SetUpPlace:
    """Lay it down."""
    image, city = folder / "image", folder / "image" / "city"
    (city / "receipt-keys").mkdir(parents=True)
    (city / "ca.pem").write_text("an invented authority\n")
    (city / "receipt-keys" / "one.pem").write_text("an invented key\n")
    (image / "template.toml").write_text(TEMPLATE)
    (folder / "data").mkdir()
    return SetUpPlace(folder / "data" / "kiosk.toml", image / "template.toml", city)
