"""Handing in: nothing to press, and it lasts seconds."""

from kiosk.flow.state import Kiosk
from kiosk.flow.views import HandingIn, HandingInStage
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.stages import CaseStage, StageState, stage_rows
from kiosk.screens.components.text import Text
from kiosk.screens.frame import Head, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage


class HandingInPage(Page):
    """What the machine is doing, one stage after another."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view = kiosk.view
        if not isinstance(view, HandingIn) or kiosk.application is None:
            return Sheet(())
        stage = self.stage
        storing = view.stage is HandingInStage.STORING
        about = kiosk.application.item.name.said_in(stage.theme.language)
        key = "storing" if storing else "asking"
        head = Head(
            stage, stage.say(f"done.{key}"), lead=stage.say(f"done.{key}_lead"), step=step_at(kiosk.application.item, "check"), about=about
        )
        # Nobody turns leaves of a page that is gone in seconds: a small panel says only that there is nothing to do.
        body: list[Block] = [_wait_in_one_line(stage)] if stage.theme.panel.is_compact else [_wait(stage), _stages(stage, storing=storing)]
        body.append(banner(stage, Tint.PRI, "shield_lock", None, stage.say("done.safe")))
        return Sheet(body, head=head, actions=[awaiting(stage, "hourglass_top", stage.say("done.by_itself"))], finish=False)


def _wait(stage: Stage) -> Part:
    inside: list[Part] = [
        Gap(stage, 10),
        Row(stage, [Gap(stage, grows=True), Spinner(stage, 220), Gap(stage, grows=True)]),
        Gap(stage, 26),
        Text(stage, stage.say("done.wait"), "h2", centred=True),
        Gap(stage, 6),
    ]
    return Card(stage, Column(stage, inside), down=50)


def _wait_in_one_line(stage: Stage) -> Part:
    return Card(
        stage, Row(stage, [Spinner(stage, 120), Text(stage, stage.say("done.wait"), "h2", grows=True)], gap=32, level=True), down=24
    )


def _stages(stage: Stage, *, storing: bool) -> Rows:
    seal, city = (StageState.UNDER_WAY, StageState.TO_COME) if storing else (StageState.DONE, StageState.UNDER_WAY)
    return stage_rows(
        stage,
        [
            CaseStage(seal, stage.say("done.stage_seal"), stage.say("done.stage_seal_more"), "lock"),
            CaseStage(city, stage.say("done.stage_city"), stage.say("done.stage_city_more"), "cloud_upload"),
            CaseStage(StageState.TO_COME, stage.say("done.stage_slip"), stage.say("done.stage_slip_more")),
        ],
    )
