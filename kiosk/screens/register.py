"""Which page draws which view."""

from kiosk.flow.errands import CaseList, CaseShown, FindCases, NoticeList, NoticeShown, OnceOnly
from kiosk.flow.state import Capture, Done, Form, Guide, HandingIn, Home, Idle, LayCard, OutOfOrder, Review, Sign, View
from kiosk.screens.capture import CapturePage
from kiosk.screens.done import DonePage
from kiosk.screens.form import FormPage
from kiosk.screens.guide import GuidePage
from kiosk.screens.handing_in import HandingInPage
from kiosk.screens.home import HomePage
from kiosk.screens.idle import IdlePage
from kiosk.screens.lay_card import LayCardPage
from kiosk.screens.notices import NoticeListPage, NoticePage
from kiosk.screens.once_only import OnceOnlyPage
from kiosk.screens.out_of_order import OutOfOrderPage
from kiosk.screens.page import Page
from kiosk.screens.progress import CaseListPage, CasePage, FindCasesPage
from kiosk.screens.review import ReviewPage
from kiosk.screens.signature import SignPage

PAGES: dict[type[View], type[Page]] = {
    Idle: IdlePage,
    Home: HomePage,
    Guide: GuidePage,
    LayCard: LayCardPage,
    Form: FormPage,
    Capture: CapturePage,
    Sign: SignPage,
    Review: ReviewPage,
    HandingIn: HandingInPage,
    Done: DonePage,
    OutOfOrder: OutOfOrderPage,
    NoticeList: NoticeListPage,
    NoticeShown: NoticePage,
    FindCases: FindCasesPage,
    CaseList: CaseListPage,
    CaseShown: CasePage,
    OnceOnly: OnceOnlyPage,
}


def page_for(view: View) -> type[Page]:
    """Return the page that draws this view."""
    return PAGES[type(view)]
