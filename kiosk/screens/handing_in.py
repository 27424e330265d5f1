"""Handing in: nothing to press, and it lasts seconds."""

from kiosk.flow.state import Kiosk
from kiosk.flow.views import HandingIn, HandingInStage
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.part import Column, Gap, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.stages import CaseStage, StageState, stage_rows
from kiosk.screens.components.text import Text
from kiosk.screens.frame import Head, step_at
from kiosk.screens.page import Page, Sheet


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
        stages = stage_rows(
            stage,
            [
                CaseStage(
                    StageState.UNDER_WAY if storing else StageState.DONE,
                    stage.say("done.stage_seal"),
                    stage.say("done.stage_seal_more"),
                    "lock",
                ),
                CaseStage(
                    StageState.TO_COME if storing else StageState.UNDER_WAY,
                    stage.say("done.stage_city"),
                    stage.say("done.stage_city_more"),
                    "cloud_upload",
                ),
                CaseStage(StageState.TO_COME, stage.say("done.stage_slip"), stage.say("done.stage_slip_more")),
            ],
        )
        compact = stage.theme.panel.is_compact
        wait = Card(
            stage,
            Column(
                stage,
                [
                    Gap(stage, 10),
                    Row(stage, [Gap(stage, grows=True), Spinner(stage, 120 if compact else 220), Gap(stage, grows=True)]),
                    Gap(stage, 26),
                    Text(stage, stage.say("done.wait"), "h2", centred=True),
                    Gap(stage, 6),
                ],
            ),
            down=16 if compact else 50,
        )
        reassurance = banner(stage, Tint.PRI, "shield_lock", None, stage.say("done.safe"))
        return Sheet(
            [wait, stages, reassurance],
            head=head,
            actions=[awaiting(stage, "hourglass_top", stage.say("done.by_itself"))],
            finish=False,
        )
