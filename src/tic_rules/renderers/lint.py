"""Faults of rule files for people, editors and programs: text, JSON, and annotations of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tic_rules.analysis.lint.faults import BY_CODE, Fault
from tic_rules.core.errors import visible
from tic_rules.renderers import sinks

SEVERITY = {"error": ("错误", "error"), "warning": ("提示", "warning")}


def render(by_file: Mapping[str, Sequence[Fault]], format: str, lang: str) -> str:
    """The faults of files, by file, in a format: text, json or github."""
    if format == "json":
        return _json(by_file)
    lines = _annotations(by_file, lang) if format == "github" else _lines(by_file, lang)
    return "".join(f"{line}\n" for line in lines)


def counted(faults: Sequence[Fault], lang: str) -> str:
    errors = _errors(faults)
    warnings = len(faults) - errors
    if lang == "zh":
        return f"{errors}处错误，{warnings}处提示"
    return f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"


def _lines(by_file: Mapping[str, Sequence[Fault]], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    every = [fault for faults in by_file.values() for fault in faults]
    for name, faults in by_file.items():
        for fault in faults:
            rule = f" {fault.rule}" if fault.rule else ""
            head = f"{visible(fault.place)}: {SEVERITY[fault.severity][0 if zh else 1]} {fault.code}{rule}"
            yield f"{head}{'：' if zh else ': '}{visible(fault.message.in_(lang))}"
            if fault.fix is not None:
                yield f"    {'改法：' if zh else 'fix: '}{visible(fault.fix.in_(lang))}"
        if not faults:
            yield f"{visible(name)}: {'没有发现问题' if zh else 'clean'}"
    if every:
        first = min(fault.code for fault in every)
        yield ""
        means = "。每个代码的说明：" if zh else ". What a code means: "
        yield f"{counted(every, lang)}{means}tic-rules explain {first}"


def _json(by_file: Mapping[str, Sequence[Fault]]) -> str:
    files = [
        {
            "file": name,
            "errors": _errors(faults),
            "warnings": len(faults) - _errors(faults),
            "faults": [fault.as_dict() for fault in faults],
        }
        for name, faults in by_file.items()
    ]
    return sinks.as_json({"schema_version": 1, "files": files})


def _errors(faults: Sequence[Fault]) -> int:
    return sum(fault.severity == "error" for fault in faults)


def _annotations(by_file: Mapping[str, Sequence[Fault]], lang: str) -> Iterator[str]:
    """Workflow commands, which show a fault at its line in a pull request."""
    for fault in (fault for faults in by_file.values() for fault in faults):
        title = f"{fault.code} {BY_CODE[fault.code].title.in_(lang)}"
        where = {"file": fault.file, "line": fault.line, "col": fault.column, "title": title}
        yield sinks.command(fault.severity, where, fault.message.in_(lang))
