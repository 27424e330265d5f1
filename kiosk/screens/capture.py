"""A paper under the camera: aim, take, look at it, keep it or take it again."""

import time

from kiosk.flow.continuing import offered
from kiosk.flow.events.applying import CapturePressed, EarlierPaperUsed, PageAdded, PaperSkipped, RetakePressed
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.papers import REFUSALS_BEFORE_INSISTING, STEADY_S
from kiosk.flow.route import paper_of
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, CaptureStage
from kiosk.flow.visit import Visit
from kiosk.screens.components.buttons import PRIMARY, SECONDARY, Button
from kiosk.screens.components.cards import CHOSEN, SURFACE, Card, IconBox, Tint
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.entry.aiming import Chips, HintCard
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.preview import Viewfinder
from kiosk.screens.frame import Head, back_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from peripherals.document_camera import PaperHint
from sync.contract.answers import materials_asked
from sync.contract.item import Material

_MOST_CARDS = 4
_MOST_EARLIER = 2
_FAULTS = (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED)


class CapturePage(Page):
    """The viewfinder, the chips and the hint stay and change in place; the rest is set anew with the stage of the picture."""

    is_lively = True

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._finder: Viewfinder | None = None
        self._chips: Chips | None = None
        self._hint: HintCard | None = None
        self._made_for: object = None
        self._good_since: float | None = None
        self._counted = 0

    def facts(self, kiosk: Kiosk) -> object:
        visit, view = _capture(kiosk)
        return view.material, view.page, view.stage, view.view.hint in _FAULTS, kiosk.display, len(visit.papers)

    def show(self, kiosk: Kiosk) -> None:
        """Show the page and run the camera's picture, or hold the one that was taken."""
        super().show(kiosk)
        _, view = _capture(kiosk)
        if self._finder is None:
            return
        if view.stage is CaptureStage.TAKEN and view.picture is not None:
            self._finder.hold(view.picture)
        else:
            self._finder.run()
        is_good = view.stage is CaptureStage.AIMING and view.view.hint is PaperHint.GOOD and view.is_fresh
        self._good_since = (self._good_since or time.monotonic()) if is_good else None
        self._say(view)

    def leave(self) -> None:
        """Stop asking for frames, and drop the last one."""
        if self._finder is not None:
            self._finder.forget()

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        language = stage.theme.language
        visit, view = _capture(kiosk)
        paper = next(known for known in visit.item.materials if known.id == view.material)
        finder, chips, hint = self._kept(kiosk)
        taken = view.stage is CaptureStage.TAKEN
        earlier = [] if taken else self._earlier(kiosk, visit)
        compact = stage.theme.panel.is_compact
        # No room for both: the hint says what the chips show. Without a camera they show nothing.
        is_tight = stage.theme.panel.is_short and (bool(earlier) or stage.theme.is_large or (compact and view.view.hint in _FAULTS))
        parts: list[Part] = [hint] if taken or is_tight else [chips, hint]
        if taken:
            parts.append(self._again(view, paper))
        else:
            cards = _cards(stage, visit, view)
            parts += [cards] if cards is not None and not stage.theme.is_large and stage.theme.panel.is_upright else []
            parts += earlier[:1] if is_tight else earlier
            parts += [] if paper.required else [self._small("skip", PaperSkipped(), "skip_next", grows=False)]
        body: list[Part] = [finder, *parts]
        if not stage.theme.panel.is_upright:
            body = [Beside(stage, finder, Column(stage, parts, gap=12 if compact else 22, grows=hint.grows), 560)]
        lead = stage.say("capture.taken_lead") if taken else paper.help.said_in(language) if paper.help else stage.say("capture.lead")
        title = stage.say("capture.title", name=paper.name.said_in(language))
        aside = stage.say("capture.page", page=view.page) if view.page > 1 or paper.pages_max > 1 else ""
        head = Head(
            stage,
            [Span(title)],
            lead=None if stage.theme.is_large else [Span(lead)],
            step=step_at(visit.item, "form" if paper.first else "papers"),
            about=visit.item.name.said_in(language),
            aside=aside,
            role="h2" if compact else "h1",
        )
        return Sheet(body, head=head, actions=[back_button(stage), self._main(view)])

    # Parts

    def _kept(self, kiosk: Kiosk) -> tuple[Viewfinder, Chips, HintCard]:
        if self._finder is None or self._chips is None or self._hint is None or self._made_for != kiosk.display:
            if self._finder is not None:
                self._finder.forget()
            self._made_for = kiosk.display
            self._finder, self._chips, self._hint = Viewfinder(self.stage, ticked=self._count), Chips(self.stage), HintCard(self.stage)
        for part in (self._finder, self._chips, self._hint):
            if part.parent is not None:
                part.parent.remove_widget(part)
        return self._finder, self._chips, self._hint

    def _main(self, view: Capture) -> Part:
        stage = self.stage
        match view.stage:
            case CaptureStage.OPENING:
                return awaiting(stage, "hourglass_top", stage.say("capture.opening"))
            case CaptureStage.TAKING:
                return awaiting(stage, "photo_camera", stage.say("capture.taking"))
            case CaptureStage.AIMING if view.view.hint in _FAULTS:
                return awaiting(stage, "hourglass_top", stage.say("capture.waiting"))
            case CaptureStage.AIMING:
                text = stage.say("capture.capture")
                return Button(
                    stage, text, CapturePressed(), test_id="capture", kind=PRIMARY, icon="photo_camera", icon_after=True, grows=True
                )
            case CaptureStage.TAKEN:
                return Button(
                    stage, stage.say("capture.keep"), NextPressed(), test_id="next", kind=PRIMARY, icon="check", icon_after=True, grows=True
                )

    def _earlier(self, kiosk: Kiosk, visit: Visit) -> list[Part]:
        """Offer the papers of an earlier application of the same visit; the newest two, so that the picture keeps its room."""
        stage = self.stage
        parts: list[Part] = []
        for place, earlier in enumerate(offered(kiosk, visit)[:_MOST_EARLIER]):
            name = earlier.name.said_in(stage.theme.language)
            said = stage.say("capture.earlier", name=name, count=len(earlier.pages))
            parts.append(
                Button(
                    stage,
                    [Span(said)],
                    EarlierPaperUsed(place),
                    test_id=f"earlier-{place}",
                    kind=SECONDARY,
                    icon="history",
                    role="toggle",
                    weight=Weight.MEDIUM,
                    height=100,
                    icon_units=42,
                )
            )
        return parts

    def _again(self, view: Capture, paper: Material) -> Row:
        parts: list[Part] = [self._small("retake", RetakePressed(), "replay", grows=True)]
        if view.page < paper.pages_max:
            parts.append(self._small("add_page", PageAdded(), "note_add", grows=True))
        return Row(self.stage, parts, gap=20, even=True)

    def _small(self, name: str, act: RetakePressed | PageAdded | PaperSkipped, icon: str, *, grows: bool) -> Button:
        return Button(
            self.stage, self.stage.say(f"capture.{name}"), act, test_id=name.replace("_", "-"), kind=SECONDARY, icon=icon, role="toggle",
            weight=Weight.MEDIUM, height=100, icon_units=42, grows=grows,
        )  # fmt: skip

    # What it says

    def _say(self, view: Capture) -> None:
        if self._hint is None or self._chips is None:
            return
        say, hint = self.stage.say, view.view.hint
        self._chips.show(hint if view.stage is not CaptureStage.OPENING else PaperHint.NO_PAPER)
        if view.stage is CaptureStage.OPENING:
            self._hint.show(PaperHint.NO_PAPER)
        elif view.stage is CaptureStage.TAKEN:
            poor = "" if hint is PaperHint.GOOD else "_poor"
            self._hint.show(hint, title=say(f"capture.taken{poor}"), do=say(f"capture.taken{poor}_do"), tint=Tint.WARN if poor else Tint.OK,
                            icon="error" if poor else "check_circle")  # fmt: skip
        elif view.refusals and hint is not PaperHint.GOOD and hint not in _FAULTS:
            self._say_refused(view, hint)
        elif view.stage is CaptureStage.AIMING and hint is PaperHint.GOOD and not view.is_fresh:
            self._hint.show(hint, title=say("capture.ready"), do=say("capture.ready_do"))
        else:
            self._hint.show(hint, count=self._seconds())

    def _say_refused(self, view: Capture, hint: PaperHint) -> None:
        """Ask for another picture; the fourth time offer to take it as it is; when that was no use either, say how to go on."""
        if self._hint is None or self.kiosk is None:
            return
        say = self.stage.say
        if view.refusals > REFUSALS_BEFORE_INSISTING:
            visit, _ = _capture(self.kiosk)
            way = "enough_do" if paper_of(visit, view).required else "enough_skip"
            self._hint.show(hint, title=say("capture.enough"), do=say(f"capture.{way}", call=self.stage.call))
        elif view.refusals == REFUSALS_BEFORE_INSISTING:
            self._hint.show(hint, title="", do=say("capture.insist"))
        else:
            self._hint.show(hint, title=say("capture.refused"), do=say(f"problem.paper_{hint}_do", call=self.stage.call))

    def _seconds(self) -> int:
        if self._good_since is None:
            return 0
        return max(1, round(STEADY_S - (time.monotonic() - self._good_since) + 0.4))

    def _count(self) -> None:
        """Let the seconds run while a good picture is about to take itself."""
        if self.kiosk is not None and self._good_since is not None and self._seconds() != self._counted:
            self._counted = self._seconds()
            self._say(_capture(self.kiosk)[1])


def _cards(stage: Stage, visit: Visit, view: Capture) -> Part | None:
    """Return the papers of this visit, when there are a few: what is done, what is now, what comes later."""
    papers = materials_asked(visit.item, visit.answers)
    if not 1 < len(papers) <= _MOST_CARDS:
        return None
    return Row(stage, [_card(stage, visit, view, paper) for paper in papers], gap=18, even=True)


def _card(stage: Stage, visit: Visit, view: Capture, paper: Material) -> Card:
    now = paper.id == view.material
    done = bool(visit.pages_of(paper))
    state = "now" if now else "done" if done else "later" if paper.required else "optional"
    icon = "photo_camera" if now else "check" if done else "description"
    name = Text(stage, [Span(paper.name.said_in(stage.theme.language))], "caption", weight=Weight.BOLD)
    words = Column(
        stage, [name, Text(stage, stage.say(f"capture.state_{state}"), "caption", ink="ok" if done and not now else "ink2")], grows=True
    )
    box = IconBox(stage, icon, Tint.PRI if now else Tint.OK if done else Tint.SUNK, 68)
    return Card(stage, Row(stage, [box, words], gap=16, level=True), look=CHOSEN if now else SURFACE, across=20, down=16)


def _capture(kiosk: Kiosk) -> tuple[Visit, Capture]:
    if kiosk.application is None or not isinstance(kiosk.view, Capture):
        raise TypeError("a paper is shown without one being asked for")
    return kiosk.application, kiosk.view
