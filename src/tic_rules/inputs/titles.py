"""The unit of amounts that titles above a header give: 单位：万元, 资金表（万元）, 以万元为单位."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tic_rules.core.errors import Diagnostic, clip
from tic_rules.core.source import fault_at
from tic_rules.inputs.rows import id_text
from tic_rules.inputs.typed_numbers import MONEY

if TYPE_CHECKING:
    from tic_rules.inputs.rows import Row

_SIMPLE = str.maketrans("萬億單為", "万亿单为")
_LONGEST = 200
"""Characters of a title that are looked at."""
_CELLS = 1000
_SAYS = re.compile(
    r"以(?P<before>[^|]{1,12}?)为单位|(?:单位|\bunits?)(?P<behind>[^|]*\|?[^|]*)|\((?P<inside>[^()]*)\)"
    r"(?!(?::|\|(?!(?:19|20)[0-9]{2}(?:\||$)))[0-9.,]+(?:\||$))"
)
"""Where a title says a unit. 注册资本（万元）：3000 says that of a number of its own."""
_PARTED = re.compile(
    r"[:=、/|()\[\]【】〔〕;。~—–-]|\.(?![0-9])|,(?![0-9]{3})|^s?(?:均|都|统一)?(?:为|是|in\b|is\b)|或|和|及"
)
_OWN = re.compile(r"人民币|(?<![0-9])(?:rmb|cny)(?!['’0-9])|¥(?=.)")
_MONEY = re.compile(
    r"(?=.*(?:[万亿元圆镑¥$€£]|yuan|dollar|usd|eur|illion|thousand)|w$)(?:10[0,]*(?=元|yuan|$))?[十百千]*"
    r"[万亿w]*(?:thousand|million|billion)?(?:美|欧|日|港|英)?(?:元|圆|镑|yuan|dollars?|usd|eur|[¥$€£])?"
    r"|(?:rmb|cny)['’0-9,k]+|[0-9,]+k?(?:rmb|cny)|10*k"
)
_NEXT = re.compile(r"(?<=元)\s+(?=\w)(?!以[上下内]|为)|\s+(?=\w{2,6}:)")
"""A blank that ends a unit: 单位：万元 填报人：某. One in 单 位 or 万 元 does not."""
_LEFT = re.compile(
    r"(?<![0-9.十百千万亿数几多余超过达逾])(?:(?:[十百千]*万|亿|百|千)元|美元"
    r"|\b(?:usd|yuan|dollars?|[mb]illion|(?:in|rmb|cny) ?thousands?)\b|(?:rmb|cny)['’]?1?0[0,]+)"
    r"(?!\|?及?以[上下内]|级)"
)
"""A unit that stands in a title otherwise: what is meant is asked. 总投资10亿元 is no unit."""
_BODY = re.compile(r"(?:填报|依托|建设|编制)单位:[^|(),;]*")
"""Who fills in or runs a centre: 万元 in a company's name is no unit."""


def unit_above(titles: Sequence[Row], row: Row, file: str, faults: list[Diagnostic]) -> str:
    """The unit of amounts that titles above a header give, or nothing; one that is not understood is a fault
    at its title, and two different ones at the header's row."""
    texts = [(title, _text(title)) for title in titles]
    said = {unit: title for title, text in texts for unit in _units(text)}
    unclear = [title for unit, title in said.items() if unit not in MONEY]
    if not said:
        unclear = [title for title, text in texts if _LEFT.search(_BODY.sub("", text))]
    for title in dict.fromkeys(unclear):
        shown = clip(_shown(title))
        zh = f"表头上方“{shown}”里的金额单位没有认出；请写成 单位：万元，或写进列名：金额（万元）"
        en = (
            f"the unit of amounts in {shown!r} above the header is not understood; write 单位：万元, or put "
            f"it into the name of the column: 金额（万元）"
        )
        faults.append(fault_at(title.mark(0), "unit", zh, en, file))
    units = {MONEY[unit] for unit in said if unit in MONEY}
    if len(units) > 1:
        shown = "、".join(sorted(units))
        zh = f"表头上方写了几种单位：{shown}；请把单位写进列名"
        en = f"there are several units above the header: {shown}; put the unit into the name of the column"
        faults.append(fault_at(row.mark(0), "unit", zh, en, file))
    return next(iter(units), "")


def _shown(title: Row) -> str:
    cells = (id_text(title, at) for at in range(min(len(title.cells), _CELLS)) if at not in title.copied)
    return "|".join(cell[:_LONGEST] for cell in cells if cell)


def _text(title: Row) -> str:
    """A title in plain width, its labels parted; blanks count between Latin letters (Amounts in yuan)."""
    plain = unicodedata.normalize("NFKC", _shown(title)).casefold().translate(_SIMPLE)
    return re.sub(r"\s+(?![a-z])|(?<![a-z])\s+", "", _NEXT.sub("|", plain))


def _units(text: str) -> Iterator[str]:
    """What stands in a title where a unit of amounts is said."""
    for says in _SAYS.finditer(text):
        for part in _PARTED.split(says["before"] or says["behind"] or says["inside"] or ""):
            unit = _OWN.sub("", part).strip()
            if unit and _MONEY.fullmatch(unit):
                yield unit
