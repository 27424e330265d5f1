"""What the clerk reads at a question that is not answered rightly, and at an upload that is no paper; tests prove both tables complete."""

from city.desk.scans import MOST_BYTES, ScanProblem
from sync.contract.answers import AnswerProblem

PROBLEMS: dict[AnswerProblem, str] = {
    AnswerProblem.MISSING: "还没有填。",
    AnswerProblem.TOO_SHORT: "太短了。",
    AnswerProblem.TOO_LONG: "太长了。",
    AnswerProblem.NOT_OFFERED: "没有这个选项。",
    AnswerProblem.WRONG_TYPE: "填的不是这一栏要的。",
    AnswerProblem.NOT_A_NAME: "不像姓名。",
    AnswerProblem.NOT_A_MOBILE: "手机号要 11 位，以 1 开头。",
    AnswerProblem.NOT_A_TELEPHONE: "电话号码不对。",
    AnswerProblem.NOT_AN_ID_NUMBER: "身份证号码不对，请逐位核对。",
    AnswerProblem.NOT_A_DATE: "日期不对，写成 2026-11-23。",
    AnswerProblem.NOT_IN_THE_PAST: "应当是过去的日期。",
    AnswerProblem.NOT_IN_THE_FUTURE: "应当是以后的日期。",
    AnswerProblem.NOT_MONEY: "金额不对，写成 1200 或 1200.50。",
    AnswerProblem.NOT_A_BANK_CARD: "银行卡号不对，请逐位核对。",
    AnswerProblem.NOT_A_CREDIT_CODE: "统一社会信用代码不对。",
    AnswerProblem.NOT_A_DISABILITY_NUMBER: "残疾人证号不对。",
    AnswerProblem.NOT_A_MARRIAGE_NUMBER: "结婚证字号不对。",
    AnswerProblem.NOT_A_CERTIFICATE: "证书编号不对。",
    AnswerProblem.NOT_A_MONTH: "月份不对，写成 2026-11。",
    AnswerProblem.NOT_A_COUNT: "应当是整数。",
    AnswerProblem.TWICE: "和前面一行重复。",
    AnswerProblem.RULE: "和其他栏对不上。",
    AnswerProblem.NOT_ALLOWED: "这里不能这样填。",
}

SCANS: dict[ScanProblem, str] = {
    ScanProblem.TOO_LARGE: f"图片太大，一张最多 {MOST_BYTES // 1024 // 1024} MB。",
    ScanProblem.NO_PICTURE: "这不是图片，请上传 JPG、PNG 或 PDF。",
    ScanProblem.NOT_WHAT_IT_SAYS: "文件名和内容不符，请另存为 JPG、PNG 或 PDF 再传。",
    ScanProblem.TOO_SMALL: "图片太小，看不清。",
    ScanProblem.NO_PDF: "这不是 PDF，或者坏了，打不开。",
    ScanProblem.PDF_PAGES: "PDF 的页数超过了这份材料的上限。",
    ScanProblem.PDF_ACTIVE: "PDF 里有脚本或附件，不能收；请打印成新的 PDF，或拍照上传。",
    ScanProblem.PDF_LOCKED: "PDF 有密码，请去掉密码再传。",
    ScanProblem.PDF_HEAVY: "PDF 太复杂，画不出来；请拍照上传。",
}

CARD: dict[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "ethnic_group": "民族",
    "birth_date": "出生日期",
    "address": "证件住址",
    "id_number": "证件号码",
    "issuer": "签发机关",
    "valid_until": "证件有效期至",
    "nationality": "国籍",
}

STEPS: dict[str, str] = {
    "district": "区县",
    "street": "街道",
    "community": "社区",
    "road": "路街巷",
    "door": "门牌房号",
    "province": "外地：省、直辖市",
    "city": "外地：市、州",
    "county": "外地：县、区",
    "line": "外地：乡镇、街道到门牌",
    "written": "列表里没有的，整句写",
}
