"""One report, written by hand, that shows everything a format has to show: the golden outputs are made from
it.

Nothing here comes from a rule set or from a file, so that a change of either leaves the golden outputs alone.
"""

from __future__ import annotations

from typing import Any

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.results.report import KEYS, Report


def _text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def finding(rule: str, status: str, **more: Any) -> dict[str, Any]:
    """A finding as JSON has it; `more` says what is not as in any other."""
    line = more.pop("line", 12)
    path = more.pop("path", f"/{rule.replace('-', '_')}")
    place = {
        "path": path,
        "file": "centres/示例 1.yaml",
        "line": line,
        "column": 9,
        "end_line": line,
        "end_column": 14,
    }
    found: dict[str, Any] = dict.fromkeys(KEYS)
    found |= {
        "rule": f"example_2020/{rule}", "status": status, "kind": "condition", "modality": "must",
        "bearer": "centre", "topic": "staff",
        "phase": "construction", "title": _text(f"要求：{rule}", f"asks for "
        f"{rule}"), "message": _text(f"{rule} 的情况。", f"What "
        f"is said of {rule}."),
        "detail": _text("现有4个，要求≥5个", "now 4, required ≥5"), "remedy": _text("补充数据", "supply the "
        "data"),
        "citation": {"document": "示例〔2020〕1号", "locator": "二（一）", "quote": "不少于5个",
            "file": "rules/example_2020.yaml", "line": 7, "column": 5},
        "years": [], "lacking": [], "place": place, "data": [place], "sources": [], "missing": [],
        "trace": {},
    }  # fmt: skip
    found |= {"judged": status == "needs_review"} | more
    found["severity"] = (
        None if status != "fail" else "error" if found["modality"] in ("must", "in_principle") else "note"
    )
    return found


YEARS = [
    {"year": 2023, "status": "fail", "deadline": "2024-12-31"},
    {"year": 2024, "status": "pass", "deadline": "2025-12-31"},
]
EXEMPTED = _text("省科技厅批准豁免：签证延误", "exempted by the department: visa delays")
NOWHERE = {
    "document": "示例〔2020〕1号",
    "locator": "四（一）1",
    "quote": "理事会",
    "file": None,
    "line": None,
    "column": None,
}
HOSTILE = '</a>|`*_[x](https://evil.example)@all #1 %0A::error::\u202e\x1b[31m & "quoted" ]]>'


def report(*, centre: str = "ex-01", name: str = "示例技术创新中心") -> Report:
    """All statuses; a failure of a must, of an encouraged clause and of a target; a name and a message that
    mean harm."""
    findings = [
        finding("staff-2y", "fail", gap="1", deadline="2024-03-01", days_left=-851, line=12),
        finding("reports", "fail", years=YEARS, line=14),
        finding("indicators", "fail", lacking=["6.6", "10.7"], line=15, message=_text(HOSTILE, HOSTILE),
            detail=_text(HOSTILE, HOSTILE)),
        finding("fund", "fail", modality="encouraged", kind="preference", line=16),
        finding("patents", "fail", kind="target", line=17),
        finding("teams-2y", "exempted", modality="in_principle", detail=EXEMPTED, line=18),
        finding("income", "unknown", missing=["/income"], data=[], line=3),
        finding("board", "needs_review", citation=NOWHERE),
        finding("investment-5y", "pending", deadline="2027-03-01", days_left=244, line=20),
        finding("programme-count", "not_applicable", bearer="programme", place={"path": "", "file": (
            "centres/示例 "
            "1.yaml"
        ), "line": 1, "column": 1}, data=[]),
        finding("name", "pass", line=2),
    ]  # fmt: skip
    return Report.from_dict(
        {
            "tool": {"name": "tic-rules", "version": "0.1.0", "engine": "native"},
            "centre": {"id": centre, "name": name, "file": "centres/示例 1.yaml"},
            "ruleset": {
                "id": "example_2020",
                "version": "1.0.0",
                "document": {
                    "number": "示例〔2020〕1号",
                    "title": "示例指引",
                    "title_en": "An example guideline",
                    "issued": "2020-05-06",
                },
            },
            "as_of": "2026-06-30",
            "findings": findings,
            "consequences": [],
            "warnings": [
                {
                    "code": "unused-exemption",
                    "message": {"zh": "该豁免未使用", "en": "the exemption is unused"},
                    "file": "centres/示例 1.yaml",
                    "line": 30,
                    "column": 5,
                    "path": "/exemptions/0",
                }
            ],
            "provenance": {
                "data": {"of": "text", "sha256": "0" * 63 + "1"},
                "rules": {"file": "rules/example_2020.yaml", "sha256": "0" * 63 + "2"},
                "text": "0" * 63 + "3",
                "settings": {"phase": None, "exemptions": True},
            },
        }
    )


BROKEN = Diagnostic("duplicate-key", Text("键 id 重复", "key id is given twice"), "centres/broken.yaml", 4, 1)
