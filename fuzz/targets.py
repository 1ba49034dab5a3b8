"""What is fuzzed: each format of centre data, figures of a programme, rule files; what is accepted is checked
and shown too."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from deciding import Judge
from generate import aims_of, random_centre
from mutate import Mutator

from tic_rules import load_ruleset, parse_ruleset, shipped_ids
from tic_rules.core.errors import DataError, TicRulesError
from tic_rules.core.source import BadText, decode
from tic_rules.inputs.csvfile import table_of
from tic_rules.inputs.rows import value_at
from tic_rules.inputs.tables import TableReader
from tic_rules.model.centre import Centre
from tic_rules.model.fields import paths_of
from tic_rules.model.intake import read_subject, read_subjects, subject_from_text, validated
from tic_rules.model.loader import shared_vocabulary
from tic_rules.model.programme import Programme
from tic_rules.model.tables import layout_of, names_of
from tic_rules.renderers.headers import Form, csv_line
from tic_rules.renderers.workbook import Writer, write_form

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 6, 30)
ATTACKS = [
    b"a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: "
    b"[*c,*c,*c,*c,*c,*c,*c]\n", b"&a [*a]", b"a: &a {b: *a}\n",
    b"[" * 200, b"- " * 200, b"{a: " * 200, b"? " * 200, b"!!python/object/apply:os.system ['echo']",
    b"name: !!binary aGVsbG8=\n", b"--- a\n--- b\n",
    b"name: \"\\e[31m\\u202e\"\n", b"\r".join(b" " * n + b"a:" for n in range(120)),
    b"%TAG ! x\n" * 20 + b"--- a",
    b"name: |\n" + b"  x\n" * 50, b"a: b: c", b"\t", b"\xff\xfea\0:\0",
    b"contributions: [{amount: 99999999999999999999999999999999}]",
    b"outputs: {incubated_enterprises: [{date: 2024, value: 3}, {date: 2025, value: 1}]}",
]  # fmt: skip


def text_of(data: bytes, file: str) -> str:
    try:
        return decode(data, file)
    except BadText as error:
        raise DataError(error.diagnostics) from None


class Target:
    """How the inputs of a format are made and tried. `share`: how many of all inputs it gets."""

    share: ClassVar[int] = 10
    tokens: ClassVar[Sequence[bytes]] = ()

    def __init__(self, folder: str) -> None:
        self.folder, self.tried = Path(folder), 0
        self.vocabulary = shared_vocabulary()
        self.judge = Judge()

    def made(self, mutator: Mutator) -> bytes:
        return mutator.text()

    def run(self, data: bytes) -> None:
        raise NotImplementedError

    def used(self, subject: Any) -> None:
        """Now and then what is accepted is decided and shown."""
        self.tried += 1
        if self.tried % 100 == 0:
            self.judge.decide(
                subject, load_ruleset(shipped_ids()[self.tried // 100 % len(shipped_ids())]), DAY
            )

    def written(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def all_of(self, path: Path) -> None:
        error = None
        for subject in read_subjects(path, Centre, self.vocabulary):
            if isinstance(subject, DataError):
                error = subject
                str(error)
            else:
                self.used(subject)
        if error is not None:
            raise error


class Yaml(Target):
    share = 30
    tokens = tuple(
        f"{name}: ".encode() for path in sorted(paths_of(Centre)) for name in [path.rsplit(".", 1)[-1]]
    )

    def made(self, mutator: Mutator) -> bytes:
        return _tree(mutator) if mutator.rng.random() < 0.3 else mutator.text()

    def run(self, data: bytes) -> None:
        self.used(subject_from_text(text_of(data, "x.yaml"), "x.yaml", Centre, self.vocabulary))


class Json(Target):
    share = 20
    tokens = tuple(f'"{path.rsplit(".", 1)[-1]}": '.encode() for path in sorted(paths_of(Centre)))

    def made(self, mutator: Mutator) -> bytes:
        return _tree(mutator) if mutator.rng.random() < 0.6 else mutator.text()

    def run(self, data: bytes) -> None:
        self.used(subject_from_text(text_of(data, "x.json"), "x.json", Centre, self.vocabulary))


class Lines(Target):
    share = 5
    tokens = Json.tokens

    def made(self, mutator: Mutator) -> bytes:
        return b"\n".join(_tree(mutator) for _ in range(3)) if mutator.rng.random() < 0.4 else mutator.text()

    def run(self, data: bytes) -> None:
        self.all_of(self.written("x.jsonl", data))


class Csv(Target):
    share = 20
    tokens = tuple(f"{path},".encode() for path in sorted(paths_of(Centre)))

    def run(self, data: bytes) -> None:
        self.all_of(self.written("x.csv", data))


class Cells(Target):
    """Rows whose header is right: every reader of cells, with what is not expected in it."""

    share = 15
    header: ClassVar[list[str]] = [
        column.path for column in layout_of(Centre, shared_vocabulary()).main.columns
    ]

    def made(self, mutator: Mutator) -> bytes:
        rng = mutator.rng
        chosen = rng.sample(self.header, rng.randint(1, 8))
        rows = [
            [mutator.text()[: rng.choice((5, 30, 30, 200))].decode("utf-8", "replace") for _ in chosen]
            for _ in range(rng.randint(1, 3))
        ]
        return "".join([csv_line(chosen), *(csv_line(row) for row in rows)]).encode()

    def run(self, data: bytes) -> None:
        error = None
        names = names_of(Centre, shared_vocabulary())
        for source in TableReader("x.csv", names).sources(table_of(data.decode(), "x.csv"), []):
            try:
                self.used(validated(source.data, source, Centre, self.vocabulary))
            except DataError as fault:
                error = fault
        if error is not None:
            raise error


class Xlsx(Target):
    """Workbooks: their XML mutated and packed again, or the bytes of the archive itself."""

    share = 4
    tokens = (
        b"<c r=\"XFD1048576\" t=\"str\"><v></v></c>", b"<c/>" * 9_000, b"<row/>" * 9_000, b"<si/>" * 9_000,
        b"<c r=\"GR200000\" t=\"inlineStr\"><is><t></t></is></c>", b"<mergeCell ref=\"A1:XFD1048576\"/>",
        b"<c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c>",
        b"<f t=\"shared\" ref=\"A1:A100000\" si=\"0\">1</f>",
        b"<c r=\"XFD1048576\"><v>1</v></c>", b"<c r=\"A1\" t=\"e\"><v>#REF!</v></c>", b"<f>1+1</f>", 
        b"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>", b"&a;", b"<v>99999</v>",
        b" t=\"s\"", b" t=\"d\"", b" t=\"inlineStr\"", b"<is><t>x</t></is>", b" r=\"A0\"", b" s=\"99\"", 
        b"<row r=\"99999999\">", b"<![CDATA[", b"<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        b"date1904=\"1\"",
    )  # fmt: skip

    def made(self, mutator: Mutator) -> bytes:
        rng = mutator.rng
        seed = rng.choice(mutator.seeds)
        if rng.random() < 0.3:
            return mutator.changed(seed)
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(seed)) as old,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new,
        ):
            names = old.namelist()
            hit = {*rng.sample(names, rng.randint(1, 2)), rng.choice([n for n in names if "sheet" in n])}
            for name in names:
                data = old.read(name)
                new.writestr(name, mutator.changed(data) if name in hit else data)
        return packed.getvalue()

    def run(self, data: bytes) -> None:
        self.all_of(self.written("x.xlsx", data))


class Figures(Target):
    share = 4
    tokens = tuple(f"{path}: ".encode() for path in sorted(paths_of(Programme)))

    def run(self, data: bytes) -> None:
        figures = subject_from_text(text_of(data, "x.yaml"), "x.yaml", Programme, self.vocabulary)
        self.tried += 1
        if self.tried % 20 == 0:
            self.judge.decide(figures, load_ruleset("national_13fyp"), date(2020, 12, 31))


class Decided(Target):
    """Centres as they may be, with odd values, and lists and series grown: decided by a shipped rule set."""

    share = 1

    def made(self, mutator: Mutator) -> bytes:
        rng = mutator.rng
        drawn = random_centre(load_ruleset(rng.choice(shipped_ids())), rng)[0]
        for name in rng.sample(sorted(drawn), min(len(drawn), rng.choice((0, 1, 1, 2)))):
            if isinstance(drawn[name], list) and drawn[name]:
                drawn[name] = [
                    dict(item) if isinstance(item, dict) else item
                    for item in drawn[name] * rng.choice((2, 10, 100))
                ]
        return json.dumps(mutator.tree(drawn, rng.choice((0, 0, 0, 1, 2))), ensure_ascii=False).encode(
            "utf-8", "replace"
        )

    def run(self, data: bytes) -> None:
        subject = subject_from_text(text_of(data, "x.json"), "x.json", Centre, self.vocabulary)
        self.judge.decide(subject, load_ruleset(shipped_ids()[zlib.crc32(data) % len(shipped_ids())]), DAY)


class Rules(Target):
    """Rule files: lines changed in a whole one, and whole ones made of pieces. Of those that load one in
    eight decides an example and a random centre."""

    share = 4

    def made(self, mutator: Mutator) -> bytes:
        rng = mutator.rng
        if rng.random() < 0.4:
            return mutator.text()
        lines = rng.choice(mutator.seeds).splitlines(keepends=True)
        loads = rng.random() < 0.6  # what stays well formed reaches the engines
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(lines))
            lines[at] = self._other(lines, at, rng) if loads else mutator.changed(lines[at])
        return b"".join(lines)

    def _other(self, lines: list[bytes], at: int, rng: random.Random) -> bytes:
        """A line with another number, or with what another line says of the same key."""
        line = lines[at]
        if rng.random() < 0.5:
            return re.sub(
                rb"(?<![\w.-])\d+(?![\w.-])",
                lambda _: rng.choice((b"0", b"1", b"2", b"7", b"50", b"2024", b"1000000000")),
                line,
                count=1,
            )
        key = line.partition(b":")[0]
        return rng.choice([other for other in lines if other.partition(b":")[0] == key])

    def run(self, data: bytes) -> None:
        ruleset = parse_ruleset(text_of(data, "x.yaml"), "x.yaml")
        self.tried += 1
        if self.tried % 8:
            return
        rng = random.Random(zlib.crc32(data))
        drawn, drawn_for = random_centre(ruleset, rng)
        aims_of.cache_clear()  # it would keep every rule set
        centre = subject_from_text(
            json.dumps(drawn, ensure_ascii=False), "x.json", Centre, ruleset.vocabulary
        )
        for subject, day in ((_examples()[self.tried // 3 % len(_examples())], DAY), (centre, drawn_for)):
            self.judge.decide(subject, ruleset, day)


TARGETS: dict[str, type[Target]] = {
    "yaml": Yaml, "json": Json, "jsonl": Lines, "csv": Csv, "cells": Cells, "xlsx": Xlsx,
    "programme": Figures, "decided": Decided, "rules": Rules,
}  # fmt: skip


def _tree(mutator: Mutator) -> bytes:
    """An example with odd values in it: JSON, and so YAML too."""
    subject = mutator.rng.choice(_examples()).model_dump(mode="json", exclude_none=True)
    fields = mutator.rng.sample(
        list(subject),
        mutator.rng.randint(1, len(subject)) if mutator.rng.random() < 0.2 else min(len(subject), 6),
    )
    return json.dumps(
        mutator.tree({name: subject[name] for name in fields}, mutator.rng.randint(0, 4)), ensure_ascii=False
    ).encode("utf-8", "replace")


@cache
def _examples() -> tuple[Centre, ...]:
    files = [
        path
        for path in [
            *sorted((ROOT / "examples").glob("*.yaml")),
            *sorted((ROOT / "examples/real").glob("*.yaml")),
        ]
        if "programme" not in path.name
    ]
    return tuple(read_subject(path, Centre, shared_vocabulary()) for path in files)


def seeds_of(name: str) -> list[bytes]:
    """What the inputs of a target are mutated from."""
    plain = [subject.model_dump(mode="json", exclude_none=True) for subject in _examples()]
    if name == "yaml":
        corpus = sorted((ROOT / "tests/corpus").glob("*/*.yaml"))
        return [
            *(path.read_bytes() for path in [*sorted((ROOT / "examples").rglob("*.yaml")), *corpus]),
            *ATTACKS,
        ]
    if name in ("json", "jsonl"):
        return [
            json.dumps(data, ensure_ascii=False, indent=1 if name == "json" else None).encode()
            for data in plain
        ] + [
            b'{"a":1,"a":2}',
            b"[" * 300,
            b'{"a":"\\ud800"}',
        ]
    if name in ("csv", "cells"):
        return [
            *(_as_csv(data, lang) for data in plain for lang in ("zh", "en")),
            b'"a',
            b"a\tb\n",
            b"sep=;\nid;name\n1;2\n",
        ]
    if name == "xlsx":
        return [_as_workbook(data, lang) for data in plain for lang in ("zh", "en")]
    if name == "decided":
        return ATTACKS
    if name == "programme":
        return [path.read_bytes() for path in sorted((ROOT / "examples").glob("programme*.yaml"))]
    return [path.read_bytes() for path in sorted((ROOT / "rules").glob("*.yaml"))]


def _form(lang: str) -> Form:
    return Form(layout_of(Centre, shared_vocabulary()), shared_vocabulary(), lang, paths_of(Centre), {})


def _as_workbook(data: dict[str, Any], lang: str) -> bytes:
    writer = Writer()
    write_form(writer, _form(lang), [data])
    return writer.bytes()


def _as_csv(data: dict[str, Any], lang: str) -> bytes:
    form = _form(lang)
    columns = [column for column in form.main.columns if column.kind != "list"]
    values = [(value_at(data, column.parts), column) for column in columns]
    cells = [None if value is None else form.cell(value, column) for value, column in values]
    lines = csv_line([form.says(column.label) for column in columns]), csv_line(cells)
    return "".join(lines).encode("gb18030" if lang == "zh" else "utf-8")


__all__ = ["TARGETS", "Target", "TicRulesError", "seeds_of"]
