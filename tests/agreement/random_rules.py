"""Random rule sets: every operator over every list and fact of the vocabulary, with clocks of every kind.
They mean nothing.

The shipped rule sets use each operator in a few ways only; engines have to agree on all that a rule file
may say.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

from tic_rules import RuleSet, RuleSetError, parse_ruleset
from tic_rules.model.centre import Centre
from tic_rules.model.fields import record_in, words_at
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.model.values import CellKind
from tic_rules.model.vocabulary import Vocabulary

VOCABULARY = shared_vocabulary()
LISTS = tuple(name for name in VOCABULARY.lists if name != "approvals")
FACTS = tuple(name for name in VOCABULARY.facts if not name.startswith("programme"))
OWN_LISTS: dict[str, Any] = {"yearly_income": {"path": "income", "year": "year", "every_year": True}}
"""Lists of the drawn rule files themselves."""
VOCABULARY = VOCABULARY.with_(Vocabulary.model_validate({"lists": OWN_LISTS}))
LISTS = (*LISTS, *OWN_LISTS)
DAYS = ("plan_argued", "executive_meeting")
"""Facts that are days: in the place of that of the founding, too."""
_SAID = {"zh": "甲", "en": "a"}
_BOUNDS = ("at_least", "at_most", "more_than", "less_than", "equals")


def random_ruleset(rng: random.Random, rules: int = 12, refused: tuple[str, ...] = ()) -> RuleSet:
    """So many random rules, without those that a rule file may not hold; nor those that an engine refuses: of
    a `cycle`, or of an `event` from which a deadline runs.
    """
    drawn = _Draw(rng)
    made = [rule for place in range(rules) if not refused_of(rule := drawn.rule(place)) & {*refused}]
    while True:
        try:
            return parse_ruleset(json.dumps(_file(made, drawn), ensure_ascii=False), "random.json")
        except RuleSetError as error:
            places = str([diagnostic.path for diagnostic in error.diagnostics])
            faulty, facts = (
                {int(place) for place in re.findall(r"/rules/(\d+)", places)},
                set(re.findall(r"own_\d+", places)),
            )
            if not faulty and not facts:
                raise
            made = [
                rule
                for place, rule in enumerate(made)
                if place not in faulty and not any(f'"{fact}"' in json.dumps(rule) for fact in facts)
            ]
            drawn.facts = {name: fact for name, fact in drawn.facts.items() if name not in facts}


def refused_of(rule: dict[str, Any]) -> set[str]:
    """What of a drawn rule an engine may refuse."""
    by = rule.get("by")
    event = isinstance(by, dict) and by["after"] not in ("approval", "term_end")
    return {name for name, there in (("cycle", "cycle" in rule), ("event", event)) if there}


def _file(rules: list[dict[str, Any]], drawn: _Draw) -> dict[str, Any]:
    return {
        "id": "random_rules", "version": "1.0.0", "jurisdiction": "zhejiang",
        "document": {"title": "甲", "title_en": "a", "in_force": {"from": drawn.force}},
        "vocabulary": {"facts": drawn.facts, "lists": OWN_LISTS},
        "clauses": [{"at": "一", "heading": "甲", "rules": [rule["id"] for rule in rules]}], "rules": rules,
    }  # fmt: skip


class _Draw:
    def __init__(self, rng: random.Random) -> None:
        self.rng, self.facts = rng, dict[str, Any]()
        self.force = rng.choice(
            ("2016-01-01", "2016-01-01", "2021-06-01", "2022-01-01", "2022-03-02", "2023-05-01")
        )

    def often(self, percent: int) -> bool:
        return self.rng.random() * 100 < percent

    def fact(self, said: dict[str, Any]) -> str:
        name = f"own_{len(self.facts)}"
        self.facts[name] = {"label": _SAID, **said}
        return name

    # --- rules ------------------------------------------------------------------------------------

    def rule(self, place: int) -> dict[str, Any]:
        said = dict.fromkeys(("title", "message", "remedy"), _SAID)
        rule = {
            "id": f"r-{place}",
            "at": "一",
            "quote": "甲",
            "topic": "goals",
            "kind": "condition",
            "bearer": "centre",
            **said,
        }
        rule["modality"] = self.rng.choice(("must", "in_principle", "encouraged"))
        if self.often(15):
            when = {"kind": "consequence", "when": self.tree(), "then": _SAID}
            return (
                rule
                | when
                | self.rng.choice(({}, {"from": "term_end"}, {"since": "term_end"}, {"since": "approval"}))
            )
        rule["kind"] = self.rng.choice(("condition", "prohibition", "limit"))
        rule["require"] = self.tree()
        rule |= self.rng.choice(
            (
                *({"by": by} for by in ("1y", "2y", "5y", "application", "approval", "term_end",
                    "2024-06-30")),
                *({"from": day} for day in ("approval", "term_end", "1y", "3y")),
                *({"by": {**length, "after": day}} for length in ({"days": 30}, {"months": 6})
                    for day in ("approval", "term_end")),
                {"by": {"days": 30, "after": self.event()}}, {"by": {"months": 2, "after": self.event()}},
                {"cycle": {"years": 2}}, {"cycle": {"months": 18, "grace": {"days": 45}}},
                {"yearly": {"looked_for_until": {"next_year": "01-31"}}},
                {"yearly": {"looked_for_until": {"same_year": "11-30"}, "running_year": True}},
                *({"yearly": {"looked_for_until": until,
                    "running_year": self.often(50)}} for until in ("end_of_year", "end_of_next_year")),
                {"until": "term_end"}, *([{}] * 4),
            )
        )  # fmt: skip
        event = isinstance(rule.get("by"), dict) and rule["by"]["after"] not in ("approval", "term_end")
        if event and self.often(50):
            listed = VOCABULARY.facts.get(rule["by"]["after"]) or self.facts[rule["by"]["after"]]
            rule["require"] = {"any": [{"entry": self.where(_list_of(listed))}, rule["require"]]}
        if "yearly" in rule or "cycle" in rule:
            rule |= {"until": "term_end"} if self.often(30) else {}
        elif event:
            rule |= {"since": "approval"} if self.often(30) else {}
        else:
            since = self.rng.choice(("approval", "approval", "term_end", "2023-01-01"))
            rule |= {"since": since} if self.often(30) and "from" not in rule else {}
            rule |= {"applies": self.tree(1)} if self.often(30) else {}
            if self.often(15):
                broken = self.tree(1)
                rule |= {"fails_at_once": {"review": broken} if self.often(30) else broken}
        return rule

    def event(self) -> str:
        """A fact whose entries have dates."""
        listed = self.rng.choice([name for name in LISTS if VOCABULARY.lists[name].date])
        some = {"where": where} if (where := self.where(listed)) and self.often(50) else {}
        return self.fact({"entries": listed, **some})

    def window(self) -> dict[str, Any]:
        """A time that looks back from the day looked at."""
        window: Any = self.rng.choice(
            ("latest_full_year", {"full_years": 2}, {"full_years": 3}, {"months": 12}, {"months": 30},
                {"since": "2022-07-01"})
        )  # fmt: skip
        if isinstance(window, dict) and "full_years" in window and self.often(30):
            window = {**window, "founded": self.rng.choice(DAYS)}
        return {"over": window}

    def number(self) -> str:
        """A fact that is a number made of others."""
        money = [
            name for name, fact in VOCABULARY.facts.items() if fact.unit == "CNY" and fact.reading == "sum"
        ]
        one, other = self.rng.choice(money), self.rng.choice(money)
        parts: list[Any] = [one, {"times": self.rng.choice(("20%", "三分之一", 2)), "fact": other}]
        kind = self.rng.choice(("ratio", "smaller", "larger", "age", "average"))
        if kind == "ratio":
            return self.fact({"ratio": {"of": parts[1], "to": one}, "unit": "ratio"})
        if kind == "age":
            return self.fact(
                {"age": self.rng.choice(DAYS), "unit": self.rng.choice(("year", "month", "day"))}
            )
        if kind == "average":
            listed = self.rng.choice(("income", "contributions", "yearly_income"))
            over = {"over": {"full_years": self.rng.choice((1, 2, 3))}}
            over["over"] |= {"founded": DAYS[0]} if self.often(30) else {}
            some = {"where": where} if (where := self.where(listed)) else {}
            return self.fact({"average": "amount", "of": listed, "unit": "CNY", **over, **some})
        return self.fact({kind: [*parts, self.rng.choice((one, "5000万元"))], "unit": "CNY"})

    def made(self) -> dict[str, Any]:
        """A comparison of a number that is made of others, or with one."""
        name = self.number()
        kind = next(
            key for key in self.facts[name] if key in ("ratio", "smaller", "larger", "age", "average")
        )
        bounds = {"ratio": ("30%", "三分之一", 1), "age": (1, 12, 365)}.get(
            kind, (0, 50_000_000, 100_000_000)
        )
        if kind in ("smaller", "larger", "average") and self.often(30):
            return {"fact": "investment", self.rng.choice(_BOUNDS): {"fact": name}}
        return {"fact": name, self.rng.choice(_BOUNDS): self.rng.choice(bounds)}

    def each_year(self) -> dict[str, Any]:
        window = {"full_years": self.rng.choice((1, 2, 3))} | ({"founded": DAYS[0]} if self.often(30) else {})
        return {"each_year": window, "holds": self.tree(1)}

    def tree(self, depth: int = 2) -> dict[str, Any]:
        if depth == 0 or self.often(55):
            return self.leaf()
        kind = self.rng.choice(("all", "any", "all", "any", "not", "review", "attested", "each_year"))
        if kind == "each_year":
            return self.each_year() if depth == 2 else self.leaf()
        if kind in ("all", "any"):
            return {kind: [self.tree(depth - 1), self.tree(depth - 1)]}
        return (
            {kind: True if kind == "attested" else self.tree(depth - 1)}
            if kind != "attested" or depth == 2
            else self.leaf()
        )

    # --- conditions -------------------------------------------------------------------------------

    def leaf(self) -> dict[str, Any]:
        if self.often(15):
            return self.made()
        return (
            self.of_list(self.rng.choice(LISTS)) if self.often(55) else self.of_fact(self.rng.choice(FACTS))
        )

    def bound(self, *numbers: int) -> dict[str, Any]:
        return {self.rng.choice(_BOUNDS): self.rng.choice(numbers)}

    def of_list(self, listed: str) -> dict[str, Any]:
        declared, fields = VOCABULARY.lists[listed], fields_of(listed)
        over = self.window() if self.often(35) and (declared.date or declared.year) else {}
        some = {"where": where} if (where := self.where(listed)) else {}
        money = [name for name, kind in fields.items() if kind is not None and kind.name == "money"]
        told = [name for name, kind in fields.items() if kind is None or kind.name in ("text", "year")]
        kind = self.rng.choice(
            (
                "sum",
                "count",
                "distinct",
                "some",
                "some",
                "every",
                "none_of",
                "none_of",
                "running",
                "latest",
                "each",
            )
        )
        if kind == "sum" and money:
            return {
                "fact": self.fact({"sum": money[0], "of": listed, "unit": "CNY", **some, **over}),
                **self.bound(0, 50_000_000, 100_000_000, 1_000_000_000),
            }
        if kind == "distinct" and told:
            return {
                "fact": self.fact({"distinct": self.rng.choice(told), "of": listed, "unit": "piece", **over}),
                **self.bound(1, 2),
            }
        if kind in ("sum", "count", "distinct"):
            return {
                "fact": self.fact({"count": listed, "unit": "piece", **some, **over}),
                **self.bound(0, 1, 2, 3),
            }
        fact = self.fact({"entries": listed, **over})
        if kind == "each" and told:
            return {"fact": fact, "of_each": self.rng.choice(told), "at_most": self.rng.choice((1, 2))}
        if kind == "each":
            return {"fact": fact, "some": {}}
        if kind == "running" and declared.date and self.often(60):
            among = {"among": self.where(listed)} if self.often(40) else {}
            return {"running": 2, "of": fact, "where": self.where(listed), "by": "entry", **among}
        if kind == "running":
            return (
                {"running": 2, "of": fact, "where": self.where(listed)}
                if declared.year
                else {"fact": fact, "some": {}}
            )
        if kind == "latest":
            orders = [order for order in ("date", "year") if getattr(declared, order)]
            if not orders:
                return {"fact": fact, "some": self.where(listed)}
            of = {"of": self.where(listed)} if self.often(50) else {}
            return {"fact": fact, "latest": self.rng.choice(orders), **of, "has": self.where(listed)}
        node = {"fact": fact, kind: self.where(listed)}
        if kind == "none_of" and self.often(50):
            node |= {"open": True} | ({"permitted": self.where(listed)} if self.often(50) else {})
        return node

    def of_fact(self, name: str) -> dict[str, Any]:
        fact, said = VOCABULARY.facts[name], {"fact": name}
        if fact.groups:
            groups = list(fact.groups)
            named = self.rng.sample(groups, min(len(groups), self.rng.choice((1, 2))))
            share = {
                "share_of": named,
                self.rng.choice(("more_than", "at_least", "at_most", "less_than")): self.rng.choice(
                    ("1/2", "30%")
                ),
            }
            return said | ({"largest": groups[0]} if self.often(50) else share)
        if fact.words is not None:
            return said | self.rng.choice(
                (
                    {"any_among": ["甲", "集成电路"], "open": self.often(50)},
                    {"contains_all": ["甲", "建设任务"]},
                )
            )
        if fact.table is not None:
            return said | {
                "each_of": ["1.1", "1.2"],
                "has": {"any": [{"target": {"given": True}}, {"adjusted": True}]},
            }
        if fact.entries is not None:
            return said | {"some": self.where(fact.list_name or "")}
        if fact.type in ("truth", "choice", "text", "date"):
            return (
                said
                | {
                    "truth": {"is": self.often(70)},
                    "choice": {"is": "enterprise"},
                    "text": {"given": True},
                    "date": {"done": True},
                }[str(fact.type)]
            )
        return said | (
            self.bound(0, 1, 2, 5, 50, 100_000_000)
            if self.often(90)
            else {"at_least": {"times": 2, "fact": name}}
        )

    # --- entries ----------------------------------------------------------------------------------

    def where(self, listed: str, depth: int = 1) -> dict[str, Any]:
        fields = {
            name: kind
            for name, kind in fields_of(listed).items()
            if kind is None or kind.name in ("text", "truth", "words", "date")
        }
        chosen = self.rng.sample(list(fields), min(len(fields), self.rng.choice((0, 1, 1, 2))))
        asked: dict[str, Any] = {name: self.test(listed, name, fields[name]) for name in chosen}
        if depth and fields and self.often(25):
            asked["any"] = [self.where(listed, 0), self.where(listed, 0)]
        return asked

    def test(self, listed: str, attribute: str, kind: CellKind | None) -> Any:
        if kind is not None and kind.name == "date":
            return {"done": True}
        if self.often(15):
            return {"given": True}
        if kind is not None and kind.name == "truth":
            return self.rng.choice((True, False, {"one_of": [True, None]}))
        words = _words(listed, attribute)
        some = self.rng.sample(words, min(len(words), self.rng.choice((1, 1, 2, 3))))
        other = (
            {"other_than": some} if kind is None or kind.name != "words" else {"one_of": some, "open": True}
        )
        return self.rng.choice((some, some, other, {"one_of": some, "open": True}, {"one_of": [*some, None]}))


def _list_of(fact: Any) -> str:
    """The list that a fact reads, declared or as a rule file writes it."""
    return str(fact["entries"] if isinstance(fact, dict) else fact.list_name)


def fields_of(listed: str) -> dict[str, CellKind | None]:
    """The attributes of the entries of a list with what they hold; None for those that are looked up
    elsewhere.
    """
    declared = VOCABULARY.lists[listed]
    found: dict[str, CellKind | None] = {}
    for path in () if declared.scalar is not None else declared.paths:
        for name in record_at(Centre, path).model_fields:
            kind = kind_at(Centre, f"{path}.{name}")
            if kind is not None:
                found.setdefault(name, kind)
    return found | dict.fromkeys(declared.look_up)


def record_at(model: Any, path: str) -> Any:
    """The record that stands at a dotted path, alone or in a list; None where there is none."""
    for part in path.split("."):
        field = model.model_fields.get(part)
        model = record_in(field.annotation) if field is not None else None
        if model is None:
            return None
    return model


def kind_at(model: Any, path: str) -> CellKind | None:
    """What a field holds, alone or in the entries of a list."""
    above, _, last = path.rpartition(".")
    field = (record_at(model, above) if above else model).model_fields.get(last)
    return (
        next((held for held in field.metadata if isinstance(held, CellKind)), None)
        if field is not None
        else None
    )


def _words(listed: str, attribute: str) -> list[str]:
    declared = VOCABULARY.lists[listed]
    if attribute in declared.look_up:
        return ["enterprise", "university", "institute"]
    name = words_at(Centre, f"{declared.paths[0]}.{attribute}")
    return list(VOCABULARY.words[name]) if name else ["某甲", "甲", "乙"]


__all__ = ["random_ruleset"]
