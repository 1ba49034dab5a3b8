"""What an author says of the sentences that no rule quotes: `sentences/<name>.yaml` beside the rule file
`<name>.yaml`.

A list of entries: `at` a clause, the sentence that `begins` so, or all from it `through` another; a
disposition and a reason, and for `covered` the rules. Faults of the file are diagnostics; the rest counts."""

from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic_core import ValidationError

from tic_rules.analysis.coverage.layout import fold
from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.files import reason_of
from tic_rules.core.limits import BadText
from tic_rules.core.source import Mark, Source, decode, read_text
from tic_rules.model.conditions import Node
from tic_rules.model.frozen import refuse
from tic_rules.model.languages import with_english
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import Bilingual, RuleSet
from tic_rules.model.shipped import rules_folder, shipped_ids
from tic_rules.model.validation import diagnostics_of

SHORTEST = 4
"""Characters that name a sentence at least."""


class Disposition(Node):
    """An entry of the file: one sentence or several that follow each other, and what becomes of them."""

    at: Annotated[str, Field(min_length=1)]
    begins: str
    through: str | None = None
    disposition: Literal["context", "aim", "delegated", "heading", "covered"]
    by: tuple[str, ...] = ()
    reason: Bilingual

    @model_validator(mode="after")
    def _named_and_explained(self) -> Self:
        for words in (self.begins, self.through):
            if words is not None and len(fold(words)) < SHORTEST:
                zh = f"“{words}”不足{SHORTEST}个字，认不出是哪一句"
                en = f"{words}: fewer than {SHORTEST} characters do not name a sentence"
                raise refuse("begins", zh, en)
        if (self.disposition == "covered") != bool(self.by):
            zh = "disposition: covered 要用 by 写明由哪些规则涵盖，其他处理不写 by"
            en = "disposition: covered says by which rules (by), and no other does"
            raise refuse("by", zh, en)
        return self


class PlacedDisposition(NamedTuple):
    """An entry and its place in the file."""

    place: int
    value: Disposition


class Explained(NamedTuple):
    """The entries of a file, and the faults of the file itself."""

    entries: tuple[PlacedDisposition, ...]
    faults: tuple[Diagnostic, ...]
    source: Source | None

    def locate(self, index: int, key: str) -> Mark:
        """Where a key of an entry stands."""
        assert self.source is not None
        return self.source.locate((index, key))

    def fault(self, code: str, zh: str, en: str, index: int, key: str) -> Diagnostic:
        """A fault at a key of an entry."""
        assert self.source is not None
        return self.source.fault(code, zh, en, (index, key), named=False)


NOTHING = Explained((), (), None)


def file_of(ruleset: RuleSet) -> tuple[Path, str] | None:
    """The file beside that of a rule set, and how it is shown; None for a set without a file."""
    shipped = ruleset.id in shipped_ids() and ruleset.file == f"rules/{ruleset.id}.yaml"
    path = Path(ruleset.file)
    if shipped and (load_ruleset(ruleset.id) is ruleset or not path.exists()):
        path = rules_folder() / f"{ruleset.id}.yaml"
    elif not ruleset.file or not path.exists():
        return None
    beside = path.parent / "sentences" / f"{path.stem}.yaml"
    return beside, f"rules/sentences/{beside.name}" if shipped else str(beside)


def explained(ruleset: RuleSet) -> Explained:
    """What the author of a rule set says of its sentences; nothing where there is no such file."""
    place = file_of(ruleset)
    if place is None or not place[0].is_file():
        return NOTHING
    path, file = place
    try:
        source = read_text(decode(path.read_bytes(), file), file)
    except BadText as error:
        return Explained((), tuple(error.diagnostics), None)
    except OSError as error:
        reason = reason_of(error)
        said = Text(f"无法读取：{reason.zh}", f"cannot be read: {reason.en}")
        return Explained((), (Diagnostic("unreadable", said, file),), None)
    if not isinstance(source.data, list):
        zh = "应为列表，每项一句或数句（- at: …）"
        said = Text(zh, "a list is expected, one entry a sentence or several (- at: …)")
        return Explained((), (Diagnostic("list-type", said, file, 1, 1),), source)
    entries, faults = [], []
    for index, item in enumerate(source.data):
        try:
            whole = item if "en" in ruleset.languages else with_english(item)
            entries.append(PlacedDisposition(index, Disposition.model_validate(whole)))
        except ValidationError as error:  # each fault at its key in the file
            assert source.root is not None
            within = Source(file, source.root.value[index], None)
            faults += [
                fault._replace(path=f"/{index}{fault.path}") for fault in diagnostics_of(error, within)
            ]
    return Explained(tuple(entries), tuple(faults), source)
