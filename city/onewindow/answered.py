"""How a page answers what somebody did: on to the next page, or why nothing happened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from city.onewindow.front_desk import Outcome
from city.onewindow.models import Case
from city.onewindow.standing import NotNow
from city.onewindow.work import Carried, Overtaken

NOT_NOW: dict[NotNow, str] = {
    NotNow.OTHER_STATE: "本件现在不在能这样办的状态。",
    NotNow.TOLD_ALREADY: "本件已经一次告知过，不能再要求新的材料。",
    NotNow.NO_REASON: "要写明理由，居民会读到它。",
    NotNow.NO_SUCH_STEP: "本件的流程里没有这一步。",
    NotNow.STEP_NOT_READY: "这一步还没有轮到，或者已经办完。",
    NotNow.HELD_BY_ANOTHER: "这一步现在由别人办理，请先领取。",
    NotNow.NOT_EARLIER: "只能退回到前面已办的步骤。",
    NotNow.SAME_PERSON: "受理或审核过本件的人，不能再作决定。请转给同岗。",
    NotNow.TOO_EARLY: "公示期还没有满，期满后再办结。",
    NotNow.CLOCK_STANDS: "特别程序还没有结束，先续计时再办结。",
    NotNow.NO_SUCH_ROUTE: "没有这一版流程，或者本件已经按它办。",
    NotNow.STEP_GONE: "现在办到的这一步，新流程里没有了。",
    NotNow.STEP_BEFORE: "新流程在已经办了的步骤前面加了步骤。",
    NotNow.OTHER_OFFICE: "正在办的这一步，新流程归别的科室。",
    NotNow.WOULD_DECIDE: "一改就会改变或定下结论，要由人来定。",
}
"""What the clerk reads for each reason; a test proves the table complete."""


def answered(request: HttpRequest, case: Case, outcome: Outcome, onward: str) -> HttpResponse:
    """Lead on, or say in one sentence why nothing was changed."""
    match outcome:
        case Carried():
            return redirect(onward)
        case Overtaken(event):
            return render(request, "errors/overtaken.html", {"case": case, "event": event, "onward": onward}, status=409)
        case NotNow():
            return render(request, "errors/not_now.html", {"why": NOT_NOW[outcome], "onward": onward}, status=409)


def version_shown(request: HttpRequest) -> int:
    """Return the version of what the page showed; none that exists where the form was made up."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
