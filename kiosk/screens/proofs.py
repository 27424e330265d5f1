"""Certificates at once: which can be had, and what becomes of the one that was asked for, said as it is."""

from kiosk.flow.desk_errands import ProofShown, ProofStage, Proving
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import ProofChosen
from kiosk.flow.proving import kind_of
from kiosk.flow.state import Kiosk
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Badge, IconBox, PressCard, Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped
from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from sync.contract.proofs import ProofKind

TROUBLES: dict[DocumentPrinterStatus, str] = {
    DocumentPrinterStatus.PAPER_OUT: "paper",
    DocumentPrinterStatus.JAMMED: "jam",
    DocumentPrinterStatus.COVER_OPEN: "cover",
    DocumentPrinterStatus.TRAY_FULL: "tray",
    DocumentPrinterStatus.TONER_OUT: "toner",
}
"""What a resident is told of a page printer; everything else is that it does not answer."""


class ProofListPage(Page):
    """What can be had here at once."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.community.proofs, kiosk.line_up

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        cards: list[Block] = [_kind(stage, one) for one in kiosk.community.proofs]
        if not kiosk.line_up:
            cards.insert(0, banner(stage, Tint.WARN, "cloud_off", stage.say("proofs.offline"), stage.say("proofs.offline_more")))
        touch = awaiting(stage, "touch_app", stage.say("proofs.touch_one"))
        return Sheet(cards, head=Head(stage, stage.say("proofs.title"), lead=stage.say("proofs.lead")), actions=[back_button(stage), touch])


class ProofPage(Page):
    """The certificate on its way to the tray."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Proving) or not isinstance(view, ProofShown):
            return Sheet(())
        kind = kind_of(kiosk, errand.kind)
        head = Head(stage, [Span(kind.name.said_in(stage.theme.language))] if kind else stage.say("proofs.title"))
        end = next_button(stage, stage.say("proofs.end"), icon="check")
        match view.stage:
            case ProofStage.ASKING | ProofStage.PRINTING:
                said, more = stage.say(f"proofs.{view.stage}"), stage.say(f"proofs.{view.stage}_more")
                wait = awaiting(stage, "hourglass_top", stage.say("proofs.wait"))
                return Sheet([banner(stage, Tint.PRI, Spinner(stage), said, more)], head=head, actions=[wait], finish=False)
            case ProofStage.NO_LINE | ProofStage.DECLINED:
                bad = banner(stage, Tint.WARN, "cloud_off", stage.say(f"proofs.{view.stage}"), stage.say(f"proofs.{view.stage}_more"))
                again = next_button(stage, stage.say("proofs.again"), icon="refresh")
                return Sheet([bad], head=head, actions=[back_button(stage), again])
            case ProofStage.NOTHING_KNOWN | ProofStage.NOT_OFFERED:
                staff = spaced(stage, kiosk.place.staff)
                why = stage.say(f"proofs.{view.stage}_more", staff=staff)
                return Sheet([banner(stage, Tint.INFO, "info", stage.say(f"proofs.{view.stage}"), why)], head=head, actions=[end])
            case ProofStage.PRINTED:
                done = banner(stage, Tint.OK, "task_alt", stage.say("proofs.printed"), stage.say("proofs.printed_more"))
                return Sheet([done, _number(stage, errand)], head=head, actions=[end])
            case ProofStage.NOT_PRINTED:
                return _not_printed(stage, kiosk, errand, view, head)


def trouble_said(stage: Stage, printer: DocumentPrinterStatus | None, end: JobEnd | None) -> str:
    """Return in plain words why pages did not come out, and that some may lie in the tray where that is so."""
    key = TROUBLES.get(printer, "silent") if printer is not None else "silent"
    said = stage.say(f"proofs.trouble_{key}")
    return f"{said}{stage.say('proofs.maybe_pages')}" if end in (JobEnd.ABORTED, JobEnd.UNKNOWN, JobEnd.CANCELED) else said


def _not_printed(stage: Stage, kiosk: Kiosk, errand: Proving, view: ProofShown, head: Head) -> Sheet:
    why = banner(stage, Tint.WARN, "print_disabled", stage.say("proofs.not_printed"), trouble_said(stage, view.printer, view.end))
    staff = spaced(stage, kiosk.place.staff)
    where = banner(stage, Tint.INFO, "storefront", stage.say("proofs.at_desk"), stage.say("proofs.at_desk_more", staff=staff))
    again = Button(stage, stage.say("proofs.print_again"), ReprintPressed(), test_id="reprint", kind=SECONDARY, icon="print", across=32)
    end = next_button(stage, stage.say("proofs.end"), icon="check")
    return Sheet([why, _number(stage, errand), where], head=head, actions=[again, end])


def _number(stage: Stage, errand: Proving) -> Block:
    rows: list[Part] = [KeyValue(stage, stage.say("proofs.number"), [Span(grouped(errand.number, 4))])]
    return Rows(stage, rows, ruled=False, gap=12, down=34)


def _kind(stage: Stage, one: ProofKind) -> Part:
    language = stage.theme.language
    name = one.name.said_in(language)
    about = Text(stage, [Span(one.about.said_in(language))], "body", ink="ink2")
    words = Column(stage, [Text(stage, [Span(name)], "h2"), about], gap=4, grows=True)
    if one.sample:
        words = Column(stage, [words, Gap(stage, 10), Row(stage, [Badge(stage, stage.say("proofs.sample"), Tint.SUNK)])], grows=True)
    compact = stage.theme.panel.is_compact
    box = IconBox(stage, one.icon, Tint.PRI, 84 if compact else 112)
    inside = Row(stage, [box, words, Icon(stage, "chevron_right", 50)], gap=20 if compact else 30, level=True)
    return PressCard(stage, inside, ProofChosen(one.code), test_id=f"proof-{one.code}", label=name, down=12 if compact else 30)
