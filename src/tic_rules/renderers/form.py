"""A centre file to fill in: the fields that chosen rule sets read, with labels, clauses, examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tic_rules.core.errors import Text, visible
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.extension import extended
from tic_rules.model.fields import fields_of, kind_of, paths_of, record_in
from tic_rules.model.loader import words_of
from tic_rules.model.ruleset import Rule, RuleSet, Vocabulary
from tic_rules.model.subject import Record
from tic_rules.model.tables import layout_of
from tic_rules.model.written_names import title_of
from tic_rules.renderers.headers import Form, clauses_named, csv_line, text_of
from tic_rules.renderers.upright import offered, write_upright
from tic_rules.renderers.workbook import Writer, write_form
from tic_rules.results.explanation import facts_of_rule, paths_of_fact

LAST = ("incomplete", "sources", "attestations", "exemptions")
"""What stands at the end of a file to fill in."""
ALWAYS = (
    "id", "name", "jurisdiction", "stage", "reported_on", "applied_on", "approved_on", "term_years", *LAST,
)  # fmt: skip
"""What every file says, whatever rules read it."""


def clauses_by_field(rulesets: Sequence[RuleSet]) -> dict[str, list[str]]:
    """For every dotted path that a rule reads, and every list in whose entries it lies, the clauses that ask
    for it."""
    clauses: dict[str, list[str]] = defaultdict(list)
    for ruleset in rulesets:
        document = ruleset.document.number or ruleset.document.title
        lists = {path for listed in ruleset.vocabulary.lists.values() for path in listed.paths}
        for rule in ruleset:
            for path in _paths_of_rule(rule, ruleset):
                said = f"{document} {rule.at}"
                for place in (path, *(around for around in lists if path.startswith(f"{around}."))):
                    if said not in clauses[place]:
                        clauses[place].append(said)
    return clauses


def _paths_of_rule(rule: Rule, ruleset: RuleSet) -> Iterator[str]:
    if rule.bearer == "programme":  # of a centre's file it reads only what centres may not have in common
        yield from (node.of_each for node in c.walk(rule.condition) if isinstance(node, c.OfEach))
        return
    for name in dict.fromkeys(facts_of_rule(rule)):
        fact = ruleset.facts[name]
        yield from paths_of_fact(fact, ruleset.vocabulary)
        listed = ruleset.vocabulary.lists.get(
            fact.list_name or (ruleset.facts[fact.kinds].list_name if fact.kinds else "") or ""
        )
        for look in listed.look_up.values() if listed else ():
            yield from (path for unit in look.units.values() for path in ruleset.vocabulary.lists[unit].paths)
    dated = ("application", "approval", "term_end")
    counted = (rule.years, rule.yearly, rule.from_, rule.cycle, rule.after)
    if rule.by in dated or rule.since in dated[1:] or any(counted):
        yield "approved_on"
    if rule.by == "application":
        yield "applied_on"
    after = rule.after.after if rule.after is not None else None
    if rule.until or "term_end" in (rule.by, rule.from_, rule.since, after):
        yield "term_years"
    if rule.attested:
        yield "attestations"


def blank_file(rulesets: Sequence[RuleSet], lang: str = "zh") -> str:
    """YAML to fill in. Every value is left empty (unknown); it loads and checks as it is."""
    fields = _Fields(rulesets, words_of(reversed(rulesets)), lang)
    named = Text("# 规则集：", "# Rule sets: ").in_(lang) + ", ".join(ruleset.id for ruleset in rulesets)
    lines = [*text_of("head").in_(lang).split("\n"), named, ""]
    places = {ruleset.jurisdiction for ruleset in rulesets}
    given = {"jurisdiction": places.pop()} if len(places) == 1 else {}
    lines.extend(fields.section(fields.model, "", "", given))
    lines.append("")
    for said, rules in (("judged_below", _judged(rulesets)), ("open_below", _left_open(rulesets))):
        if rules:
            lines += [
                f"# {text_of(said).in_(lang)}",
                *(f"#   {ruleset.id}/{rule.id}" for ruleset, rule in rules),
            ]
    return "".join(visible(line) + "\n" for line in lines)


def blank_workbook(rulesets: Sequence[RuleSet], lang: str, *, wide: bool = False) -> bytes:
    """An Excel workbook to fill in, with drop-downs and an explanation in front: one row an item for one
    centre, or, `wide`, one row a centre; a sheet for each list. Raises UsageError."""
    writer, form = Writer(), _form(rulesets, words_of(rulesets), lang)
    if wide:
        write_form(writer, form, ())
        _read_me(writer, rulesets, lang, "read_me")
    else:
        _read_me(writer, rulesets, lang, "read_me_upright")
        write_upright(writer, form, rulesets)
    return writer.bytes()


def _form(rulesets: Sequence[RuleSet], words: Vocabulary, lang: str) -> Form:
    fields = _Fields(rulesets, words, lang)
    layout = layout_of(fields.model, words)
    return Form(layout, words, lang, fields.wanted, fields.asked, offered(rulesets, lang))


_READ_ME_WIDTH = 82
"""In characters: what a page of A4 bears, whatever font stands in for that of the book."""


def _read_me(writer: Writer, rulesets: Sequence[RuleSet], lang: str, name: str) -> None:
    page = writer.book.add_worksheet("说明" if lang == "zh" else "read me")
    page.set_column(0, 0, _READ_ME_WIDTH)
    page.set_landscape()
    page.set_paper(9)
    lines = text_of(name).in_(lang).split("\n")
    several = len(rulesets) > 1
    for said, rules in (("judged", _judged(rulesets)), ("left_open", _left_open(rulesets))):
        if rules:
            titles = (title_of(ruleset, rule, lang, with_document=several) for ruleset, rule in rules)
            lines += ["", text_of(said).in_(lang), *titles]
    for row, line in enumerate(lines):
        writer.put(page, row, 0, line, writer.style(text_wrap=True, bold=row == 0))
        writer.height(page, row, [(line, _READ_ME_WIDTH)])


def blank_table(rulesets: Sequence[RuleSet], lang: str) -> str:
    """The header of a CSV file with one row a centre."""
    form = _form(rulesets, words_of(reversed(rulesets)), lang)
    return csv_line([form.says(column.label) for column in form.main.columns if column.kind != "list"])


def _judged(rulesets: Sequence[RuleSet]) -> list[tuple[RuleSet, Rule]]:
    return [(ruleset, rule) for ruleset in rulesets for rule in ruleset if rule.attested]


def _left_open(rulesets: Sequence[RuleSet]) -> list[tuple[RuleSet, Rule]]:
    """The rules that an attestation settles where data alone leaves them open."""
    return [(ruleset, rule) for ruleset in rulesets for rule in ruleset if rule.open_to_judgement]


class _Fields:
    """What a file says that chosen rule sets read: the model of its data, its words, the fields that are
    wanted, the clauses that ask for each; and what its comments say of them, in a language."""

    def __init__(self, rulesets: Sequence[RuleSet], vocabulary: Vocabulary, lang: str) -> None:
        self.model, self.vocabulary, self.lang = extended(Centre, vocabulary), vocabulary, lang
        self.asked = clauses_by_field(rulesets)
        self.wanted = paths_of(self.model) & self.asked.keys() | set(ALWAYS)

    def section(
        self, model: type[Record], prefix: str, indent: str, given: Mapping[str, str]
    ) -> Iterator[str]:
        """The lines of a record; `given` are values by path."""
        words = {name: word for name, word, _ in fields_of(model) if word}
        listed = list(model.model_fields.items())
        if not prefix:
            listed.sort(key=lambda item: (item[0] in LAST) - (item[0] == "id"))
        for name, field in listed:
            path = prefix + name
            below = any(other.startswith(path + ".") for other in self.wanted)
            if path not in self.wanted and not below:
                continue
            inner = record_in(field.annotation)
            if inner is not None and below and kind_of(field).name == "record":
                label = self.label(path)
                yield f"{indent}{name}:" + (f"  # {label}" if label else "")
                yield from self.section(inner, path + ".", f"{indent}  ", given)
                continue
            yield f"{indent}# {self.label(path) or path}{self.asks(path)}"
            if name in words:
                yield f"{indent}#   {self.allowed(words[name])}"
            if example := self.example(path):
                yield f"{indent}#   {example}"
            if inner is not None:
                yield from (indent + line for line in self.entry(inner, path))
            yield f"{indent}{name}:" + (f" {given[path]}" if path in given else "")

    def entry(self, inner: type[Record], path: str, depth: int = 1) -> Iterator[str]:
        """What an entry of a list holds."""
        words = {name: word for name, word, _ in fields_of(inner) if word}
        for name, about in inner.model_fields.items():
            there = f"{path}.{name}"
            said = Text("", "")
            if name in words:
                choices = self.allowed(words[name])
                said = Text(f"：{choices}", f": {choices}")
            elif example := self.example(there):
                said = Text(f"（{example}）", f" ({example})")
            label = self.label(there) or name
            yield f"#{'   ' * depth}{name} {label}{said.in_(self.lang)}{self.asks(there)}"
            below = record_in(about.annotation)
            if below is not None:
                yield from self.entry(below, there, depth + 1)

    def label(self, path: str) -> str:
        field = self.vocabulary.fields.get(path)
        return Text(field.zh, field.en).in_(self.lang) if field else ""

    def example(self, path: str) -> str:
        field = self.vocabulary.fields.get(path)
        return Text("例：", "example: ").in_(self.lang) + field.example if field and field.example else ""

    def allowed(self, word: str) -> str:
        labels = {
            name: label.text.in_(self.lang) for name, label in self.vocabulary.words.get(word, {}).items()
        }
        return " | ".join(name if name == label else f"{name} {label}" for name, label in labels.items())

    def asks(self, path: str) -> str:
        """The clauses that ask for a field, the first six by name."""
        named = clauses_named(self.asked.get(path, ()), 6, self.lang)
        return f"  〔{named}〕" if named else ""
