"""Which page draws which view, and when its code is brought in.

A terminal that starts shows one page. The others come after its first frame, one in each idle moment, so that neither the start nor a
later change of page waits for them.
"""

from collections.abc import Iterator
from importlib import import_module

from kiosk.flow.carried import NextMatter
from kiosk.flow.desk_errands import (
    BookCheck,
    BookedShown,
    CodeEntry,
    HolderCard,
    MatterList,
    MineList,
    MineShown,
    NumberEntry,
    ProofList,
    ProofShown,
    RemindAsk,
    TimeList,
)
from kiosk.flow.errands import (
    AccountEntry,
    AccountList,
    BillShown,
    CaseList,
    CaseShown,
    FindCases,
    FindPaid,
    FitList,
    FitQuestion,
    NoticeList,
    NoticeShown,
    OnceOnly,
    PaidCodeEntry,
    PaidList,
    PaidMissing,
    PaidShown,
    PayCode,
    ProviderList,
    ProviderShown,
    SearchShown,
    ServiceList,
    UtilityList,
)
from kiosk.flow.setting_up import SetUpShown
from kiosk.flow.technician import (
    CameraChart,
    MachineShown,
    Overview,
    PaperChange,
    PartTests,
    ProxyShown,
    QueueShown,
    StaffSignIn,
    SuppliesShown,
    TouchTargets,
    TouchTrial,
    WayShown,
)
from kiosk.flow.views import Capture, Done, Eligible, Form, Guide, HandingIn, Home, Idle, LayCard, OutOfOrder, Review, Sign, View, Whose
from kiosk.screens.page import Page

PAGES: dict[type[View], tuple[str, str]] = {
    Idle: ("idle", "IdlePage"),
    Home: ("home", "HomePage"),
    Guide: ("guide", "GuidePage"),
    Whose: ("one_question", "WhosePage"),
    LayCard: ("lay_card", "LayCardPage"),
    Eligible: ("one_question", "EligiblePage"),
    Form: ("form", "FormPage"),
    Capture: ("capture", "CapturePage"),
    Sign: ("signature", "SignPage"),
    Review: ("review", "ReviewPage"),
    HandingIn: ("handing_in", "HandingInPage"),
    Done: ("done", "DonePage"),
    OutOfOrder: ("out_of_order", "OutOfOrderPage"),
    NoticeList: ("notices", "NoticeListPage"),
    NoticeShown: ("notices", "NoticePage"),
    FindCases: ("progress", "FindCasesPage"),
    CaseList: ("progress", "CaseListPage"),
    CaseShown: ("progress", "CasePage"),
    OnceOnly: ("once_only", "OnceOnlyPage"),
    FitQuestion: ("fitting", "FitQuestionPage"),
    FitList: ("fitting", "FitListPage"),
    SearchShown: ("search", "SearchPage"),
    ServiceList: ("directory", "ServiceListPage"),
    ProviderList: ("directory", "ProviderListPage"),
    ProviderShown: ("directory", "ProviderPage"),
    UtilityList: ("bills", "UtilityListPage"),
    AccountEntry: ("bills", "AccountPage"),
    AccountList: ("accounts", "AccountListPage"),
    BillShown: ("bills", "BillPage"),
    PayCode: ("bills", "PayPage"),
    FindPaid: ("paid_again", "FindPaidPage"),
    PaidCodeEntry: ("paid_again", "PaidCodePage"),
    PaidMissing: ("paid_again", "PaidMissingPage"),
    PaidList: ("paid_again", "PaidListPage"),
    PaidShown: ("paid_again", "PaidPage"),
    NextMatter: ("next_matter", "NextMatterPage"),
    HolderCard: ("holder_card", "HolderCardPage"),
    ProofList: ("proofs", "ProofListPage"),
    ProofShown: ("proofs", "ProofPage"),
    MatterList: ("appointments", "MatterListPage"),
    TimeList: ("appointments", "TimeListPage"),
    BookCheck: ("appointments", "BookCheckPage"),
    NumberEntry: ("claiming", "NumberPage"),
    CodeEntry: ("claiming", "CodePage"),
    RemindAsk: ("claiming", "RemindAskPage"),
    BookedShown: ("appointments", "BookedPage"),
    MineList: ("appointments", "MineListPage"),
    MineShown: ("appointments", "MinePage"),
    StaffSignIn: ("maintenance.sign_in", "SignInPage"),
    Overview: ("maintenance.overview", "OverviewPage"),
    PartTests: ("maintenance.part_tests", "PartTestsPage"),
    QueueShown: ("maintenance.queue", "QueuePage"),
    WayShown: ("maintenance.way", "WayPage"),
    CameraChart: ("maintenance.camera", "CameraChartPage"),
    TouchTargets: ("maintenance.touch", "TouchTargetsPage"),
    TouchTrial: ("maintenance.touch", "TouchTrialPage"),
    SuppliesShown: ("maintenance.supplies", "SuppliesPage"),
    PaperChange: ("maintenance.paper", "PaperChangePage"),
    MachineShown: ("maintenance.machine", "MachinePage"),
    ProxyShown: ("maintenance.proxy", "ProxyPage"),
    SetUpShown: ("maintenance.set_up", "SetUpPage"),
}
"""Module beside this one, and class."""


def page_for(view: View) -> type[Page]:
    """Return the page that draws this view."""
    return _page(type(view))


def bring_in() -> Iterator[type[Page]]:
    """Yield every page, each brought in when it is asked for."""
    for view in PAGES:
        yield _page(view)


def _page(view: type[View]) -> type[Page]:
    module, name = PAGES[view]
    page: type[Page] = getattr(import_module(f"kiosk.screens.{module}"), name)
    return page
