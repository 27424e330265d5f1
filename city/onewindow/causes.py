"""What may be the matter with a paper or an answer, as a clerk chooses it and as residents read it in their language."""

from sync.contract.words import Words

CAUSES: tuple[Words, ...] = (
    Words("照片看不清，请重新拍", "Picture not clear, please take it again", "사진이 흐립니다. 다시 찍어 주세요"),
    Words("材料缺页，请把背面也拍上", "A page is missing, take the back too", "뒷면이 빠졌습니다. 함께 찍어 주세요"),
    Words("材料已过期，请换有效的", "The paper has expired", "서류가 만료되었습니다"),
    Words("没有盖章或签字", "No stamp or signature", "도장이나 서명이 없습니다"),
    Words("和身份证上的信息不一样", "Does not match the ID card", "신분증 정보와 다릅니다"),
    Words("缺少家庭成员的签字", "A family member has not signed", "가족 서명이 빠졌습니다"),
    Words("缺少代办委托书", "Authorisation for the helper is missing", "위임장이 없습니다"),
    Words("银行卡不是本人的", "The bank card is not the applicant's own", "본인 명의 통장이 아닙니다"),
    Words("金额前后不一致", "Amounts do not agree", "금액이 맞지 않습니다"),
    Words("缺少收入或财产材料", "Income or property papers are missing", "소득·재산 서류가 부족합니다"),
    Words("缺少医院诊断或病历", "Doctor's papers are missing", "진단서가 없습니다"),
    Words("残疾证号或等级不对", "Disability number or grade is wrong", "장애인증 번호·등급이 다릅니다"),
    Words("地址不完整，请写到房号", "Address incomplete, add the room number", "주소를 호수까지 써 주세요"),
    Words("监护关系需要证明", "Please show that you are the guardian", "보호자 관계 증명이 필요합니다"),
    Words("电话打不通，请换号码", "The telephone cannot be reached", "전화 연결이 되지 않습니다"),
    Words("承诺内容请补签", "Please sign the promise", "확약서에 서명해 주세요"),
)
"""A shared list of sample wordings; a clerk may write another cause, which is then read in Chinese."""

_BY_TEXT = {cause.zh: cause for cause in CAUSES}


def cause_said(text: str) -> Words:
    """Return a cause in every language that it is known in."""
    return _BY_TEXT.get(text, Words(text))
