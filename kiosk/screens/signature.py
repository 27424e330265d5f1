"""The signature: the applicant's will, with what it means beside it. Never a test of handwriting."""

import re
from collections.abc import Callable

from kiosk.flow.events.applying import Inked, MarkMade, SignerAway
from kiosk.flow.signers import family_of, ink_of
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Sign
from kiosk.flow.visit import Ink
from kiosk.receipt.content import masked
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.pages import Block, OwnLeaf, Rows, freed
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.pad import Frame, SignPad
from kiosk.screens.frame import Head, back_button, next_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.family import Adult

_LEAD_LINES, _LAST = 3, 10**6
"""On a small panel no more lines stand above the sheet; what is longer, or large, has leaves of its own, and the sheet is the last."""

_SENTENCES = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")

_PAD_OUT = (PadStatus.ABSENT, PadStatus.NOT_UNDERSTOOD)


class SignPage(Page):
    """The sheet stays the same one while it is written on; what is the matter with it stands on it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._pad: SignPad | None = None
        self._pad_for: object = None

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.display, _signer(kiosk), _pad_status(kiosk)

    def show(self, kiosk: Kiosk) -> None:
        """Show the page, and the ink as the visit holds it."""
        super().show(kiosk)
        if self._pad is not None and kiosk.application is not None:
            self._pad.show(_ink(kiosk), _complaint(self.stage, kiosk))

    def sheet(self, kiosk: Kiosk) -> Sheet:
        if kiosk.application is None:
            return Sheet(())
        stage, item = self.stage, kiosk.application.item
        language = stage.theme.language
        pad = self._sheet_of_paper(kiosk)
        upright, large = stage.theme.panel.is_upright, stage.theme.is_large
        body: list[Block] = [Frame(stage, pad, 40 if upright and not large else 0)]
        body.append(Row(stage, self._buttons(pad), gap=20, even=True))
        body += [] if _member(kiosk) is None else [self._away()]
        if (upright and not large) or _pad_status(kiosk) in _PAD_OUT:
            body.append(_note(stage, _pad_status(kiosk)))
        under = item.declaration
        member = _member(kiosk)
        if item.helping is not None and kiosk.application.is_helped:
            under = item.helping.authorisation if _is_helper(kiosk) else under
        if member is not None and item.family_signs is not None:
            under = item.family_signs.statement
        means = _meaning(stage, under.said_in(language), "body" if large or not upright else "lead")
        body.append(means)
        on_pad = _pad_status(kiosk) is PadStatus.READY
        lead: str | list[Span] | None = stage.say("sign.lead_pad" if on_pad else "sign.lead") if on_pad or (upright and not large) else None
        if stage.theme.panel.is_compact:  # the sheet beside its buttons, and what the signature means above both
            lead, body = self._on_small_panel(kiosk, pad, under.said_in(language))
        own = "sign.title_pad" if on_pad else "sign.title"
        title = "sign.title_helper" if _is_helper(kiosk) else "sign.title_applicant" if kiosk.application.is_helped else own
        said = stage.say(title) if member is None else stage.say("sign.title_member", name=masked(Secret(member.name)) or "")
        head = Head(stage, said, lead=lead, step=step_at(item, "sign"), about=item.name.said_in(language))
        return Sheet(body, head=head, actions=[back_button(stage), next_button(stage, stage.say("sign.done"), icon="check")])

    def _sheet_of_paper(self, kiosk: Kiosk) -> SignPad:
        if self._pad is None or self._pad_for != (kiosk.display, _signer(kiosk)):
            visit = kiosk.application
            card = None if visit is None else visit.helper if _is_helper(kiosk) else visit.card
            name = (card.reveal().name or card.reveal().name_latin or "") if card is not None and _member(kiosk) is None else ""
            self._pad_for = (kiosk.display, _signer(kiosk))
            self._pad = SignPad(self.stage, name, self._signed)
            self._pad.show(_ink(kiosk))
        return self._pad

    def _buttons(self, pad: SignPad) -> list[Button]:
        """Undo, clear, a mark."""
        buttons: list[tuple[str, str, Callable[[], None]]] = [
            ("undo", "undo", pad.undo),
            ("clear", "ink_eraser", pad.empty),
            ("mark", "close", lambda: self._mark(pad)),
        ]
        return [self._small(*one) for one in buttons]

    def _away(self) -> Button:
        return self._small("away", "person_off", lambda: self.stage.send(SignerAway()))

    def _beside(self, kiosk: Kiosk, pad: SignPad) -> Part:
        buttons = [*self._buttons(pad), *([] if _member(kiosk) is None else [self._away()])]
        if self.stage.theme.is_large:  # their words are as long as the sheet is high
            pairs: list[Part] = [Row(self.stage, buttons[place : place + 2], gap=10, even=True) for place in range(0, len(buttons), 2)]
            return Column(self.stage, [freed(pad), *pairs], gap=10, grows=True)
        return Beside(self.stage, pad, Column(self.stage, buttons, gap=10), 260)

    def _on_small_panel(self, kiosk: Kiosk, pad: SignPad, under: str) -> tuple[list[Span] | None, list[Block]]:
        """Return what the signature means as the head's sentence, or on leaves of its own before the sheet where it is long."""
        theme, lead = self.stage.theme, [Span(under)]
        high = Text(self.stage, lead, "caption").height_for(theme.panel.width_px - 2 * theme.margin)
        if not theme.is_large and high <= _LEAD_LINES * theme.line_px("caption"):
            return lead, [self._beside(kiosk, pad)]
        if isinstance(kiosk.view, Sign) and kiosk.view.asked:
            self.leaf = _LAST
        return None, [_meaning(self.stage, under, "body"), OwnLeaf(self.stage, self._beside(kiosk, pad))]

    def _small(self, name: str, icon: str, act: Callable[[], None]) -> Button:
        panel = self.stage.theme.panel
        high = 70 if panel.is_compact else 84 if panel.is_short else 100
        return Button(
            self.stage, self.stage.say(f"sign.{name}"), act, test_id=f"sign-{name}", kind=SECONDARY, icon=icon, role="toggle",
            weight=Weight.MEDIUM, height=high, icon_units=42,
        )  # fmt: skip

    def _mark(self, pad: SignPad) -> None:
        """Make a cross instead of a signature, for hands that cannot sign, and say that it is one; whoever sees it is asked for next."""
        pad.empty()
        steps = [step / 15 for step in range(16)]
        pad.write([(0.4 + 0.2 * step, 0.3 + 0.4 * step) for step in steps], [(0.6 - 0.2 * step, 0.3 + 0.4 * step) for step in steps])
        self.stage.send(MarkMade())

    def _signed(self, ink: Ink) -> None:
        self.stage.send(Inked(ink))


def _meaning(stage: Stage, under: str, role: str) -> Block:
    """Return what is signed, whole; in large type and on a small panel by sentences, between which a full page may be turned."""
    first, *others = _SENTENCES.split(under) if stage.theme.is_large or stage.theme.panel.is_compact else [under]
    means = [Span(stage.say("sign.means"), strong=True), Span(first)]
    return Rows(stage, [Text(stage, spans, role) for spans in (means, *([Span(one)] for one in others))], ruled=False, down=26)


def _pad_status(kiosk: Kiosk) -> PadStatus | None:
    return kiosk.view.pad if isinstance(kiosk.view, Sign) else None


def _note(stage: Stage, pad: PadStatus | None) -> Part:
    """Say who helps with signing, or that the pad is out of order and the glass is not."""
    if pad in _PAD_OUT:
        return banner(stage, Tint.WARN, "build", None, stage.say("sign.pad_out"))
    return banner(stage, Tint.INFO, "gesture", None, stage.say("sign.help", call=stage.call))


def _is_helper(kiosk: Kiosk) -> bool:
    return isinstance(kiosk.view, Sign) and kiosk.view.helper


def _signer(kiosk: Kiosk) -> object:
    """Return who signs, to tell one sheet from the next."""
    return (kiosk.view.helper, kiosk.view.member) if isinstance(kiosk.view, Sign) else None


def _member(kiosk: Kiosk) -> Adult | None:
    """Return the member of the family who signs here."""
    if kiosk.application is None or not isinstance(kiosk.view, Sign) or kiosk.view.member is None:
        return None
    family = family_of(kiosk.application)
    return family[kiosk.view.member] if kiosk.view.member < len(family) else None


def _ink(kiosk: Kiosk) -> Ink:
    if kiosk.application is None or not isinstance(kiosk.view, Sign):
        return Ink()
    return ink_of(kiosk.application, kiosk.view)


def _complaint(stage: Stage, kiosk: Kiosk) -> str:
    """Return what to say when the signature was found missing."""
    if not isinstance(kiosk.view, Sign) or not kiosk.view.asked or kiosk.application is None:
        return ""
    return stage.say("sign.too_small" if _ink(kiosk).strokes else "sign.empty")
