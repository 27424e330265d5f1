"""In which of the two languages the consoles are shown."""

from django.utils import translation

from sync.contract.words import Language


def page_language() -> Language:
    """Return the language of this page."""
    return Language.EN if (translation.get_language() or "").startswith("en") else Language.ZH
