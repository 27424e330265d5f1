"""A new proxy, typed step by step; the password is never shown, and what is meant is asked once more."""

from typing import assert_never

from kiosk.flow.proxying import typed_of
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import ProxyShown, ProxyStep, Upkeep
from kiosk.maintenance.machine import MachineOutcome
from kiosk.screens.components.cards import CHOSEN, WRONG, Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary
from kiosk.screens.maintenance.typing import letters
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span

_TEXTS = {ProxyStep.ADDRESS: "proxy", ProxyStep.USER: "proxy_user", ProxyStep.PASSWORD: "proxy_password"}


class ProxyPage(UpkeepPage):
    """Address, user, password, and whether that is meant."""

    title_key = "proxy_page.title"
    _is_upper = False

    def facts(self, kiosk: Kiosk) -> object:
        return super().facts(kiosk), self._is_upper

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, ProxyShown):
            return Sheet(())
        act = _act(stage, work, view)
        note = stage.say("upkeep.closes")
        if view.step is ProxyStep.ASKED:
            body = [_told(stage, view.outcome)] if view.outcome is not None else [_question(stage, view)]
            return Sheet(body, foot=foot(stage, act, note=note), gap=22)
        bed = letters(stage, upper=self._is_upper, marks=view.step is not ProxyStep.ADDRESS, shift=lambda: self._shift(kiosk), ends=False)
        body = [_field(stage, view)]
        if view.step is ProxyStep.ADDRESS:
            more = stage.say("proxy_page.more")
            if is_tight(stage):
                note = more  # above the keys there is room for what is typed alone
            else:
                body.insert(0, Text(stage, more, "lead", ink="ink2"))
        return Sheet(body, foot=Column(stage, [bed, foot(stage, act, note=note)]), gap=22)

    def _shift(self, kiosk: Kiosk) -> None:
        self._is_upper = not self._is_upper
        self.show(kiosk)


def _field(stage: Stage, view: ProxyShown) -> Block:
    key, typed = f"set_up.{_TEXTS[view.step]}", typed_of(view)
    shown = "•" * len(typed) if view.step is ProxyStep.PASSWORD else typed
    tight, look = is_tight(stage), WRONG if view.is_wrong else CHOSEN
    label = Text(stage, stage.say(key), "body", ink="ink2")
    value = Text(stage, [Span(f"{shown}▏")], "item" if tight else "h2", grows=tight)
    wrong = [Icon(stage, "error", 38, ink="err"), Text(stage, stage.say(f"{key}_wrong"), "body", ink="err", grows=not tight)]
    if tight:  # one line: five rows of keys leave no more
        line = Row(stage, [*(wrong if view.is_wrong else [label]), value], gap=20, level=True)
        few_keys = view.step is ProxyStep.ADDRESS  # the others have a row of marks as well, and no room for air
        return Card(stage, line, look=look, down=14 if stage.theme.panel.is_roomy else 10 if few_keys else 4)
    words: list[Part] = [label, value]
    if view.is_wrong:
        words.append(Row(stage, wrong, gap=14))
    return Card(stage, Column(stage, words, gap=6), look=look)


def _question(stage: Stage, view: ProxyShown) -> Block:
    asked = stage.say("proxy_page.ask", proxy=view.address) if view.address else stage.say("proxy_page.ask_none")
    login = stage.say("proxy_page.login", user=view.user) if view.user else stage.say("proxy_page.no_login")
    words: list[Part] = [Text(stage, [Span(asked)], "h2")]
    words += [Text(stage, [Span(login)], "lead")] if view.address else []
    words.append(Text(stage, stage.say("proxy_page.ask_more"), "lead"))
    return Card(stage, Column(stage, words, gap=14), look=WRONG)


def _told(stage: Stage, outcome: MachineOutcome) -> Block:
    if outcome is MachineOutcome.DONE:
        return banner(stage, Tint.OK, "task_alt", stage.say("proxy_page.done"), stage.say("proxy_page.done_more"))
    key = f"machine_page.outcome_{outcome}"
    return banner(stage, Tint.ERR, "report", stage.say(key), stage.say(f"{key}_fix"))


def _act(stage: Stage, work: Upkeep, view: ProxyShown) -> Part:
    if work.busy is not None:
        return awaiting(stage, "hourglass_top", stage.say("proxy_page.busy"))
    if view.outcome is MachineOutcome.DONE:
        return primary(stage, stage.say("proxy_page.seen"), "check")
    match view.step:
        case ProxyStep.ASKED:
            return primary(stage, stage.say("proxy_page.yes"), "restart_alt")
        case ProxyStep.ADDRESS if not view.address:
            return primary(stage, stage.say("proxy_page.none"), "arrow_forward")
        case ProxyStep.ADDRESS | ProxyStep.USER | ProxyStep.PASSWORD:
            return primary(stage, stage.say("proxy_page.next"), "arrow_forward")
        case _:
            assert_never(view.step)
