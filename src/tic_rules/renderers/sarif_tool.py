"""The tool of a SARIF run: rules, policy documents as taxonomies, the folders of relative addresses."""

from __future__ import annotations

from urllib.parse import quote

from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.core.version import VERSION
from tic_rules.renderers.places import uri
from tic_rules.results.labels import BEARER, KIND, MODALITY, PHASE
from tic_rules.results.parts import BINDING
from tic_rules.results.report import Finding

ROOT = "SRCROOT"
"""Where the command ran: the top of the repository, as a rule."""
OWN = "TIC_RULES"
"""Where the shipped rule files lie: within the installed program."""
_BASES = {
    ROOT: Text("运行命令的文件夹", "the folder that the command ran in"),
    OWN: Text("程序自带规则文件的文件夹", "the folder of the installed program, with its rule files"),
}
_HELP = Text("消息写明位置和改法", "The message says where it is and what would be right.")


def artifact(file: str) -> Json:
    """A file as SARIF names it: relative to the folder that the command runs in, where it lies below."""
    address, inside = uri(file)
    return {"uri": address, "uriBaseId": ROOT} if inside else {"uri": address}


def rule_of(finding: Finding, lang: str) -> Json:
    """The rule that a finding decides, as SARIF describes rules."""
    citation, zh = finding.citation, lang == "zh"
    title, remedy = finding.title.in_(lang), finding.remedy.in_(lang)
    quoted = f"“{citation['quote']}”"
    source = f"{citation['document']} {citation['locator']}"
    reading = finding.reading.in_(lang) if finding.reading is not None else ""
    fix, colon = ("怎么办", "：") if zh else ("What to do", ": ")
    markdown = [f"**{source}**", f"> {citation['quote']}", f"**{fix}**{colon}{remedy}"]
    if reading:
        markdown.append(f"**{'本规则的理解' if zh else 'How the clause is read'}**{colon}{reading}")
    kind = (MODALITY[finding.modality], KIND[finding.kind], PHASE[finding.phase], BEARER[finding.bearer])
    full = " · ".join(text.in_(lang) for text in kind)
    described = Text(f"{title}。{source}：{quoted}（{full}）", f"{title}. {source}: {quoted} ({full}).")
    tags = (finding.topic, finding.kind, finding.modality, finding.phase, finding.bearer)
    return {
        "id": finding.rule,
        "name": _pascal(finding.id),
        "shortDescription": {"text": title},
        "fullDescription": {"text": described.in_(lang)},
        "help": {"text": f"{source} {quoted} {fix}{colon}{remedy}", "markdown": "\n\n".join(markdown)},
        "helpUri": f"urn:tic-rules:{quote(finding.rule, safe='/-_.')}",
        "defaultConfiguration": {"level": "error" if finding.modality in BINDING else "note"},
        "properties": {
            "tags": list(dict.fromkeys(tags)),
            "problem.severity": "error" if finding.modality in BINDING else "recommendation",
            "precision": "very-high",  # a finding is never a guess
        },
        "clause": citation["locator"],
    }


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


def rule_location(finding: Finding) -> Json:
    """The clause in the rule file."""
    citation = finding.citation
    named = citation["file"] or f"{finding.rule.split('/')[0]}.yaml"
    shipped = {"uri": quote(named), "uriBaseId": OWN}
    physical: Json = {"artifactLocation": shipped if named.startswith("rules/") else artifact(named)}
    if citation["line"]:
        physical["region"] = {"startLine": citation["line"], "startColumn": citation["column"] or 1}
    return {
        "physicalLocation": physical,
        "message": {"text": f"{citation['document']} {citation['locator']} “{citation['quote']}”"},
    }


class SarifTool:
    """What is learnt of the rule sets as the reports come in. Rules keep their first index."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.rules: dict[str, Json] = {}
        self._index: dict[str, int] = {}
        self.documents: dict[str, Json] = {}
        self.clauses: dict[str, dict[str, int]] = {}

    def learn(self, document: Json, rules: list[Json]) -> None:
        clauses = self.clauses.setdefault(document["id"], {})
        self.documents.setdefault(document["id"], document)
        for rule in rules:
            if rule["id"] not in self.rules:
                self._index[rule["id"]] = len(self.rules)
                self.rules[rule["id"]] = rule
                clauses.setdefault(rule["clause"], len(clauses))

    def index(self, rule: str) -> int:
        return self._index[rule]

    def clause(self, rule: str) -> Json:
        """The reference to the clause of a rule, in the taxonomy of its document."""
        document, locator = rule.split("/", 1)[0], self.rules[rule]["clause"]
        return {
            "id": locator,
            "index": self.clauses[document][locator],
            "toolComponent": {"name": document, "index": list(self.documents).index(document)},
        }

    def parts(self, notes: list[Json]) -> Json:
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

    def _descriptor(self, code: str) -> Json:
        words = code.replace("-", " ")
        full = Text(f"数据的问题或提示：{words}", f"A fault of the data, or a warning about it: {words}.")
        return {
            "id": code,
            "name": _pascal(code),
            "shortDescription": {"text": words},
            "fullDescription": {"text": full.in_(self.lang)},
            "help": {"text": _HELP.in_(self.lang)},
        }

    def _rule(self, rule: Json) -> Json:
        said = {key: value for key, value in rule.items() if key not in ("clause", "properties")}
        return said | {
            "relationships": [{"target": self.clause(rule["id"]), "kinds": ["superset"]}],
            "properties": rule["properties"],
        }

    def _taxonomy(self, document: Json) -> Json:
        title = document["title"] if self.lang == "zh" else document["title_en"]
        taxonomy: Json = {
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

    def bases(self) -> Json:
        """The folders by name; no path of the machine is among them."""
        return {name: {"description": {"text": text.in_(self.lang)}} for name, text in _BASES.items()}
