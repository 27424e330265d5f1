"""Who may do what: one table for every app of the city. A page names the right that it needs; a posting gives its role's rights."""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is posted as; one person may hold several postings."""

    FRONT_DESK = "front_desk", "前台受理"
    OFFICE_CLERK = "office_clerk", "科室经办"
    OFFICE_HEAD = "office_head", "科室负责人"
    GRID_WORKER = "grid_worker", "网格员"
    CONTENT_EDITOR = "content_editor", "内容编辑"
    REVIEWER = "reviewer", "内容审核"
    PROVIDER = "provider", "服务商"
    FLEET_OPERATOR = "fleet_operator", "终端运维"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "管理员"


class Right(StrEnum):
    """What may be done. Reading alone is a right too: an auditor sees who looked, never what they saw."""

    READ_CASES = "read_cases"
    DECIDE_CASES = "decide_cases"  # accept, say what is missing, refuse, withdraw
    ENTER_CASES = "enter_cases"  # at the desk, for somebody who stands there
    HANDLE_STEPS = "handle_steps"
    DIRECT_STEPS = "direct_steps"  # give a step to somebody else of the office
    READ_ROUTES = "read_routes"
    REROUTE_CASES = "reroute_cases"  # move open cases of an item to its newer route
    RECONCILE = "reconcile"
    WORK_THE_GRID = "work_the_grid"
    DISPATCH_EVENTS = "dispatch_events"
    ANSWER_CALLS = "answer_calls"  # of somebody at a terminal who wants a person
    READ_CONTENT = "read_content"  # notices, also those not yet published
    WRITE_CONTENT = "write_content"
    REVIEW_CONTENT = "review_content"
    READ_ITEMS = "read_items"  # also those that are not yet published
    WRITE_ITEMS = "write_items"
    REVIEW_ITEMS = "review_items"  # look through what somebody else wrote, sign it, withdraw it
    KEEP_PROVIDERS = "keep_providers"
    SEE_ORDERS = "see_orders"
    SERVE_ORDERS = "serve_orders"
    KEEP_TIME_BANK = "keep_time_bank"  # accounts of mutual help, and entries on the community's word
    DIRECT_TIME_BANK = "direct_time_bank"  # its limits, and taking an entry back
    OPERATE_FLEET = "operate_fleet"
    WITNESS_ADMISSION = "witness_admission"  # be one of the two who say that the six words are the same
    ISSUE_PROOFS = "issue_proofs"  # print an issued certificate for its holder, take one back
    SERVE_APPOINTMENTS = "serve_appointments"
    READ_FIGURES = "read_figures"
    EXPORT_CASES = "export_cases"  # take a year's cases away as rows, nothing personal in them
    READ_AUDIT = "read_audit"
    MANAGE_STAFF = "manage_staff"
    KEEP_PARTNERS = "keep_partners"  # departments' own systems: what they are told, what they may fetch


HOLDERS: dict[Right, frozenset[Role]] = {
    Right.READ_CASES: frozenset({Role.FRONT_DESK, Role.OFFICE_CLERK, Role.OFFICE_HEAD}),
    Right.DECIDE_CASES: frozenset({Role.FRONT_DESK}),
    Right.ENTER_CASES: frozenset({Role.FRONT_DESK}),
    Right.HANDLE_STEPS: frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD}),
    Right.DIRECT_STEPS: frozenset({Role.OFFICE_HEAD}),
    Right.READ_ROUTES: frozenset({Role.FRONT_DESK, Role.OFFICE_CLERK, Role.OFFICE_HEAD, Role.CONTENT_EDITOR, Role.REVIEWER}),
    Right.REROUTE_CASES: frozenset({Role.OFFICE_HEAD, Role.ADMINISTRATOR}),
    Right.RECONCILE: frozenset({Role.FRONT_DESK, Role.OFFICE_HEAD}),
    Right.WORK_THE_GRID: frozenset({Role.GRID_WORKER, Role.OFFICE_HEAD}),
    Right.DISPATCH_EVENTS: frozenset({Role.OFFICE_HEAD}),
    Right.ANSWER_CALLS: frozenset({Role.FRONT_DESK, Role.GRID_WORKER, Role.OFFICE_CLERK}),
    Right.READ_CONTENT: frozenset({Role.CONTENT_EDITOR, Role.REVIEWER}),
    Right.WRITE_CONTENT: frozenset({Role.CONTENT_EDITOR}),
    Right.REVIEW_CONTENT: frozenset({Role.REVIEWER}),
    Right.READ_ITEMS: frozenset({Role.CONTENT_EDITOR, Role.REVIEWER, Role.OFFICE_HEAD}),
    Right.WRITE_ITEMS: frozenset({Role.CONTENT_EDITOR}),
    Right.REVIEW_ITEMS: frozenset({Role.REVIEWER}),
    Right.KEEP_PROVIDERS: frozenset({Role.CONTENT_EDITOR, Role.REVIEWER}),
    Right.SEE_ORDERS: frozenset({Role.CONTENT_EDITOR, Role.REVIEWER, Role.PROVIDER}),
    Right.SERVE_ORDERS: frozenset({Role.PROVIDER}),
    Right.KEEP_TIME_BANK: frozenset({Role.CONTENT_EDITOR, Role.REVIEWER}),
    Right.DIRECT_TIME_BANK: frozenset({Role.REVIEWER}),
    Right.OPERATE_FLEET: frozenset({Role.FLEET_OPERATOR}),
    Right.WITNESS_ADMISSION: frozenset({Role.FLEET_OPERATOR, Role.OFFICE_CLERK, Role.OFFICE_HEAD}),
    Right.ISSUE_PROOFS: frozenset({Role.FRONT_DESK}),
    Right.SERVE_APPOINTMENTS: frozenset({Role.FRONT_DESK, Role.OFFICE_HEAD}),
    Right.READ_FIGURES: frozenset({Role.OFFICE_HEAD, Role.AUDITOR, Role.ADMINISTRATOR}),
    Right.EXPORT_CASES: frozenset({Role.OFFICE_HEAD, Role.AUDITOR}),
    Right.READ_AUDIT: frozenset({Role.AUDITOR}),
    Right.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR}),
    Right.KEEP_PARTNERS: frozenset({Role.ADMINISTRATOR}),
}
"""The whole of the permission matrix; a test walks every page with every role along it."""
