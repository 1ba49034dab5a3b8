"""tic-rules verify: written reports decided again; do they come to the same, and what changed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from functools import lru_cache

import click

from tic_rules.analysis.verification import Verification, checked, data_matches, settings_of, verified
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import diagnose, kept, lang_option, output_options, write
from tic_rules.cli.files import centres_of, expand, usable
from tic_rules.cli.replacement import guard
from tic_rules.core.dates import parse_day
from tic_rules.core.errors import DataError, Diagnostic, RuleSetError, Text, TicRulesError, clip, fault
from tic_rules.core.files import read_named, read_standard_input
from tic_rules.core.scalars import Json
from tic_rules.engines.check import ENGINES, check_subject, with_centres
from tic_rules.inputs import SUFFIXES
from tic_rules.model.centre import Centre
from tic_rules.model.document import plain
from tic_rules.model.loader import listed_ruleset, load_ruleset, words_of
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.verification import FORMATS, render
from tic_rules.results.parts import Engine
from tic_rules.results.report import SCHEMA_VERSION

_LARGEST = 1024 * 1024 * 1024


@click.command("verify", cls=Command)
@click.argument("report", metavar="REPORT")
@click.argument("centre", required=False, metavar="[CENTRE]")
@click.option("--rules", metavar="ID|PATH", help="The rule set. Default: the one that the report names.")
@click.option("--engine", type=click.Choice(ENGINES), default="native", help="How it is decided again.")
@output_options(FORMATS, "Write the result to a file.")
@lang_option
def command(
    report: str, centre: str | None, rules: str | None, engine: Engine, format_: str, output: str | None,
    lang: str,
) -> None:  # fmt: skip
    """Decide written reports again: JSON of one or of several, or JSON Lines.

    CENTRE is the data, or a folder of it, where it no longer stands where the report says. Exit status 0
    where all come to the same (but for the key `tool`), 1 where one does not, 2 where one cannot be decided
    again."""
    guard([output], [report, centre, rules], command="tic-rules verify")
    again = _Again(report, centre, rules, engine)
    results, broken = list[Verification](), list[Diagnostic]()
    for number, written in enumerate(again.reports, 1):
        with kept(broken, report):
            results.append(again.decided(number, written))
    guard([output], again.files, command="tic-rules verify")
    diagnose(broken, lang)
    if results:
        write(render(results, format_, lang), output, format_=format_)
    sys.exit(2 if broken else 0 if all(result.same for result in results) else 1)


class _Again:
    """The reports of a file, and the data that they were decided of."""

    def __init__(self, file: str, centre: str | None, rules: str | None, engine: Engine) -> None:
        self.file, self.centre, self.rules, self.engine = file, centre, rules, engine
        self.files: set[str] = set()
        self.reports = read_reports(file)
        self._read = lru_cache(maxsize=64)(self._centres)

    def decided(self, number: int, written: Json) -> Verification:
        """A report decided again. Raises DataError, RuleSetError."""
        ruleset = self._ruleset(written)
        day = parse_day(written["as_of"])
        phase, exemptions = settings_of(written)
        subject: Centre | Programme
        if written.get("centre") is None:
            subject = self._programme(written, ruleset)
        else:
            subject = self._centre(written, ruleset)
            if written["centre"]["file"] is None:  # given in Python: its values had no places
                subject = type(subject).from_data(plain(subject), ruleset=ruleset)
        report = check_subject(subject, ruleset, day, self.engine, exemptions=exemptions)
        return verified(number, written, report if phase is None else report.only_phase(phase))

    def _ruleset(self, written: Json) -> RuleSet:
        """The rule set of a report: the one asked for, the shipped one, or the file that the report names."""
        if self.rules is not None:
            return load_ruleset(self.rules)
        name = written["ruleset"]["id"]
        file = ((written.get("provenance") or {}).get("rules") or {}).get("file")
        listed = listed_ruleset(name)
        shipped = f"rules/{name}.yaml" if listed and listed.origin == "shipped" else None
        if listed and (file in (None, shipped, listed.file) or self._placed(file) is None):
            return load_ruleset(name, ids_only=True)
        return load_ruleset(self._place(file, "--rules"))

    def _placed(self, file: str | None) -> str | None:
        """Where a file of a report stands: there, or beside the report; None where it is no data."""
        if file is None or not file.lower().endswith(SUFFIXES):
            return None
        places = (file, os.path.join(os.path.dirname(self.file), file))
        return next((place for place in places if os.path.isfile(place)), None)

    def _place(self, file: str | None, ask: str) -> str:
        """As `_placed`. Raises DataError that names what to give."""
        place = self._placed(file)
        if place is None:
            shown = file or "—"
            zh = f"找不到报告所说的文件（{shown}）；请给出 {ask}"
            en = f"the file that the report names is not there ({shown}): give {ask}"
            raise fault(DataError, "no-file", zh, en)
        self.files.add(place)
        return place

    def _centres(self, place: str, ruleset: RuleSet) -> Sequence[Centre]:
        """The usable centres of a file or a folder. Raises DataError where there is none."""
        faults, centres = list[Diagnostic](), list[Centre]()
        rulesets = self._rulesets(ruleset)
        vocabulary = words_of(rulesets)
        for path in expand([place], faults, vocabulary):
            self.files.add(path)
            centres += usable(centres_of(path, vocabulary, rulesets), faults)
        if not centres:
            raise DataError(faults)
        return centres

    def _rulesets(self, ruleset: RuleSet) -> list[RuleSet]:
        """The rule sets that the data was read for: those of all reports, for it may say fields of any."""
        others = []
        for written in self.reports if self.rules is None else ():
            try:
                others.append(self._ruleset(written))
            except TicRulesError:
                continue  # told of where its own report is decided
        several = list(dict.fromkeys([ruleset, *others]))
        try:
            words_of(several)
        except RuleSetError:
            return [ruleset]
        return several

    def _centre(self, written: Json, ruleset: RuleSet) -> Centre:
        place = self.centre or self._place(written["centre"]["file"], "CENTRE")
        centres = self._read(place, ruleset)
        if len(centres) == 1:
            return centres[0]
        same = [one for one in centres if one.id is not None and one.id == written["centre"]["id"]]
        if len(same) != 1:
            same = [one for one in same or centres if data_matches(written, one)]
        if same:
            return same[0]
        name = written["centre"]["id"] or written["centre"]["name"]
        zh, en = f"其中没有报告所说的中心（{name}）", f"the centre of the report is not in it ({name})"
        raise fault(DataError, "no-centre", zh, en, file=place)

    def _programme(self, written: Json, ruleset: RuleSet) -> Programme:
        """The programme's figures, with the centres of the other reports of the file."""
        alone = len(self.reports) == 1 and self.centre is not None
        file = self.centre if alone else self._place(written["programme"]["file"], "CENTRE")
        figures = Programme.from_file(file or "", ruleset=ruleset)
        several = [one for one in self.reports if one.get("centre") is not None]
        once = {
            json.dumps([one["centre"], (one.get("provenance") or {}).get("data")]): one for one in several
        }
        centres = [self._centre(one, ruleset) for one in once.values()]
        return with_centres(figures, ruleset, centres, parse_day(written["as_of"]))


def read_reports(file: str) -> list[Json]:
    """The reports of a file: one, `{"reports": […]}`, or one a line. Raises DataError where there is none."""
    raw = read_standard_input(DataError, _LARGEST) if file == "-" else read_named(file, DataError, _LARGEST)
    try:
        text = raw.decode("utf-8-sig")
        try:
            data = json.loads(text)
        except json.JSONDecodeError:
            data = {"reports": [json.loads(line) for line in text.split("\n") if line.strip()]}
        if (form := data.get("schema_version", SCHEMA_VERSION)) != SCHEMA_VERSION:
            given = clip(json.dumps(form))
            zh = f"报告的 schema_version 是 {given}，本程序只认 {SCHEMA_VERSION}"
            en = f"reports of schema_version {given}, and this program knows {SCHEMA_VERSION}"
            zh, en = f"{zh}；请用写出它的版本核对", f"{en}: use the version that wrote them"
            raise fault(DataError, "schema-version", zh, en, file=file)
        reports = [checked(report) for report in data.get("reports", [data])]
    except (ValueError, TypeError, AttributeError, RecursionError):
        text_ = Text(
            "这不是本程序用 --format json 或 jsonl 写出的报告",
            "not a report as this program writes it with --format json or jsonl",
        )
        raise DataError([Diagnostic("no-report", text_, file)]) from None
    if not reports:
        raise DataError([Diagnostic("no-report", Text("其中没有报告", "there is no report in it"), file)])
    return reports
