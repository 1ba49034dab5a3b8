"""Whose a field is that the data's model does not have: that of another kind of file, or of the rule sets on
hand that declare it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tic_rules.core.errors import Diagnostic, RuleSetError, Text
from tic_rules.core.files import read_named
from tic_rules.model import catalogue
from tic_rules.model.centre import Centre
from tic_rules.model.fields import above
from tic_rules.model.loader import load_ruleset
from tic_rules.model.programme import Programme
from tic_rules.model.vocabulary import FieldLabel

_PROGRAMME = Text(
    "总体布局的数据，不是中心的：请把文件写在 `check --programme` 后（Python 中用 check_programme）",
    "a figure of a programme, not of a centre: use `check --programme` (in Python: check_programme)",
)
_CENTRE = Text("中心的数据，不是总体布局的", "a field of a centre, not of a programme")
_RULES = Text(
    "规则文件的键：请把文件写在 `--rules` 后",
    "a key of a rule file, not of data: give the file with `--rules`",
)


def owned(fault: Diagnostic) -> Diagnostic:
    """The fault of a key that the model does not have; with whose it is, if anyone's."""
    path = ".".join(part for part in fault.path.strip("/").split("/") if not part.isdigit())
    if path in Programme.model_fields:
        owner = _PROGRAMME
    elif path in Centre.model_fields:
        owner = _CENTRE
    elif owners := list(_owners(path)):
        owner = Text(
            f" {'、'.join(f'`{name}`' for name in owners)} 的字段：请用 `--rules` 指定",
            f"a field of {', '.join(f'`{name}`' for name in owners)}: name it with `--rules`",
        )
    elif path in ("clauses", "rules"):  # what else a rule file says, as its version, others may say too
        owner = _RULES
    else:
        return fault
    key = path.rsplit(".", 1)[-1]
    return fault._replace(message=Text(f"{key} 是{owner.zh}", f"{key} is {owner.en}"))


def owners_of_label(name: str) -> tuple[str, ...]:
    """The rule sets on hand with a field that a table may name so; its unit may stand behind it."""
    plain = re.split(r"[(（\[]", name, maxsplit=1)[0].strip()[:100]
    owners = []
    for ruleset, declared in _declaring(plain.rpartition(".")[2]) if plain else ():
        if any(plain in (path, field.zh, field.en) for path, field in declared.items()):
            owners.append(ruleset)
    return tuple(owners)


def _owners(path: str) -> Iterator[str]:
    """The ids of the rule sets on hand that declare a place, or one below it."""
    for name, declared in _declaring(path.rpartition(".")[2]):
        if any(path in (place, *above(place)) for place in declared):
            yield name


def _declaring(word: str) -> Iterator[tuple[str, Mapping[str, FieldLabel]]]:
    """The rule sets on hand whose files have a word, with the fields that they declare."""
    key = word.encode("utf-8", "replace")
    for name, listed in sorted(catalogue.here().by_id.items()):
        try:
            if len(listed) > 1 or key not in read_named(listed[0].file, RuleSetError):
                continue
            yield name, load_ruleset(name).vocabulary.declared
        except RuleSetError:
            continue  # a faulty file is told of where it is used
