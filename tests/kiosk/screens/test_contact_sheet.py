"""The contact sheet: a row for each screen, a column for each form."""

from pathlib import Path

from PIL import Image

from kiosk.screens.contact_sheet import Combination, put_together


def test_a_row_for_each_screen_and_a_column_for_each_combination(tmp_path: Path) -> None:
    folders = [tmp_path / Combination(panel, "light", "1.0").folder for panel in ("P1", "P4")]
    for folder, size, colour in zip(folders, ((108, 192), (128, 80)), ("#FF0000", "#0000FF"), strict=True):
        folder.mkdir()
        for name in ("01-idle", "02-home", "02-home-leaf2"):
            Image.new("RGB", size, colour).save(folder / f"{name}.png")
    sheet = put_together(folders)
    colours = [colour for _, colour in sheet.getcolors(sheet.width * sheet.height) or []]
    assert {(255, 0, 0), (0, 0, 255)} <= set(colours)
    one = put_together([folders[0]])
    assert sheet.width > one.width
    assert sheet.height == one.height == 4 + 3 * 184  # a head and two screens; leaves are left out


def test_what_one_form_lacks_is_left_empty(tmp_path: Path) -> None:
    full, poor = tmp_path / "P1-light-1.0", tmp_path / "P4-light-1.0"
    for folder in (full, poor):
        folder.mkdir()
        Image.new("RGB", (108, 192), "#00FF00").save(folder / "01-idle.png")
    Image.new("RGB", (108, 192), "#00FF00").save(full / "09-other.png")
    sheet = put_together([full, poor])
    green = next(count for count, colour in sheet.getcolors(sheet.width * sheet.height) or [] if colour == (0, 255, 0))
    assert green == 3 * 180 * round(108 * 180 / 192)
