"""What a quote enumerates (政策、资金、土地、基础设施等): the members, and which of them two quotes share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tic_rules.model.ruleset import Rule

_CLAUSE = re.compile("[，。；：…]")
_BETWEEN = re.compile("、|以及|和|及|或|与")
_BEFORE = re.compile("^.*(?:在|给予|予以|通过|承担|依托|包括|采取|围绕|形成|开展|以)(?=..)")
_AFTER = re.compile("(?:等|方面).*$")
_ENDING = re.compile("(?:支持|保障|引进)$")
_EMPTY = frozenset({"充分", "大力", "给予", "予以", "方式", "途径", "不同途径", "市场化途径"})
"""What is left of 充分保障 and the like: no member of a list."""
_LONGEST = 10
"""Characters: what is longer is a sentence and no member of a list."""
_FEWEST = 3


class Shared(NamedTuple):
    """Members that both sides name, and those of one side only, as the quotes have them."""

    both: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]


def members(quote: str) -> list[str]:
    """The members of the lists of a quote, without what leads to the first and follows the last."""
    words = []
    for clause in _CLAUSE.split(quote):
        if "、" in clause:
            for part in re.split("等(?:方面)?(?=给予|予以)", clause):
                listed = _BETWEEN.split(_AFTER.sub("", part))
                words += [_BEFORE.sub("", _ENDING.sub("", word)).strip("“”‘’ ") for word in listed]
    return list(dict.fromkeys(word for word in words if 2 <= len(word) <= _LONGEST and word not in _EMPTY))


def shared(left: Sequence[Rule], right: Sequence[Rule]) -> Shared | None:
    """What the lists of both sides have in common and what not; None where no member is the same, or a side
    enumerates too little to be a list. A member that the other side names outside its lists is left out."""
    words_a, words_b = (
        list(dict.fromkeys(word for rule in rules for word in members(rule.quote))) for rules in (left, right)
    )
    both = tuple(  # 高校 and 国内外高校 are one member: the noun stands last
        x for x in words_a if any(x.endswith(y) or y.endswith(x) for y in words_b)
    )
    if not (set(words_a) & set(words_b) or len(both) > 1) or min(len(words_a), len(words_b)) < _FEWEST:
        return None
    first, second = ("…".join(rule.quote for rule in rules) for rules in (left, right))
    return Shared(
        both,
        tuple(word for word in words_a if word not in both and word not in second),
        tuple(word for word in words_b if word not in first),
    )
