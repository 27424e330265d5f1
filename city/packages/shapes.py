"""What an editor offers: the kinds of questions, formats, card fields and drawers, by their names on the page."""

from sync.contract.item import CardField, Category, Control

CONTROLS: dict[Control, tuple[str, str]] = {
    Control.TEXT: ("short_text", "文字"),
    Control.DIGITS: ("pin", "数字"),
    Control.ID_NUMBER: ("badge", "身份证号码"),
    Control.DATE: ("event", "日期"),
    Control.MONEY: ("payments", "金额（元）"),
    Control.CHOICE: ("radio_button_checked", "单选"),
    Control.CHOICES: ("checklist", "多选"),
    Control.YES_NO: ("rule", "是 / 否"),
    Control.ADDRESS: ("home_pin", "地址"),
}
"""What people may add by themselves."""

KEPT: dict[Control, tuple[str, str]] = {
    Control.ROWS: ("table_rows", "逐个添加"),
    Control.DERIVED: ("calculate", "自动算出"),
    Control.SERVICE: ("storefront", "名录中的服务"),
    Control.PLACE: ("location_on", "地图上的地点"),
}
"""What is kept as it is: only its words are edited here."""

FORMATS: dict[str, str] = {
    "": "不限格式",
    "person-name": "姓名",
    "mobile": "手机号",
    "telephone": "电话",
    "id-number": "身份证号码",
    "bank-card": "银行卡号",
    "past-date": "今天或以前",
    "future-date": "今天或以后",
    "date": "任何日期",
    "money": "金额",
    "count": "个数",
    "month": "年月",
    "credit-code": "统一社会信用代码",
}

CARD_FIELDS: dict[CardField, str] = {
    CardField.NAME: "姓名",
    CardField.SEX: "性别",
    CardField.ETHNIC_GROUP: "民族",
    CardField.BIRTH_DATE: "出生日期",
    CardField.ADDRESS: "住址",
    CardField.ID_NUMBER: "号码",
    CardField.ISSUER: "签发机关",
    CardField.VALID_UNTIL: "有效期",
    CardField.NATIONALITY: "国籍",
}

CATEGORIES: dict[Category, str] = {
    Category.RESIDENCE: "户籍居住",
    Category.INSURANCE: "医保社保",
    Category.ELDERLY: "养老",
    Category.DISABILITY: "残疾人",
    Category.RELIEF: "救助",
    Category.WORK: "就业",
    Category.FAMILY: "家庭",
    Category.HOUSING: "住房",
}


def icon_of(control: str) -> str:
    """Return the icon of a kind of question."""
    return {**CONTROLS, **KEPT}.get(Control(control), ("help", ""))[0] if control in list(Control) else "help"


def kind_of(control: str) -> str:
    """Return the name of a kind of question."""
    return {**CONTROLS, **KEPT}.get(Control(control), ("", control))[1] if control in list(Control) else control
