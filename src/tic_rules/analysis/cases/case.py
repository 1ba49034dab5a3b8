"""A case: a centre (a base with changes) or figures of a programme, a day, and the statuses to be expected.

The format is documented in docs/cases.md. Nothing in a case is ever run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import ValidationError

from tic_rules.analysis.construct import place_in
from tic_rules.core.dates import NotADate, parse_span
from tic_rules.core.errors import DataError, Diagnostic, Text, UsageError, clip, did_you_mean, fault
from tic_rules.core.files import read_named
from tic_rules.core.scalars import Json
from tic_rules.core.source import Source, bad_text_as, decode, is_index, read_text
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, copied, get, put
from tic_rules.model.extension import extended
from tic_rules.model.fields import kind_of, record_in
from tic_rules.model.frozen import FrozenModel, refuse
from tic_rules.model.programme import Programme
from tic_rules.model.rulefile import Bearer
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.shipped import rules_folder
from tic_rules.model.subject import Record
from tic_rules.model.validation import diagnostics_of
from tic_rules.results.parts import Status, Verdict

CaseData = dict[str, object]
"""Data as a file has it: mappings, lists and values."""
PROGRAMME = "programme"
"""The folder of cases of a programme; its files are named after the rule sets."""


def _beside_it(base: str) -> str:
    if PureWindowsPath(base).name != base:
        zh = f"基础中心须在案例的同一文件夹中，{base} 不予读取"
        en = f"the base of a case stands in the same folder: {base} cannot be read"
        raise refuse("base", zh, en)
    return base


class WrittenCase(FrozenModel):
    """A case as a file says it."""

    case: str
    as_of: str
    expect: Annotated[dict[str, Status], Field(min_length=1)]
    because: str = ""
    clause: str | None = None
    base: Annotated[str, AfterValidator(_beside_it)] = "base.yaml"
    with_: CaseData = Field(default_factory=dict, alias="with")
    append: dict[str, list[object]] = Field(default_factory=dict)
    without: tuple[str, ...] = ()
    missing: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    verdict: Verdict | None = None
    bearers: dict[Bearer, tuple[str, ...]] = Field(default_factory=dict)
    figures: CaseData | None = None
    centres: tuple[CaseData, ...] = ()

    @property
    def programme(self) -> bool:
        return self.figures is not None or bool(self.centres)


class Case(WrittenCase):
    """A case ready to be decided: as it is written, and where. `data` are the figures of a programme where it
    is of a `programme`, and the centre's otherwise; `days` are those that the case itself names."""

    ruleset: str
    file: str
    line: int
    data: CaseData
    days: frozenset[date]

    @property
    def name(self) -> str:
        return self.case

    @property
    def id(self) -> str:
        """What tells it from others: rule set, file, name."""
        return f"{self.ruleset}/{Path(self.file).name}: {self.name}"

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def cases_of(ruleset: RuleSet, where: str | None = None) -> list[Case]:
    """The cases of a rule set: those beside its file, or those of a folder or a file that is named.

    Raises DataError with every fault of the files, UsageError where there are none."""
    faults: list[Diagnostic] = []
    cases = [case for path in _files(ruleset, where) for case in _cases(ruleset, path, faults)]
    if faults:
        raise DataError(faults)
    if not cases:
        zh = f"没有 {ruleset.id} 的案例；应在规则文件旁的 cases/{ruleset.id}/ 中"
        en = f"no cases for {ruleset.id}; they stand in cases/{ruleset.id}/ beside the rule file"
        raise fault(UsageError, "no-cases", zh, en, file=where or str(_beside(ruleset)))
    return cases


def _beside(ruleset: RuleSet) -> Path:
    """The folder of cases beside a rule file; of a shipped one in a checkout, the corpus of the tests."""
    if ruleset.file == f"rules/{ruleset.id}.yaml":
        return rules_folder().parent / "tests" / "corpus"
    return Path(ruleset.file).parent / "cases"


def _files(ruleset: RuleSet, where: str | None) -> Iterator[Path]:
    """The files that may hold cases: `NAME/*.yaml`, `NAME.yaml` and `programme/NAME.yaml` below the folder;
    of a folder without these, its own files."""
    top = Path(where) if where is not None else _beside(ruleset)
    if where is not None and not top.is_dir():
        yield top
        return
    name = ruleset.id
    of_the_set = [
        *sorted((top / name).glob("*.yaml")),
        *(path for path in (top / f"{name}.yaml", top / PROGRAMME / f"{name}.yaml") if path.is_file()),
    ]
    yield from of_the_set or (sorted(top.glob("*.yaml")) if where is not None else ())


def files_read(ruleset: RuleSet, where: str | None = None) -> list[Path]:
    """The files that may hold the cases of a rule set, and those beside them, with which they begin."""
    folders = dict.fromkeys(path.parent for path in _files(ruleset, where))
    return [file for folder in folders for file in folder.glob("*.yaml")]


def written_cases(source: Source, faults: list[Diagnostic]) -> Iterator[tuple[int, WrittenCase]]:
    """The cases of a file, each with its place; a file that holds a centre for others to begin with has
    none."""
    if not isinstance(source.data, list):
        if not isinstance(source.data, dict):
            text = Text("案例文件应为列表", "a file of cases is a list")
            faults.append(Diagnostic("cases", text, source.file, 1, 1))
        return
    for index, raw in enumerate(source.data):
        try:
            yield index, WrittenCase.model_validate(raw)
        except ValidationError as error:
            root = getattr(source.root, "value", [None] * (index + 1))[index]
            faults.extend(diagnostics_of(error, Source(source.file, root, raw)))


def _cases(ruleset: RuleSet, path: Path, faults: list[Diagnostic]) -> Iterator[Case]:
    """The cases of a file for a rule set."""
    source = source_of(str(path))
    for index, written in written_cases(source, faults):
        wrong = [*_unknown_rules(ruleset, written, source, index)]
        try:
            case = _case(ruleset, path, written, source.locate((index,)).line)
        except LookupError as error:
            said = clip(str(error.args[0]), 100)
            zh, en = f"案例的改动与数据对不上：{said}", f"what the case changes is not in its data: {said}"
            wrong.append(source.fault("case-change", zh, en, (index,), named=False))
        if wrong:
            faults.extend(wrong)
        else:
            yield case


@lru_cache(maxsize=256)
def _parsed(path: str, raw: bytes) -> Source:
    with bad_text_as(DataError):
        return read_text(decode(raw, path), path)


def source_of(path: str) -> Source:
    """A file of cases, or of a centre that they begin with. Raises DataError."""
    return _parsed(path, read_named(path, DataError))


def _unknown_rules(ruleset: RuleSet, case: WrittenCase, source: Source, index: int) -> Iterator[Diagnostic]:
    named: list[tuple[str, tuple[str | int, ...]]] = [(rule, ("expect", rule)) for rule in case.expect]
    named += [(rule, ("missing", rule)) for rule in case.missing]
    for bearer, rules in case.bearers.items():
        named += [(rule, ("bearers", bearer, place)) for place, rule in enumerate(rules)]
    for rule, place in named:
        if rule not in ruleset:
            near = did_you_mean(rule, ruleset.rule_ids)
            shown = clip(rule)
            zh, en = f"没有规则 {shown}{near.zh}", f"there is no rule {shown}{near.en}"
            yield source.fault("unknown-rule", zh, en, (index, *place), named=False)


def _case(ruleset: RuleSet, path: Path, written: WrittenCase, line: int) -> Case:
    data = _data(path, written, ruleset)
    said = [written.as_of, written.with_, written.append, written.figures or {}, list(written.centres)]
    place: Json = {"ruleset": ruleset.id, "file": str(path), "line": line}
    return Case.model_construct(**dict(written), **place, data=data, days=frozenset(_days(said)))


def _data(path: Path, written: WrittenCase, ruleset: RuleSet) -> CaseData:
    """The centre of a case, its base, or the figures of its programme, with what the case changes. Raises
    LookupError with a path that leads nowhere, DataError where the base cannot be read."""
    begun = written.figures or {} if written.programme else source_of(str(path.parent / written.base)).data
    data: CaseData = copied(begun)
    changes = [
        *(("with", where, value) for where, value in written.with_.items()),
        *(("append", where, entries) for where, entries in written.append.items()),
        *(("without", where, None) for where in written.without),
    ]
    model = extended(Programme if written.programme else Centre, ruleset.vocabulary)
    for change, where, value in changes:
        try:
            at = place_in(data, where, ruleset.vocabulary)
            if not _is_path(at, model):
                raise LookupError
            if change == "with":
                put(data, Edit("set", at, value))
            elif change == "append":
                get(data, at).extend(copied(value))
            else:
                del get(data, at[:-1])[at[-1]]
        except (UsageError, LookupError, TypeError, AttributeError):
            raise LookupError(where) from None
    return data


def _is_path(parts: Sequence[str | int], model: type[Record]) -> bool:
    """Whether a place is one of the data's, as far as its fields say: an entry is named by its number, a key
    that begins with `x-` may stand anywhere."""
    first, *rest = [str(part) for part in parts if not is_index(part)] or [""]
    field = model.model_fields.get(first)
    if field is None:
        return first.startswith("x-")
    inner = record_in(field.annotation)
    return not rest or inner is None or kind_of(field).name == "table" or _is_path(rest, inner)


def _days(value: object) -> Iterator[date]:
    """The exact days that are said somewhere in a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _days(item)
    elif isinstance(value, list):
        for item in value:
            yield from _days(item)
    elif isinstance(value, str) and len(value) >= 8:
        try:
            span = parse_span(value)
        except NotADate:
            return
        if span.exact:
            yield span.first
