"""What the check says of an item, in the words of people who don't program: Chinese for the page, where it is, and what to do there."""

import re
from collections.abc import Mapping
from typing import Any

from city.web.language import page_language
from sync.contract.checking import Complaint
from sync.contract.findings import Weight
from sync.contract.words import Language

Json = Any

SAID: tuple[tuple[str, str, str], ...] = (
    (r"no Chinese text", "没有中文", "中文是原文，必须写"),
    (r"no text in en", "没有英文", "译好之前，选英文的居民看到中文"),
    (r"no text in ko", "没有韩文", "译好之前，选韩文的居民看到中文"),
    (r"a character that cannot be shown", "有显示不出的字符", "删去换行和控制字符"),
    (r"help of (\d+) characters", "说明有 {0} 个字", "两行最多 44 字"),
    (r"a title of (\d+) characters", "标题有 {0} 个字", "最多 14 字"),
    (r"a title that ends in a mark", "标题末尾有标点", "标题不用标点"),
    (r"a page with (\d+) questions", "这一页有 {0} 个问题", "一页放 1 到 5 个，其余另起一页"),
    (r"(.+) is not a code", "代码 {0} 不合规", "用小写字母、数字和单个连字符，最多 64 个"),
    (r"(.+) is not a name", "问题代码 {0} 不合规", "用小写字母、数字和下划线，字母开头"),
    (r"(.+) is not an id", "代码 {0} 不合规", "用小写字母、数字和单个连字符"),
    (r"(.+) is asked twice", "{0} 问了两次", "只问一次，或换一个代码"),
    (r"(.+) is there twice", "{0} 重复了", "各用各的代码"),
    (r"comes before the question that it depends on", "要不要这样材料，得先问了才知道", "不要最先拍，或去掉条件"),
    (r"(.+) cannot be read off a paper", "{0} 没法从材料上读", "选一道填文字、数字或日期的题"),
    (r"(.+) is read twice", "{0} 从材料上读了两次", "把它的标签写在一处"),
    (r"a label with blanks or a colon, or too short", "标签有空格、冒号，或太短", "只写字，至少两个"),
    (r"anything could be meant", "没写标签，读到什么都算", "写材料上它前面印的字，如：出租方"),
    (r"(.+) is offered twice", "选项 {0} 重复了", "每个选项一个值"),
    (r"(\d+) options", "有 {0} 个选项", "选项要 2 到 18 个：它们是同一页上的大按钮"),
    (r"a question of kind (\w+) has no options", "这种题不能有选项", "去掉选项，或改成单选、多选"),
    (r"(.+) is not asked before this", "条件里的 {0} 在这之前没有问", "选一个排在前面的问题"),
    (r"(.+) is itself only sometimes asked", "条件里的 {0} 自己也不是总问", "改看一个总会问的问题"),
    (r"(.+) is of kind (\w+)", "条件里的 {0} 不是选择题", "只能看单选、多选或“是/否”"),
    (r"names no answer, so this is never asked", "条件没有写答案，永远不会问到", "至少写一个答案"),
    (r"(.+) is no answer to (.+)", "{0} 不是 {1} 的选项", "写它的选项"),
    (r"(\d+) pages", "要拍 {0} 页", "一样材料 1 到 8 页"),
    (r"format (.+) is not known", "格式 {0} 不认识", "格式写 1"),
    (r"versions begin at 1", "版本从 1 开始", "每改一次加一"),
    (r"ends before it begins", "截止早于开始", "截止日期写晚一些"),
    (r"a fee below nothing", "费用小于零", "免费写 0"),
    (r"a limit below nothing", "时限小于零", "当场办写 0"),
    (r"below nothing", "小于零", "写 0 或更大"),
    (r"terminals have no icon (.+)", "终端没有图标 {0}", "从列表里选"),
    (r"nothing to bring", "没有写要带什么", "至少写身份证"),
    (r"reads a card that is not laid", "不放证却要读证", "去掉读证字段，或要求放证"),
    (r"serves kinds of the directory from another door", "只有名录里的请求才分服务类别", "去掉服务类别，或改为名录的请求"),
    (
        r"a social security card that cannot stand for the identity card",
        "社会保障卡代替不了身份证",
        "不收社会保障卡，或要求放证并读姓名和号码",
    ),
    (r"no version", "告知没有版本", "写一个，如 2026-11；每次同意都会记下它"),
    (r"says nothing", "告知没有内容", "写谁处理、为什么、多久、居民有什么权利"),
    (r"no page at all", "一页问题也没有", "至少问一个，如电话"),
    (r"a text of any length", "没有限制字数", "写最多多少字，或选一种格式"),
    (r"the wrong format for this kind of question", "格式和题型不配", "换一种格式"),
    (r"no format (.+)", "没有格式 {0}", "从列表里选"),
    (r"a question of kind (\w+) is answered with a (\w+)", "答案类型和题型不配", "删去这题自己的规则，重新选题型"),
    (r"not the schema of an address in steps", "地址的规则不对", "删去规则，会自动补上"),
    (r"not the pattern of a place", "地点的规则不对", "删去规则，会自动补上"),
    (r"no page asks for it", "规则里有，页面上没问", "这个事项的规则是单独写的：请技术人员改"),
    (r"the schema has no property (.+)", "规则里没有 {0}", "这个事项的规则是单独写的：请技术人员改"),
    (r"the options and the schema's enum of (.+) differ", "{0} 的选项和规则不一致", "这个事项的规则是单独写的：请技术人员改"),
    (r"(.+) is demanded, but no page asks for it", "{0} 必答，但没有问", "问它，或改为选答"),
    (r"(.+) is asked sometimes and demanded always", "{0} 有时才问，却总是必答", "这个事项的规则是单独写的：请技术人员改"),
    (r"(.+) is demanded when (.+) is (.+), but not asked then", "{1} 为 {2} 时要答 {0}，但那时不问", "让两边一致"),
    (r"(.+) is asked for more answers than it is demanded for", "{0} 问的情况比必答的多", "让两边一致"),
    (r"points outside the package", "引用了外面的内容", "规则要写在这里，终端不会去取"),
    (r"not the schema of an object with its properties", "规则的写法不对", "请技术人员改"),
    (r"lets answers through that nobody asked for", "没问的内容也会被收下", "请技术人员改"),
    (r"rows without the schema of a row|no row asks for it|the schema of a row has no property (.+)", "逐行填写的规则不全", "请技术人员改"),
    (r"nobody decides", "没有一步作决定", "在定结果的那一步勾上“作决定”"),
    (r"waits for itself, round a circle", "步骤绕成了圈", "只能排在更早的步骤之后"),
    (
        r"the shares add up to (\d+) working days, the limit is (\d+)",
        "各步加起来 {0} 个工作日，超过时限 {1} 个",
        "缩短步骤，或在“基本”里放宽时限",
    ),
    (r"(.+) does nothing in this route", "科室 {0} 在流程里没有事", "给它一步，或去掉"),
    (r"(.+) is not among the offices", "科室 {0} 不在名单里", "选名单里的科室"),
    (r"a share below nothing", "天数小于零", "当场办写 0"),
    (r"there is no step (.+)", "没有步骤 {0}", "写另一步的代码"),
    (r"a question of kind (\w+) in a row", "这种题不能逐行问", "单独放一页"),
    (r"rows and the kind of question do not go together", "题型和“逐个添加”不一致", "请技术人员改"),
    (r"a derivation and the kind of question do not go together", "题型和“自动算出”不一致", "请技术人员改"),
    (r"(\d+) questions a row", "每行有 {0} 个问题", "少问一些"),
    (r"(\d+) to (\d+) rows", "行数 {0} 到 {1}", "至少能填 1 行，最多不超过上限"),
    (r"(.+) is not asked in a row", "{0} 不在每行的问题里", "选每行里问的"),
    (r"no question '(.+)' with rows", "没有可逐个添加的问题“{0}”", "选家里人逐个填写的那一题"),
    (r"a row has no question '(.+)'", "逐个填写的表里没有问题“{0}”", "选填成员姓名或证件号的那一题"),
    (r"age is told by an identity number", "成年与否要由身份证号判断", "选一道填身份证号的题"),
    (r"the family signs what nobody signs", "这个事项不用签名，家人却要签", "去掉家人签名，或让本事项要签名"),
    (r"no question takes the card's number", "没有问题接收证件号", "请技术人员改"),
    (r"follows from nothing|bands and options differ|over nobody", "自动算出的规则不全", "请技术人员改"),
    (r"asked as (\w+)", "这里不能用这种题", "表单前只能问选择或“是/否”"),
    (r"names no answer to the question|(.+) is not offered", "写了没有的选项", "写这道题的选项"),
    (r"every answer is refused", "哪个答案都不能办", "至少留一个能往下办的"),
    (r"refuses without saying where else to go", "说了不能办，没说该去哪", "写另一个事项，或一个地方"),
    (r"refuses nothing", "没有哪个答案会拦下", "写明哪个答案不能办，或放到表单里问"),
    (r"is not a choice", "代办的问题不是选择题", "给出可以替谁办"),
    (r"(.+) is not asked", "{0} 没有问", "请技术人员改"),
    (r"(\w+) compares with nothing|(\w+) without a limit", "对照规则不全", "请技术人员改"),
    (r"(.+) is neither asked nor on the card", "对照规则里的 {0} 既没问，证上也没有", "请技术人员改"),
    (r"nothing is called (.+) here", "这里没有叫 {0} 的内容", "请技术人员改"),
)
"""What the check says, as a pattern; what is wrong; what to do. In the order in which they are tried."""

_PARTS = {"pages": "form", "materials": "materials", "route": "route"}
_STEP = re.compile(r"(?P<list>pages|fields|materials|steps|offices)\[(?P<place>\d+)\]")
_SHORT = {"pages": "p", "fields": "f", "materials": "m", "steps": "s"}


class Remark:
    """One remark: is it an error, what it says, what to do, and where in the editor it leads."""

    def __init__(self, complaint: Complaint, source: Mapping[str, Json]) -> None:
        self.is_error = complaint.weight is Weight.ERROR
        is_english = page_language() is Language.EN
        self.what, self.advice = (complaint.what, complaint.advice) if is_english else in_chinese(complaint)
        self.part = _PARTS.get(re.split(r"[.\[]", complaint.where)[0], "basic")
        self.at = "".join(f"{_SHORT[one['list']]}{one['place']}" for one in _STEP.finditer(complaint.where) if one["list"] in _SHORT)
        self.where = _named(complaint.where, source)


def in_chinese(complaint: Complaint) -> tuple[str, str]:
    """Return what is wrong and what to do, in Chinese."""
    for pattern, what, advice in SAID:
        found = re.fullmatch(pattern, complaint.what)
        if found is not None:
            return what.format(*(one or "" for one in found.groups())).replace("'", ""), advice
    return complaint.what, complaint.advice  # such as of JSON that no page of ours sends


def _named(where: str, source: Mapping[str, Json]) -> str:
    """Say a place by the words that stand there: 家庭与收入 / 月收入."""
    value: Json = source
    names = []
    for step in re.finditer(r"(\w+)|\[(\d+)\]", where):
        try:
            value = value[step[1]] if step[1] else value[int(step[2])]
        except (KeyError, IndexError, TypeError):
            break
        said = next(
            (value[name] for name in ("title", "label", "name") if isinstance(value, dict) and isinstance(value.get(name), dict)), None
        )
        if said and said.get("zh"):
            names.append(said["zh"])
    return " / ".join(names)
