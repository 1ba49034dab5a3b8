"""What the keys of a rule file mean, in both languages, for editors: by model and key."""

from __future__ import annotations

from tic_rules.core.errors import Text

_KEYS: dict[str, dict[str, tuple[str, str]]] = {
    "RuleFile": {
        "id": ("规则集编号，与文件同名", "the id of the rule set; its file is called by it"),
        "version": (
            "版本，例 1.0.0；条文理解有变时递增",
            "the version, 1.0.0; raised when a reading changes",
        ),
        "jurisdiction": ("适用地区", "where it applies"),
        "languages": ("[zh]：省略英文，以中文代之", "[zh]: English is left out, the Chinese stands for it"),
        "document": ("所转化的政策文件", "the document that is encoded"),
        "vocabulary": (
            "本文件自己的单位、词、列表、事实、字段、主题",
            "units, words, lists, facts … of its own",
        ),
        "clauses": ("条款及其去向，依次", "the clauses in order, and what became of each"),
        "rules": ("规则，依次", "the rules in order"),
    },
    "Document": {
        "title": ("文件题名", "the title"),
        "title_en": ("英文题名", "the title in English"),
        "number": ("文号", "the number of the document"),
        "issuer": ("发文机关", "who issued it"),
        "issued": ("发文日期", "the day of issue"),
        "in_force": ("施行期间", "from and until when it is in force"),
        "trial": ("是否试行", "whether it is on trial"),
        "based_on": ("依据的文件（规则集编号或题名）", "what it is based on: ids of rule sets, or titles"),
        "replaces": ("取代的文件（规则集编号）", "what it replaces, by ids of rule sets"),
        "text_sha256": ("官方文本的指纹", "the fingerprint of the official text"),
        "note": ("说明", "a note"),
    },
    "Clause": {
        "at": ("条款号，例 二（五）、第四条（二）", "the locator: 二（五）, 第四条（二）"),
        "heading": ("标题，或开头几个字", "the heading, or how it begins"),
        "rules": ("转化该条的规则", "the rules that encode it"),
        "disposition": ("不设要求的类别", "what it is where it asks nothing"),
        "asks_nothing": ("为何不设要求", "why it asks nothing"),
    },
    "Rule": {
        "id": ("规则编号", "the id of the rule"),
        "at": ("出自的条款", "the clause that it encodes"),
        "quote": ("引文，照录原文，以…略去", "the words that ask, to the letter; … stands for a gap"),
        "topic": ("主题，供文件间比较", "the topic, by which documents are compared"),
        "kind": ("类型", "what the clause is"),
        "modality": ("程度：应、原则上、鼓励、可", "how strongly it binds"),
        "bearer": ("责任方", "who has to act"),
        "title": ("符合时成立的内容", "what holds when all is well"),
        "message": ("不符合时的说法", "what is wrong where it does not hold"),
        "remedy": ("怎么办", "what to do"),
        "reading": ("如何理解不确定用语、数字、期限", "how vague words, numbers and days are read"),
        "by": ("期限", "the deadline"),
        "from": ("自何时起应做到", "from when on it is owed"),
        "since": ("自何时起计", "what is dated before does not count"),
        "until": ("计至何时", "what is dated after does not count"),
        "yearly": ("逐年", "owed for every full calendar year"),
        "applies": ("适用条件", "for the clause to speak to the centre at all"),
        "not_applicable": ("为何不适用", "why it does not apply"),
        "require": ("要求", "the requirement"),
        "fails_at_once": ("立即判为不符合的情形", "what fails the rule before its time is up"),
        "items": ("逐项评审的事项", "items that are judged one by one"),
        "when": ("后果的触发条件", "what a consequence waits for"),
        "then": ("会发生什么", "what follows"),
        "otherwise": ("结果良好时会发生什么", "what a good result brings"),
        "amount": ("金额", "the amount of a consequence"),
        "new_in": ("自规则集的哪个版本起有此规则", "the version of the rule set that has brought it"),
    },
    "Condition": {
        "all": ("各项都成立", "every one holds"),
        "any": ("至少一项成立", "at least one holds"),
        "not": ("不成立", "does not hold"),
        "review": ("成立时由人评审", "where it holds, a person judges"),
        "attested": ("由评审意见认定", "judged by a person"),
        "fact": ("事实", "the fact that is read"),
        "at_least": ("不少于（含）", "this or more"),
        "at_most": ("不超过（含）", "this or less"),
        "more_than": ("超过（不含）", "more than this"),
        "less_than": ("不满（不含）", "less than this"),
        "equals": ("等于", "exactly this"),
        "between": ("介于（含两端）", "between both, inclusive"),
        "is": ("是", "is this value"),
        "among": ("在列举之中", "is one of these"),
        "any_among": ("至少一个在列举之中", "one of its values is one of these"),
        "contains_all": ("列举的都有", "all of these are there"),
        "given": ("已写明", "the text is there"),
        "done": ("已完成", "done on or before the day"),
        "reads": ("开头和结尾如此", "begins and ends like this"),
        "same": ("各文字中间相同", "texts with the same between"),
        "some": ("至少一条如此", "at least one entry is so"),
        "every": ("每条如此", "every entry is so"),
        "none_of": ("没有一条如此", "no entry is so"),
        "latest": ("最近一条", "the latest entry"),
        "each_of": ("每项都有", "every key has an entry that is so"),
        "largest": ("该组最多", "this group has most"),
        "share_of": ("这些组占全部的比例", "the part of the whole of these groups"),
        "not_after": ("不晚于", "the day looked at is not after"),
        "follows": ("另一后果已发生", "another consequence has followed"),
        "running": ("连续若干年", "that many years running"),
        "of": ("读哪个", "what is read"),
        "where": ("条目须如何", "what an entry must be"),
        "has": ("条目须如何", "what an entry must be"),
        "open": ("清单以“等”结尾", "等 ends the list"),
        "permitted": ("允许的", "what is permitted"),
    },
    "Bilingual": {"zh": ("中文", "Chinese"), "en": ("英文", "English")},
}


def described(model: str, key: str) -> Text | None:
    """What a key of a model means; None where nothing is said. Conditions have their keys in common."""
    said = _KEYS.get(model, {}).get(key)
    return Text(*said) if said is not None else None


__all__ = ["described"]
