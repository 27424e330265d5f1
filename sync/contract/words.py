"""Text in the languages of the terminal."""

from enum import StrEnum

import msgspec


class Language(StrEnum):
    """What a resident may choose; Chinese is the source and always there."""

    ZH = "zh"
    EN = "en"
    KO = "ko"


class Words(msgspec.Struct, frozen=True, omit_defaults=True):
    """One text in up to three languages."""

    zh: str
    en: str | None = None
    ko: str | None = None

    def said_in(self, language: Language) -> str:
        """Return the text in `language`, or in Chinese where it has not been translated."""
        match language:
            case Language.EN:
                return self.en or self.zh
            case Language.KO:
                return self.ko or self.zh
            case Language.ZH:
                return self.zh
