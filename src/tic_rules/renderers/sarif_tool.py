"""The tool of a SARIF run: its rules, the policy documents as taxonomies, the folders that relative
addresses start from.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tic_rules.core.version import VERSION
from tic_rules.renderers.places import uri
from tic_rules.results.labels import BEARER, KIND, MODALITY, PHASE
from tic_rules.results.parts import BINDING
from tic_rules.results.report import Finding

ROOT = "SRCROOT"
"""Where the command ran: the top of the repository, as a rule."""
OWN = "TIC_RULES"
"""Where the shipped rule files lie: within the installed program."""


def rule_of(finding: Finding, lang: str) -> dict[str, object]:
    """The rule that a finding decides, as SARIF describes rules."""
    citation, zh = finding.citation, lang == "zh"
    title, remedy = finding.title.in_(lang), finding.remedy.in_(lang)
    quoted = f"“{citation['quote']}”"
    source = f"{citation['document']} {citation['locator']}"
    reading = finding.reading.in_(lang) if finding.reading is not None else ""
    fix, read, colon = (
        ("如何整改", "本规则的理解", "：") if zh else ("What to do", "How the clause is read", ": ")
    )
    markdown = [f"**{source}**", f"> {citation['quote']}", f"**{fix}**{colon}{remedy}"] + (
        [f"**{read}**{colon}{reading}"] if reading else []
    )
    kind = (MODALITY[finding.modality], KIND[finding.kind], PHASE[finding.phase], BEARER[finding.bearer])
    full = " · ".join(text.in_(lang) for text in kind)
    return {
        "id": finding.rule,
        "name": _pascal(finding.id),
        "shortDescription": {"text": title},
        "fullDescription": {
            "text": f"{title}。{source}：{quoted}（{full}）"
            if zh
            else f"{title}. {source}: {quoted} ({full})."
        },
        "help": {"text": f"{source} {quoted} {fix}{colon}{remedy}", "markdown": "\n\n".join(markdown)},
        "helpUri": f"urn:tic-rules:{quote(finding.rule, safe='/-_.')}",
        "defaultConfiguration": {"level": "error" if finding.modality in BINDING else "note"},
        "properties": {
            "tags": list(
                dict.fromkeys((finding.topic, finding.kind, finding.modality, finding.phase, finding.bearer))
            ),
            "problem.severity": "error" if finding.modality in BINDING else "recommendation",
            "precision": "very-high",  # a finding is never a guess
        },
        "clause": citation["locator"],
    }


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


def rule_location(finding: Finding, lang: str) -> dict[str, object]:
    """The clause in the rule file."""
    citation = finding.citation
    named = citation["file"] or f"{finding.rule.split('/')[0]}.yaml"
    if named.startswith("rules/"):
        artifact = {"uri": quote(named), "uriBaseId": OWN}
    else:
        address, inside = uri(named)
        artifact = {"uri": address} | ({"uriBaseId": ROOT} if inside else {})
    physical: dict[str, object] = {"artifactLocation": artifact}
    if citation["line"]:
        physical["region"] = {"startLine": citation["line"], "startColumn": citation["column"] or 1}
    return {
        "physicalLocation": physical,
        "message": {"text": f"{citation['document']} {citation['locator']} “{citation['quote']}”"},
    }


class Tool:
    """What is learnt of the rule sets as the reports come in. Rules keep the index that they had at first
    sight.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.rules: dict[str, dict[str, Any]] = {}
        self._index: dict[str, int] = {}
        self.documents: dict[str, dict[str, object]] = {}
        self.clauses: dict[str, dict[str, int]] = {}

    def learn(self, document: dict[str, Any], rules: list[dict[str, Any]]) -> None:
        clauses = self.clauses.setdefault(document["id"], {})
        self.documents.setdefault(document["id"], document)
        for rule in rules:
            if rule["id"] not in self.rules:
                self._index[rule["id"]] = len(self.rules)
                self.rules[rule["id"]] = rule
                clauses.setdefault(rule["clause"], len(clauses))

    def index(self, rule: str) -> int:
        return self._index[rule]

    def clause(self, rule: str) -> dict[str, Any]:
        """The reference to the clause of a rule, in the taxonomy of its document."""
        document, locator = rule.split("/", 1)[0], self.rules[rule]["clause"]
        return {
            "id": locator,
            "index": self.clauses[document][locator],
            "toolComponent": {"name": document, "index": list(self.documents).index(document)},
        }

    def parts(self, notes: list[dict[str, Any]]) -> dict[str, Any]:
        """`tool` and `taxonomies`; notifications are given the index of their descriptor."""
        codes: dict[str, int] = {}
        for note in notes:
            note["descriptor"]["index"] = codes.setdefault(note["descriptor"]["id"], len(codes))
        driver = {
            "name": "tic-rules",
            "version": VERSION,
            "semanticVersion": VERSION,
            "rules": [self._rule(rule) for rule in self.rules.values()],
            "notifications": [self._descriptor(code) for code in codes],
            "supportedTaxonomies": [
                {"name": name, "index": index} for index, name in enumerate(self.documents)
            ],
        }
        return {
            "tool": {"driver": driver},
            "taxonomies": [self._taxonomy(document) for document in self.documents.values()],
        }

    def _descriptor(self, code: str) -> dict[str, object]:
        words = code.replace("-", " ")
        zh = self.lang == "zh"
        return {
            "id": code,
            "name": _pascal(code),
            "shortDescription": {"text": words},
            "fullDescription": {
                "text": f"数据的问题或提示：{words}"
                if zh
                else f"A fault of the data, or a warning about it: {words}."
            },
            "help": {
                "text": "消息写明位置和改法"
                if zh
                else "The message says where it is and what would be right."
            },
        }

    def _rule(self, rule: dict[str, Any]) -> dict[str, Any]:
        said = {key: value for key, value in rule.items() if key not in ("clause", "properties")}
        return said | {
            "relationships": [{"target": self.clause(rule["id"]), "kinds": ["superset"]}],
            "properties": rule["properties"],
        }

    def _taxonomy(self, document: dict[str, Any]) -> dict[str, object]:
        title = document["title"] if self.lang == "zh" else document["title_en"]
        taxonomy = {
            "name": document["id"],
            "version": document["version"],
            "fullName": f"{title} {document['number'] or ''}".strip(),
            "shortDescription": {"text": title},
            "isComprehensive": False,
        }
        if document["issued"]:
            taxonomy["releaseDateUtc"] = document["issued"]
        taxa = [
            {"id": locator, "shortDescription": {"text": f"{document['number'] or title} {locator}"}}
            for locator in self.clauses[document["id"]]
        ]
        return taxonomy | {"taxa": taxa}

    def bases(self) -> dict[str, object]:
        """The folders by name; no path of the machine is among them."""
        zh = self.lang == "zh"
        return {
            ROOT: {
                "description": {"text": "运行命令的文件夹" if zh else "the folder that the command ran in"}
            },
            OWN: {
                "description": {
                    "text": "程序自带规则文件的文件夹"
                    if zh
                    else "the folder of the installed program, with its rule files"
                }
            },
        }
