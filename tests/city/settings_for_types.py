"""What the type checker's Django plugin reads; nothing runs on it."""

from pathlib import Path

from city.folder import CityFolder, Settings
from city.settings import settings_for

CITY_FOLDER: CityFolder
CITY: Settings
PAPER_FONTS: Path

globals().update(settings_for(CityFolder(Path("/nonexistent")), Settings(), "only for the type checker"))
