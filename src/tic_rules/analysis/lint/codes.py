"""The faults that a rule file can have: one code each, what it means, why it matters, what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tic_rules.core.errors import Text

Severity = Literal["error", "warning"]


class LintCode(NamedTuple):
    """A kind of fault. `title` says what it is in a few words, `why` explains it and what would be right."""

    code: str
    severity: Severity
    title: Text
    why: Text


def _code(code: str, severity: Severity, zh: str, en: str, why_zh: str, why_en: str) -> LintCode:
    return LintCode(code, severity, Text(zh, en), Text(why_zh, why_en))


CODES: tuple[LintCode, ...] = (
    # --- the file
    _code(
        "TR001", "error", "不是可读的 YAML 或 JSON", "not readable as YAML or JSON",
        "规则文件须是 UTF-8 编码的 YAML 或 JSON，键不能重复，不能使用标签。按提示的位置改正语法。",
        "A rule file is YAML or JSON in UTF-8, without duplicate keys and without tags. Mend the syntax at "
        "the place that is named.",
    ),
    _code(
        "TR002", "error", "不符合规则文件的写法", "not the shape of a rule file",
        "键不认识、缺少必填的键，或取值不合要求。`tic-rules schema ruleset` 给出规则文件的 JSON Schema，"
        "编辑器可据此提示。",
        "A key is unknown or missing, or a value is not what it should be. `tic-rules schema ruleset` prints "
        "the JSON Schema of a rule file for editors.",
    ),
    _code(
        "TR003", "error", "缺少译文", "a translation is missing",
        "每段文字都要有中文（zh）和英文（en）两种：中文里有汉字，英文里有英文，二者不能相同。",
        "Every text is there in Chinese (zh) and in English (en): the Chinese has Chinese characters, the "
        "English has letters, and they differ.",
    ),
    _code(
        "TR004", "error", "还有待填之处", "a place to be filled in",
        "“待填”须由人填写；填完的规则随即受检，全部填完后方可用于判定。不需要的键可以删去。",
        "What stands as 待填 is for a person to fill in. A rule that is filled in is looked at at once; "
        "the file decides when all are. A key that is not needed may be deleted.",
    ),
    # --- names
    _code(
        "TR101", "error", "未知的事实或字段", "an unknown fact or field",
        "条件读取的事实须在 vocabulary.yaml 或本文件的 vocabulary 中声明，"
        "事实读取的路径和条目的属性须在数据格式中存在，否则没有数据可判。",
        "A fact that a condition reads is declared in vocabulary.yaml or under `vocabulary`, and the paths "
        "and attributes that it reads exist in the data; "
        "otherwise there is nothing to decide by.",
    ),
    _code(
        "TR102", "error", "单位不对", "a wrong unit",
        "界限的写法要与事实的单位相符：金额写“10亿元”，比例写“1.1%”或“1/2”，人数、家数等只写数字；相比较、"
        "相加的事实单位要相同。",
        "A bound is written in the unit of its fact: an amount as 10亿元, a ratio as 1.1% or 1/2, persons "
        "and enterprises as bare numbers; "
        "facts that are compared or added have one unit.",
    ),
    _code(
        "TR103", "error", "事实与运算不相配", "a fact that does not fit its operator",
        "例如对“是否”类事实比较大小，对条目清单用 is。换用与该事实相配的运算，或换用另一个事实。",
        "A yes or no that is compared with a number, a list of entries that is asked for one value. Use an "
        "operator that fits the fact, or another fact.",
    ),
    _code(
        "TR104", "error", "未知的名称", "an unknown name",
        "主题、地区、单位、清单等名称须先在词表中声明；规则文件可在自己的 vocabulary 中添加。",
        "Topics, jurisdictions, units and lists are declared in the vocabulary first; a rule file may add "
        "its own under `vocabulary`.",
    ),
    _code(
        "TR105", "error", "规则与条款对不上", "rule and clause do not meet",
        "规则的 at 要与列出它的条款一致，条款列出的规则要存在；否则结论会引错条款。",
        "A rule's `at` is the clause that lists it, and what a clause lists exists; otherwise a finding "
        "cites the wrong clause.",
    ),
    _code(
        "TR106", "error", "编号重复", "given twice",
        "规则 id、条款号和事项 id 在各自范围内只能出现一次。",
        "An id of a rule or an item and the locator of a clause occur once.",
    ),
    _code(
        "TR107", "error", "数据中不可能出现的取值", "a value that the data can never hold",
        "条件中的词不在该字段允许的取值之列，多半是写错了，这一条件永远不会成立。",
        "A word of the condition is not among those that the field may hold, most often a slip of the pen: "
        "the condition can never come true by it.",
    ),
    _code(
        "TR108", "error", "字段声明有误", "a field that cannot be declared so",
        "字段名用小写英文字母、数字和下划线，不与数据中已有的字段和程序内部的名称相同；上一级须是组或清单；数字要有单位，词要有词表。",
        "The name of a field is of small letters, digits and underscores, and is neither taken nor one that "
        "the program uses; what stands above it is a group or a list; a number has a unit, a word its list.",
    ),
    # --- conditions
    _code(
        "TR201", "error", "不可能成立的条件", "an impossible condition",
        "没有任何数据能使它成立，例如“在15至10之间”、少于零、同一事实既要求是又要求否。检查界限和组合方式。",
        "No data can make it true: between 15 and 10, less than nothing, one fact asked to be and not to be. "
        "Look at the bounds and at how they are joined.",
    ),
    _code(
        "TR202", "error", "总是成立的条件", "a vacuous condition",
        "任何数据都使它成立，规则等于没有要求，例如“不少于0”，或要求的正是适用条件本身。"
        "鼓励类规则只表示通道打开的，在 reading 中写明“适用即通过”。",
        "All data makes it true, so the rule asks nothing: at least 0, or a requirement that its own "
        "`applies` already grants. "
        "A preference that only says that a way is open says “适用即通过” in its reading.",
    ),
    _code(
        "TR203", "error", "期限早于批复", "a deadline before approval",
        "期限落在起算之日或文件施行之前，永远无法按期完成，例如批复创建后才计的投入要求在申报时达到。",
        "The deadline lies before what counts begins, or before the document is in force, so "
        "that it can never be kept: money that counts from approval, asked for on application.",
    ),
    _code(
        "TR204", "warning", "已由其他规则涵盖", "implied by other rules",
        "同一责任方的其他规则至少同样严格、同样及时，这条规则通过与否不再带来新的信息。"
        "核对是否重复，或期限、界限写错。",
        "Other rules of the same bearer are at least as strict and as early, so this one "
        "never says anything new. Look for a repetition, or for a slip in a bound or a deadline.",
    ),
    _code(
        "TR205", "error", "两条规则冲突", "two rules in conflict",
        "同一时点对同一事实的两个要求不能同时满足，例如建设期既为3年又为5年。核对两处原文和界限。",
        "Two requirements on one fact at one time cannot both be met: a term of 3 years and of 5. Hold both "
        "against the text.",
    ),
    # --- true to the text
    _code(
        "TR301", "error", "引文有“等”，清单却是封闭的", "a closed list where the quote says 等",
        "“等”表示列举未尽，清单之外的值应由人评审（open: true）。“等”另有所指的，在 reading "
        "中写明如何理解“等”。",
        "等 leaves a list open, so a value outside it needs review (open: true). Where 等 means something "
        "else, the reading says how it is read.",
    ),
    _code(
        "TR302", "error", "清单开放，引文却没有“等”", "an open list where the quote says no 等",
        "原文没有“等”时清单是封闭的，清单之外即不符合；引文漏引“等”的，补上。",
        "Without 等 a list is closed and a value outside it fails. Where the text has it, quote it.",
    ),
    _code(
        "TR303", "error", "引文说“原则上”，程度却不是", "not in principle where the quote says 原则上",
        "“原则上、一般、主要依托、主要由”是原则性要求（in_principle），可经批准豁免；另有理解的，在 reading "
        "中写“按应当理解”等。",
        "原则上, 一般, 主要依托 and 主要由 ask in principle (in_principle), and allow an "
        "approved exception. Where it is read otherwise, the reading says so: 按应当理解.",
    ),
    _code(
        "TR304", "error", "引文没有“原则上”，程度却是", "in principle where the quote does not say 原则上",
        "没有这类用语的要求不能豁免；引文漏引的，补上；属于理解的，在 reading "
        "中写“按原则上理解”。",
        "Without such a word no exemption is possible. Quote the word where the text has it, or say in the "
        "reading: 按原则上理解.",
    ),
    _code(
        "TR305", "error", "程度与引文用语不符", "a modality that the quote does not bear out",
        "“鼓励、支持、探索、优先”为 encouraged，“可、可以”为 may，其余为 must。用语有两种或另有理解的，在 "
        "reading 中写“按鼓励理解”“按可以理解”“按应当理解”。",
        "鼓励, 支持, 探索 and 优先 encourage, 可 allows, anything else is a must. Where two such "
        "words meet, or it is read otherwise, the reading says which: 按鼓励理解, 按可以理解, 按应当理解.",
    ),
    _code(
        "TR306", "error", "含本数的用语写成了不含", "an inclusive word encoded as exclusive",
        "“以上、不少于、不低于、达到”含本数，用 at_least；“不超过、以内”含本数，用 at_most。",
        "以上, 不少于, 不低于 and 达到 include the number itself: at_least. 不超过 and 以内 do too: at_most.",
    ),
    _code(
        "TR307", "error", "不含本数的用语写成了含", "an exclusive word encoded as inclusive",
        "“超过、高于”不含本数，用 more_than；“不满、低于”不含本数，用 less_than。",
        "超过 and 高于 leave the number itself out: more_than. 不满 and 低于 do too: less_than.",
    ),
    _code(
        "TR308", "error", "比较方向与引文相反", "a comparison that turns the quote round",
        "引文给出下限，条件却是上限，或者相反；“正好”要求写成了上下限的，也在此列。",
        "The quote sets a floor and the condition a ceiling, or the other way round; "
        "so too where the quote bounds a number and the condition wants exactly it.",
    ),
    _code(
        "TR309", "error", "条件中的数字没有出处", "a number that neither the quote nor the reading holds",
        "条件里的每个数字都应见于引文，或在 reading 中说明由来（例如“多个”按两个以上理解）。"
        "核对数字，或补充 reading。",
        "Every number of a condition stands in the quote, or the reading says where it "
        "comes from (多个 is read as two or more). Check the number, or add the reading.",
    ),
    _code(
        "TR310", "error", "期限没有出处，或与引文不符", "a deadline that neither the "
        "quote nor the reading holds",
        "“2年内、期满时、到2025年”等期限应见于引文或 reading，引文写明的期限也不能漏掉或写成另一个。",
        "Within 2 years, at the end of the term, by 2025: a deadline stands in the "
        "quote or the reading, and one that the quote names is not left out or changed.",
    ),
    _code(
        "TR311", "error", "不确定用语没有说明如何理解", "a vague word without a reading",
        "“主要、多个、一批、若干、左右、逐步、定期、部分”没有给出数量，reading 要说明如何理解；"
        "结论会照样引用这一理解。",
        "主要, 多个, 一批, 若干, 左右, 逐步, 定期 and 部分 give no number, so the reading says how they are "
        "read; every finding repeats it.",
    ),
    _code(
        "TR312", "warning", "引文过长", "a quote longer than a quote should be",
        "引文只取表达要求的原话，不超过60个汉字（两个英文字母算一个），其余用“…”略去。",
        "A quote is the words that ask, at most 60 characters (two Latin letters count as one); leave the "
        "rest out with ….",
    ),
    _code(
        "TR313", "error", "引文过短", "a quote that is too short",
        "引文至少5个字，才能在原文中认得出是哪一句。",
        "A quote has at least 5 characters, so that the sentence can be found in the text.",
    ),
    _code(
        "TR314", "warning", "界限不在字段的合理范围内", "a threshold beyond what its field calls plausible",
        "字段的 plausible 写明数字通常在哪个范围内；界限在此之外，多半写错了单位（8元应为8亿元）。",
        "The field's `plausible` says where its numbers lie as one expects. A threshold beyond it is likely "
        "a slip of the unit (8元 for 8亿元).",
    ),
    # --- the whole document
    _code(
        "TR401", "error", "条款没有着落", "a clause without disposition",
        "每一条要么列出规则，要么用 disposition 和 asks_nothing 说明为何不设要求。",
        "A clause lists its rules, or says with `disposition` and `asks_nothing` why it asks nothing.",
    ),
    _code(
        "TR402", "error", "条款次序不对或有缺号", "clauses out of order or with a gap",
        "条款按原文次序列出，编号连续：缺号意味着有一条没有交代。",
        "Clauses stand in the order of the document and their numbers have no gap: a gap is a clause that "
        "was forgotten.",
    ),
    _code(
        "TR403", "warning", "所依据或取代的规则集不在手边", "a document that is named and not on hand",
        "based_on 和 replaces 按编号指明规则集：编号写错，旧版就照旧有效。没有编成规则集的文件，"
        "based_on 写题名。",
        "`based_on` and `replaces` name rule sets by their ids: by a misspelt one the older edition stays in "
        "force. Of a document without a rule set, `based_on` says the title.",
    ),
)  # fmt: skip

BY_CODE = {code.code: code for code in CODES}
