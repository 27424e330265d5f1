"""Following one's cases: finding them, the list, and one case office by office."""

from collections.abc import Sequence
from datetime import date

from kiosk.flow.errands import CaseShown, FindCases, FindStage, Following, RatingStage
from kiosk.flow.events.applying import Rated
from kiosk.flow.events.choosing import CaseOpened
from kiosk.flow.following import to_correct
from kiosk.flow.social_card import is_in_vain
from kiosk.flow.state import Kiosk
from kiosk.screens.case_sheet import sheet_parts
from kiosk.screens.components.cards import RAISED, SURFACE, WRONG, Badge, Card, IconBox, PressCard, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.stages import CaseStage, StageState, stage_rows
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.done import faces_card
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.lay_card import put_in_vain, refusal
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped
from peripherals.id_card_reader import CardReadStatus
from sync.contract.progress import CaseProgress, CaseState

_LOOKS: dict[CaseState, tuple[str, Tint]] = {
    CaseState.DELIVERED: ("outbox", Tint.INFO),
    CaseState.TO_CORRECT: ("edit_document", Tint.ERR),
    CaseState.ACCEPTED: ("assignment_turned_in", Tint.PRI),
    CaseState.CLOSED: ("task_alt", Tint.OK),
    CaseState.NOT_ACCEPTED: ("block", Tint.CLAY),
    CaseState.ENDED: ("block", Tint.SUNK),
}


class FindCasesPage(Page):
    """Lay the card, or show the slip; then a moment of asking."""

    def facts(self, kiosk: Kiosk) -> object:
        return super().facts(kiosk), is_in_vain(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, stage = kiosk.view, self.stage
        if not isinstance(view, FindCases):
            return Sheet(())
        lead = stage.say("progress.find_lead_scan" if kiosk.place.scans else "progress.find_lead")
        head = Head(stage, stage.say("progress.find_title"), lead=lead)
        is_lying = view.stage in (FindStage.READING, FindStage.ASKING)
        plain = bool(stage.theme.palette.outline)
        shown: Part = Icon(stage, "badge", 420, ink="pri") if plain else Picture(stage, "card-lies" if is_lying else "lay-card", grows=True)
        body: list[Part] = [
            Card(stage, shown, look=Look("surface", lift=CARD_LIFT), across=0, down=20, grows=True),
            put_in_vain(stage) if view.stage is not FindStage.READING and is_in_vain(kiosk) else _finding(stage, kiosk, view),
        ]
        actions: list[Part] = [back_button(stage)]
        if view.stage in (FindStage.NO_LINE, FindStage.DECLINED):
            actions.append(next_button(stage, stage.say("progress.ask_again"), icon="refresh"))
        elif view.stage is FindStage.READING:
            actions.append(awaiting(stage, "pan_tool", stage.say("card.hold")))
        else:
            actions.append(awaiting(stage, "badge", stage.say("card.goes_on")))
        return Sheet(body, head=head, actions=actions)


def _finding(stage: Stage, kiosk: Kiosk, view: FindCases) -> Part:
    hotline = kiosk.place.hotline
    match view.stage:
        case FindStage.WAITING if view.status is not None:
            return refusal(stage, view.status)
        case FindStage.WAITING:
            waiting = stage.say("progress.waiting_scan" if kiosk.place.scans else "progress.waiting")
            return banner(stage, Tint.PRI, Spinner(stage), waiting, stage.say("progress.waiting_more"))
        case FindStage.READING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.reading"), stage.say("card.reading_more"))
        case FindStage.REFUSED:
            return refusal(stage, view.status or CardReadStatus.CARD_MOVED)
        case FindStage.NOT_OURS:
            return banner(stage, Tint.WARN, "qr_code_2", stage.say("progress.not_ours"), stage.say("progress.not_ours_more"))
        case FindStage.ASKING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("progress.asking"), stage.say("progress.asking_more"))
        case FindStage.NO_LINE:
            return banner(stage, Tint.WARN, "cloud_off", stage.say("progress.no_line"), stage.say("progress.no_line_more", hotline=hotline))
        case FindStage.DECLINED:
            return banner(stage, Tint.WARN, "info", stage.say("progress.declined"), stage.say("progress.declined_more", hotline=hotline))


class CaseListPage(Page):
    """Every case; what the resident has to do first comes first."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand = self.stage, kiosk.visit
        if not isinstance(errand, Following):
            return Sheet(())
        if not errand.cases:
            nothing = banner(stage, Tint.INFO, "search_off", stage.say("progress.none"), stage.say("progress.none_more"))
            return Sheet([nothing], head=Head(stage, stage.say("progress.find_title")), actions=[back_button(stage)])
        count = len(errand.cases)
        name = errand.name.reveal() if errand.name is not None else ""
        title = stage.say("progress.list_title_name", name=name, count=count) if 0 < len(name) <= _NAME_MAX else ""
        lead = stage.say("progress.list_lead") if count > 1 else None
        head = Head(stage, [Span(title or stage.say("progress.list_title", count=count))], lead=lead)
        cards: list[Block] = [_card(stage, case) for case in errand.cases]
        actions: list[Part] = [back_button(stage)]
        if to_correct(errand) is not None:
            actions.append(next_button(stage, stage.say("progress.bring")))
        else:
            actions.append(awaiting(stage, "touch_app", stage.say("progress.touch_one")))
        return Sheet(cards, head=head, actions=actions)


_NAME_MAX = 4
"""Letters: a longer name leaves no room on one line; the list is theirs without it."""


def _card(stage: Stage, case: CaseProgress) -> Part:
    icon, tint = _LOOKS[case.state]
    name = case.item_name.said_in(stage.theme.language)
    missing = case.state is CaseState.TO_CORRECT
    lines: list[Part] = [
        Text(stage, [Span(name)], "item"),
        Text(stage, [Span(line_of(stage, case))], "body", ink="err" if missing else "ink2"),
        Text(stage, [Span(stage.say("progress.number", number=grouped(case.number, 4)))], "caption", ink="ink2"),
    ]
    badge = Badge(stage, stage.say(f"progress.state_{case.state}"), tint)
    if stage.theme.is_large:
        inside: Part = Column(stage, [Row(stage, [badge, Gap(stage, grows=True)]), Gap(stage, 8), *lines])
    else:
        head = Row(stage, [lines[0], badge], gap=18, level=True)
        lines[0].grows = True
        words = Column(stage, [head, *lines[1:]], gap=4, grows=True)
        inside = Row(stage, [IconBox(stage, icon, tint, 92), words, Icon(stage, "chevron_right", 44)], gap=26, level=True)
    look = WRONG if missing else SURFACE
    return PressCard(stage, inside, CaseOpened(case.application_id), test_id=f"case-{case.number}", label=name, look=look, down=24)


def line_of(stage: Stage, case: CaseProgress) -> str:
    """Return the one sentence that says how the case stands and until when."""
    match case.state:
        case CaseState.DELIVERED:
            return stage.say("progress.line_delivered", **_on(case.received_on), **_by(case.answer_by))
        case CaseState.TO_CORRECT:
            return stage.say("progress.line_to_correct", count=len(case.missing), **_by(case.correct_by))
        case CaseState.ACCEPTED if case.days_left is None:
            return stage.say("progress.line_accepted_stands")
        case CaseState.ACCEPTED:
            return stage.say("progress.line_accepted", count=case.days_left, **_by(case.decide_by))
        case CaseState.CLOSED if case.is_approved and case.result is not None:
            result = case.result.said_in(stage.theme.language)
            return stage.say("progress.line_result", result=result, **_on(case.decided_on))
        case _ if case.reason:
            return stage.say("progress.line_reason", reason=case.reason, **_on(case.decided_on))
        case _:
            return stage.say("progress.line_ended", **_on(case.decided_on))


def _on(day: date | None) -> dict[str, object]:
    return {"month": day.month if day else "", "day": day.day if day else ""}


def _by(day: date | None) -> dict[str, object]:
    return {"by_month": day.month if day else "", "by_day": day.day if day else ""}


class CasePage(Page):
    """One case: where it is, who has it, until when, and at the end how it was."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, errand, stage = kiosk.view, kiosk.visit, self.stage
        if not isinstance(view, CaseShown) or not isinstance(errand, Following) or (case := errand.case(view.case)) is None:
            return Sheet(())
        body: list[Block] = [_standing(stage, case), stage_rows(stage, stages_of(stage, case))]
        if case.reason and case.state in (CaseState.NOT_ACCEPTED, CaseState.CLOSED):
            body.append(banner(stage, Tint.INFO, "gavel", None, stage.say("progress.review_right", hotline=kiosk.place.hotline)))
        if case.may_be_rated:
            body.append(_rating(stage, view))
        body += sheet_parts(stage, kiosk, case, view.sheet)
        if view.sheet is not None and view.sheet.is_under_way:
            waiting = awaiting(stage, "print", stage.say("progress.sheet_wait"))
            return Sheet(body, head=Head(stage, [Span(case.item_name.said_in(stage.theme.language))]), actions=[waiting], finish=False)
        text = stage.say("progress.all_cases") if len(errand.cases) > 1 else None
        head = Head(stage, [Span(case.item_name.said_in(stage.theme.language))])
        return Sheet(body, head=head, actions=[back_button(stage, text=text)])


def _standing(stage: Stage, case: CaseProgress) -> Part:
    icon, tint = _LOOKS[case.state]
    words = Column(
        stage,
        [
            Row(stage, [Badge(stage, stage.say(f"progress.state_{case.state}"), tint, icon=icon), Gap(stage, grows=True)]),
            Gap(stage, 10),
            Text(stage, [Span(line_of(stage, case))], "h2"),
            Text(stage, [Span(stage.say("progress.number", number=grouped(case.number, 4)))], "body", ink="ink2"),
        ],
        grows=True,
    )
    return Card(stage, words, look=RAISED)


def stages_of(stage: Stage, case: CaseProgress) -> Sequence[CaseStage]:
    """Return handing in, acceptance, and then each office's part, as far as the city told them."""
    language = stage.theme.language
    found = [CaseStage(StageState.DONE, stage.say("progress.stage_handed_in"), stage.say("progress.day", **_on(case.received_on)))]
    if case.state is CaseState.DELIVERED:
        text = stage.say("progress.stage_accept_now", **_by(case.answer_by))
        return [*found, CaseStage(StageState.UNDER_WAY, stage.say("progress.stage_accept"), text, "pending_actions")]
    if case.state in (CaseState.NOT_ACCEPTED, CaseState.ENDED):
        title = stage.say(f"progress.state_{case.state}")
        return [*found, CaseStage(StageState.UNDER_WAY, title, line_of(stage, case), "block")]
    found.append(CaseStage(StageState.DONE, stage.say("progress.stage_accept"), stage.say("progress.day", **_on(case.accepted_on))))
    for one in case.stages:
        name = one.name.said_in(language)
        if one.done_on is not None:
            text = stage.say("progress.stage_done", office=one.office, **_on(one.done_on))
            found.append(CaseStage(StageState.DONE, name, text))
        elif one.is_now:
            found.append(CaseStage(StageState.UNDER_WAY, name, stage.say("progress.stage_now", office=one.office), "pending_actions"))
        elif case.state is CaseState.ACCEPTED:
            found.append(CaseStage(StageState.TO_COME, name, stage.say("progress.stage_to_come", office=one.office)))
    if case.state is CaseState.CLOSED:
        key = "progress.stage_end_approved" if case.is_approved else "progress.stage_end_not_approved"
        state = StageState.DONE if case.is_approved else StageState.UNDER_WAY
        found.append(CaseStage(state, stage.say(key), stage.say("progress.day", **_on(case.decided_on)), "block"))
    return found


def _rating(stage: Stage, view: CaseShown) -> Part:
    said = stage.say(f"progress.rate_{view.rating}") if view.rating else stage.say("done.voluntary")
    chosen = view.level if view.rating in (RatingStage.SENDING, RatingStage.KEPT) else None
    return faces_card(stage, stage.say("progress.rate"), said, chosen, Rated)
