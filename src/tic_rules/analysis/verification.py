"""A report decided again: whether it comes to the same, and what changed where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from tic_rules.core.scalars import Json
from tic_rules.model.ruleset import PHASES
from tic_rules.model.subject import Subject
from tic_rules.results.parts import plain
from tic_rules.results.provenance import data_of
from tic_rules.results.report import Report
from tic_rules.results.shape import misfit

What = Literal["data", "centres", "rules", "text", "settings", "version"]
"""What a report depends on: the data, the programme's centres, the rule file, the official text, the
settings, the program."""

Values = Mapping[str, Any]
"""A report, or a part of one, as it is written."""
_APART = ("tool", "provenance")


def _object(*optional: str, **fields: Json) -> Json:
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
    }


_TEXT: Json = {"type": "string"}
_NULL: Json = {"type": "null"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_SUBJECT: Json = {
    "anyOf": [_object("id", "name", id=_TEXT_OR_NULL, name=_TEXT_OR_NULL, file=_TEXT_OR_NULL), _NULL]
}
_PROVENANCE = _object(
    data=_object("centres", of={"enum": ["text", "values"]}, sha256=_TEXT, centres=_TEXT_OR_NULL),
    rules=_object(file=_TEXT_OR_NULL, sha256=_TEXT_OR_NULL),
    text=_TEXT_OR_NULL,
    settings=_object(phase={"enum": [*PHASES, None]}, exemptions={"type": "boolean"}),
)
_WRITTEN = _object(
    "programme",
    "provenance",
    tool={"type": "object"},
    centre=_SUBJECT,
    programme=_SUBJECT,
    ruleset=_object(id=_TEXT),
    as_of=_TEXT,
    findings={"type": "array", "items": _object(rule=_TEXT, status=_TEXT)},
    provenance={"anyOf": [_PROVENANCE, _NULL]},
)
"""What is looked at of a written report: whatever else it says is only compared."""


def checked(report: Any) -> Json:
    """A written report, as it is. Raises ValueError where it has not the shape of one."""
    if misfit(report, _WRITTEN):
        raise ValueError("this is no report")
    if (report["centre"] is None) == (report.get("programme") is None):
        raise ValueError("a report is about a centre or about a programme")
    return dict(report)


class Cause(NamedTuple):
    """Something that the report depends on and that is another now."""

    what: What
    then: object
    now: object


class Difference(NamedTuple):
    """A value of the report that is another now. `rule`: of whose finding, by its id; None outside the
    findings."""

    rule: str | None
    key: str
    then: object
    now: object


class Verification(NamedTuple):
    """What came of deciding a report again. `number`: its place among the reports of the file, from 1."""

    number: int
    report: Values
    causes: tuple[Cause, ...]
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether all but the key `tool` is as it was written: values, and the digests of what they come
        from."""
        return not self.differences and all(cause.what == "version" for cause in self.causes)

    def as_dict(self) -> Json:
        """As plain JSON values."""
        return {
            "report": self.number,
            "centre": self.report.get("centre"),
            "ruleset": self.report["ruleset"]["id"],
            "as_of": self.report["as_of"],
            "same": self.same,
            "causes": [cause._asdict() for cause in self.causes],
            "differences": [difference._asdict() for difference in self.differences],
        }


def verified(number: int, then: Values, report: Report) -> Verification:
    """A written report held against one decided again. What the files are called does not count; a key that
    was not written yet is no difference."""
    now = report.as_dict()
    _renamed(now, _file(now), _file(then))
    if then.get("provenance") is not None:
        _renamed(now, now["provenance"]["rules"]["file"], then["provenance"]["rules"]["file"])
    return Verification(number, then, tuple(_causes(then, now, report)), tuple(_differences(then, now)))


def _file(report: Values) -> str | None:
    """The file of a report's centre or programme."""
    return (report.get("centre") or report.get("programme") or {}).get("file")


def _renamed(value: object, old: object, new: object) -> None:
    """Give a file another name wherever a report speaks of it."""
    if isinstance(value, dict):
        if old is not None and value.get("file") == old:
            value["file"] = new
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _renamed(item, old, new)


def _causes(then: Values, now: Values, report: Report) -> Iterator[Cause]:
    versions = [said["tool"].get("version") for said in (then, now)]
    if versions[0] != versions[1]:
        yield Cause("version", *versions)
    before, after = then.get("provenance"), now["provenance"]
    if before is None:
        return
    data: Values = after["data"]
    if before["data"]["of"] == "values" and data["of"] == "text":  # of a table or of Python, read again
        data = plain(data_of(report.subject, values=True))
    looked_at: tuple[tuple[What, object, object], ...] = (
        ("data", before["data"]["sha256"], data["sha256"]),
        ("centres", before["data"].get("centres"), data.get("centres")),
        ("rules", before["rules"]["sha256"], after["rules"]["sha256"]),
        ("text", before["text"], after["text"]),
        ("settings", before["settings"], after["settings"]),
    )
    yield from (Cause(what, old, new) for what, old, new in looked_at if old != new)


def _differences(then: Values, now: Values) -> Iterator[Difference]:
    for key, value in then.items():
        if key not in (*_APART, "findings") and not _agree(value, now.get(key)):
            yield Difference(None, key, value, now.get(key))
    before = {finding["rule"]: finding for finding in then["findings"]}
    after = {finding["rule"]: finding for finding in now["findings"]}
    rules = [finding["rule"] for finding in then["findings"]]
    if before.keys() == after.keys() and rules != [*after]:
        yield Difference(None, "findings", rules, [*after])  # another order, or a rule twice
    for rule in dict.fromkeys([*before, *after]):
        old, new = before.get(rule), after.get(rule)
        name = rule.split("/", 1)[-1]
        if old is None or new is None:
            yield Difference(name, "status", old and old["status"], new and new["status"])
            continue
        for key, value in old.items():
            if not _agree(value, new.get(key)):
                yield Difference(name, key, value, new.get(key))


def _agree(then: object, now: object) -> bool:
    """Whether a value is as it was; a key that was not written yet is no difference."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(key in now and _agree(value, now[key]) for key, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(map(_agree, then, now))
    return type(then) is type(now) and bool(then == now)


def settings_of(report: Values) -> tuple[str | None, bool]:
    """The phase that a report is of, and whether exemptions counted."""
    given: Values = (report.get("provenance") or {}).get("settings") or {}
    return given.get("phase"), given.get("exemptions", True)


def data_matches(report: Values, subject: Subject) -> bool:
    """Whether a report says that it was decided of this data."""
    said = ((report.get("provenance") or {}).get("data") or {}).get("sha256")
    return said is not None and any(said == data_of(subject, values=v)["sha256"] for v in (False, True))
