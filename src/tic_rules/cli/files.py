"""Which files a command reads, as named or of a folder; and the centres that a file holds."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from tic_rules.core.errors import DataError, Diagnostic, Text, UsageError
from tic_rules.core.files import file_name, read_standard_input, reason_of
from tic_rules.engines.check import as_of_day
from tic_rules.inputs import OTHER_BOOKS, SUFFIXES
from tic_rules.inputs.text import bytes_to_text
from tic_rules.model.catalogue import is_rule_file
from tic_rules.model.centre import Centre
from tic_rules.model.intake import is_part_of_another, read_subject, read_subjects, subject_from_text
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet, Vocabulary
from tic_rules.model.shipped import shared_vocabulary

BESIDE = ("cases", "sentences")
"""Folders beside rule files, of which they say something: no centre of anybody's is there."""
_LINES = (".jsonl", ".ndjson")
_SNIFFED = (".yaml", ".yml", ".json", *_LINES)
_OWN_LINES = '{"tool": {"name": "tic-rules",'
"""How reports begin that the program wrote, one a line."""
_HEAD = 1_000_000
_OTHER = re.compile(
    r"^(?:rules|clauses|units|facts|centres|leading_enterprises|invention_patents"
    r"|pilot_enterprises|alliances):",
    re.MULTILINE,
)
_CENTRE = re.compile(
    r"""^(?:[^\S\n]|\{)*["']?(?:id|name|stage|applied_on|approved_on|hosts|legal|governance)["']?\s*:""",
    re.MULTILINE,
)
_RULE_FILE = (
    re.compile(r"""^["']?clauses["']?\s*:""", re.MULTILINE),
    re.compile(r"""^["']?rules["']?\s*:""", re.MULTILINE),
)
"""What a rule file alone has, both of them: it has an id and a jurisdiction as a centre has."""
_JSON = re.compile(r'\s*(\[\s*)?\{\s*["}]')
"""How JSON of a centre, or of several, begins: {id: x} is YAML."""
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)(?:"(\s*:)?)?|[{}\[\]]')
_NAMES = {"id", "name", "stage", "applied_on", "approved_on", "hosts", "legal", "governance"}
_FIELDS = frozenset(Centre.model_fields)
_FIGURES = frozenset(Programme.model_fields) - _FIELDS


def expand(
    paths: Iterable[str], broken: list[Diagnostic], vocabulary: Vocabulary | None = None
) -> Iterator[str]:
    """Files as they are named; of a folder, every centre file below it in order of name. A file that is named
    twice, by itself and by its folder too, comes once.

    By the vocabulary a file is known to hold a list of another beside it; without one, by the shared words.
    What cannot be looked into is told among `broken`; linked folders are followed, each folder once."""
    seen: set[str] = set()
    for name in _named(dict.fromkeys(paths), broken, vocabulary or shared_vocabulary()):
        place = name if name == "-" else os.path.abspath(name)
        if place not in seen:
            seen.add(place)
            yield name


def _named(paths: Iterable[str], broken: list[Diagnostic], words: Vocabulary) -> Iterator[str]:
    for name in paths:
        if name in ("", "-") or not os.path.isdir(name):
            yield _main_of(name, words)
            continue
        faults = len(broken)
        files = sorted(_below(Path(name), broken))
        stems: dict[Path, set[str]] = defaultdict(set)
        for file in files:
            if file.suffix.lower() in (".csv", ".tsv"):
                stems[file.parent].add(file.stem)
        centres = [str(file) for file in files if _looks_like_a_centre(file, stems[file.parent], words)]
        if not centres and len(broken) == faults:
            shown = "、".join(SUFFIXES), ", ".join(SUFFIXES)
            text = Text(
                f"文件夹里没有中心数据文件（{shown[0]}）", f"no centre files in this folder ({shown[1]})"
            )
            broken.append(Diagnostic("no-files", text, file_name(name)))
        yield from centres


def _main_of(name: str, vocabulary: Vocabulary) -> str:
    """A file as named; for a list of a CSV file (centres.contributions.csv) the file it is read with."""
    path = Path(name)
    if path.suffix.lower() not in (".csv", ".tsv"):
        return name
    stems = [path.stem[:at] for at, char in enumerate(path.stem) if char in "._-" and at]
    for main in (path.with_name(stem + suffix) for stem in stems for suffix in (".csv", ".tsv")):
        if os.path.isfile(main) and is_part_of_another(path, {main.stem}, Centre, vocabulary):
            return str(main)
    return name


def _below(top: Path, broken: list[Diagnostic]) -> Iterator[Path]:
    """What may hold a centre below a folder, by name: files, and what stands unreadable in their place."""
    seen: set[tuple[int, int]] = set()
    folders, linked = [top], list[Path]()
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        try:
            about = folder.stat()
            if (about.st_dev, about.st_ino) in seen:
                continue
            seen.add((about.st_dev, about.st_ino))
            with os.scandir(folder) as listed:
                entries = [entry for entry in listed if not entry.name.startswith(".")]
        except OSError as error:
            said = reason_of(error)
            text = Text(f"无法读取这个文件夹：{said.zh}", f"this folder cannot be read: {said.en}")
            broken.append(Diagnostic("unreadable", text, file_name(str(folder))))
            continue
        for entry in entries:
            if entry.name in BESIDE and _beside_rules(entries):
                continue
            if _is_folder(entry):
                (linked if entry.is_symlink() else folders).append(folder / entry.name)
            elif os.path.splitext(entry.name)[1].lower() in (*SUFFIXES, *OTHER_BOOKS):  # somebody's data
                yield folder / entry.name


def _beside_rules(entries: Iterable[os.DirEntry[str]]) -> bool:
    """Whether there is a rule file among the files of a folder."""
    return any(entry.name.endswith((".yaml", ".yml")) and is_rule_file(entry.path) for entry in entries)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself: it is read as a file, and refused
        return False


def _looks_like_a_centre(file: Path, beside: Collection[str], vocabulary: Vocabulary) -> bool:
    """Whether a file of a folder speaks of a centre; one that cannot be read does, so that it is reported."""
    try:
        if not file.is_file():
            return True
        if file.suffix.lower() not in _SNIFFED:
            return not is_part_of_another(file, beside, Centre, vocabulary)
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return True
    text = head.decode("utf-8-sig", "replace")
    if "\ufffd" in text or not text.strip():
        return True
    if file.suffix.lower() in _LINES:
        return not text.startswith(_OWN_LINES)
    if file.suffix.lower() == ".json" or _JSON.match(text):
        return _json_of_a_centre(text)
    if all(key.search(text) for key in _RULE_FILE):
        return False
    return _CENTRE.search(text) is not None or _OTHER.search(text) is None


def _json_of_a_centre(text: str) -> bool:
    """Whether JSON, perhaps cut off or faulty, speaks of a centre or of several. Not: reports, baselines and
    schemas, which the program writes itself, rule files, figures of a programme, what is nothing of ours."""
    within, depth, top, below = 2 if text.lstrip().startswith("[") else 1, 0, set[str](), set[str]()
    for token in _TOKEN.finditer(text):
        if token[2]:
            (top if depth == within else below).add(token[1])
        elif token[1] is None:
            depth += 1 if token[0] in "{[" else -1
    if "schema_version" in top or top >= {"ruleset", "findings"} or top >= {"clauses", "rules"}:
        return False
    if top & _FIGURES and not top & _NAMES:
        return False
    return bool(top & _FIELDS) or ("$schema" not in top and bool(below & _NAMES))


def centres_of(
    path: str, vocabulary: Vocabulary, rulesets: Sequence[RuleSet]
) -> Iterator[Centre | DataError]:
    """The centres of a file or of standard input, each as data or as the error that says its faults."""
    if path != "-":
        yield from read_subjects(path, Centre, vocabulary, rulesets)
        return
    try:
        yield read_centre(path, vocabulary)
    except DataError as error:
        yield error


def usable(centres: Iterable[Centre | DataError], faults: list[Diagnostic]) -> Iterator[Centre]:
    """The centres that can be used; what is wrong with the others is told among `faults`."""
    for one in centres:
        if isinstance(one, DataError):
            faults.extend(one.diagnostics)
        else:
            yield one


def read_centre(path: str, vocabulary: Vocabulary) -> Centre:
    """A centre from a file or from standard input. Raises DataError."""
    if path != "-":
        return read_subject(path, Centre, vocabulary)
    text = bytes_to_text(read_standard_input(DataError), "<stdin>")
    return subject_from_text(text, "<stdin>", Centre, vocabulary, json_text=bool(_JSON.match(text)))


def day_of(subject: Centre | Programme, as_of: date | None, rulesets: Collection[RuleSet]) -> date:
    """The as-of day. Raises UsageError, which names the jurisdiction too where that is missing as well and no
    rule set is named."""
    try:
        return as_of_day(subject, as_of)
    except UsageError as error:
        if rulesets or subject.jurisdiction is not None:
            raise
        raise UsageError([*error.diagnostics, _no_jurisdiction(subject)]) from None


def jurisdiction_of(subject: Centre | Programme) -> str:
    """Whose rule sets hold for the data. Raises DataError where it does not say."""
    if subject.jurisdiction is None:
        raise DataError([_no_jurisdiction(subject)])
    return str(subject.jurisdiction)


def _no_jurisdiction(subject: Centre | Programme) -> Diagnostic:
    text = Text(
        "没有写明地区（jurisdiction），无法选定规则集；请补写，或用 --rules 指定",
        "jurisdiction is not given, so no rule set can be chosen; add it, or name one with --rules",
    )
    path, file = "/jurisdiction", subject.file or ""
    mark = subject.place(path)
    return Diagnostic("no-jurisdiction", text, file, mark.line, mark.column, path, mark.cell)
