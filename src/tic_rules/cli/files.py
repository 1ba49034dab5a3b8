"""Which files a command reads: as they are named, or the centre files of a folder; and the centres that a
file holds.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tic_rules.core.errors import DataError, Diagnostic, Text
from tic_rules.inputs import (
    SUFFIXES,
    bytes_to_text,
    is_part_of_another,
    read_subject,
    read_subjects,
    subject_from_text,
)
from tic_rules.model.centre import CentreData
from tic_rules.model.loader import shared_vocabulary
from tic_rules.model.ruleset import Vocabulary

_SNIFFED = (".yaml", ".yml", ".json")
_HEAD = 1_000_000
_OTHER = re.compile(
    r"^(?:rules|clauses|units|facts|centres|leading_enterprises|invention_patents|pilot_enterprises|alliances):",
    re.MULTILINE,
)
_CENTRE = re.compile(
    r"""^[\s{]*["']?(?:id|name|stage|applied_on|approved_on|hosts|legal|governance)["']?\s*:""", re.MULTILINE
)
_WRITTEN = re.compile(r'\s*\{\s*"(?:schema_version|\$schema)"')
"""Reports, baselines and schemas, which the program writes itself."""


def expand(paths: Iterable[str], broken: list[Diagnostic]) -> Iterator[str]:
    """Files as they are named; of a folder, every centre file below it in order of name."""
    for name in dict.fromkeys(paths):
        path = Path(name)
        if name == "-" or not path.is_dir():
            yield _main_of(name)
            continue
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        centres = [str(file) for file in files if _looks_like_a_centre(file)]
        if not centres:
            shown = "、".join(SUFFIXES), ", ".join(SUFFIXES)
            text = Text(
                f"文件夹里没有中心数据文件（{shown[0]}）", f"no centre files in this folder ({shown[1]})"
            )
            broken.append(Diagnostic("no-files", text, name))
        yield from centres


def _main_of(name: str) -> str:
    """A file as it is named; for a list of a CSV file (centres.contributions.csv) the file that is read
    with it.
    """
    path = Path(name)
    if path.suffix.lower() in (".csv", ".tsv") and is_part_of_another(path, CentreData, shared_vocabulary()):
        mains = (path.with_name(path.stem.rpartition(".")[0] + suffix) for suffix in (".csv", ".tsv"))
        return next((str(main) for main in mains if main.is_file()), name)
    return name


def _looks_like_a_centre(file: Path) -> bool:
    """Whether a file of a folder speaks of a centre; one that cannot be read does, so that its fault is
    told.
    """
    if file.suffix.lower() not in _SNIFFED:
        return not is_part_of_another(file, CentreData, shared_vocabulary())
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return True
    text = head.decode("utf-8", "replace")
    if "\ufffd" in text or not text.strip():
        return True
    if _WRITTEN.match(text):
        return False
    return _CENTRE.search(text) is not None or (
        _OTHER.search(text) is None and file.suffix.lower() != ".json"
    )


def centres_of(path: str, vocabulary: Vocabulary) -> Iterator[CentreData | DataError]:
    """The centres of a file, or of standard input, each as data or as the error that says what is wrong
    with it.
    """
    if path != "-":
        yield from read_subjects(path, CentreData, vocabulary)
        return
    try:
        yield read_centre(path, vocabulary)
    except DataError as error:
        yield error


def read_centre(path: str, vocabulary: Vocabulary) -> CentreData:
    """A centre from a file or from standard input. Raises DataError."""
    if path != "-":
        return read_subject(path, CentreData, vocabulary)
    text = bytes_to_text(sys.stdin.buffer.read(), "<stdin>")
    name = "<stdin>.json" if text.lstrip()[:1] == "{" and '"' in text.lstrip()[:200] else "<stdin>"
    try:
        return subject_from_text(text, name, CentreData, vocabulary)
    except DataError as error:
        raise DataError([d._replace(file="<stdin>") for d in error.diagnostics]) from None
