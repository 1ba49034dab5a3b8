"""What findings share does not change, and what is remembered for a rule set stays bounded and says the same."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from tic_rules import Centre, check, parse_ruleset
from tic_rules.results import messages as saying
from tic_rules.results import telling

ROOT = Path(__file__).parents[2]


def _ruleset() -> object:
    return parse_ruleset(
        (ROOT / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8"), "zhejiang_2022.yaml"
    )


def test_a_part_of_a_report_does_not_change() -> None:
    finding = check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), "zhejiang_2022")["investment-2y"]
    for part in (finding.citation, finding.observed, finding.data[0]):
        for change in (
            lambda p: p.update(x=1),
            lambda p: p.pop("x", None),
            lambda p: p.clear(),
            lambda p: p.setdefault("x", 1),
            lambda p: p.__setitem__("x", 1),
        ):
            with pytest.raises(TypeError, match="does not change"):
                change(part)
        assert copy.deepcopy(part) == pickle.loads(pickle.dumps(part)) == part
        assert type(copy.copy(part)) is type(part)
    assert finding.citation.locator == finding.citation["locator"]


def test_lists_of_a_finding_are_its_own() -> None:
    centre = Centre.from_file(ROOT / "examples" / "zhejiang.yaml")
    first, again = (check(centre, "zhejiang_2022", engine="compiled")["investment-2y"] for _ in range(2))
    first.data.clear()
    assert (
        len(again.data) == len(check(centre, "zhejiang_2022", engine="reference")["investment-2y"].data) > 0
    )


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_what_is_remembered_is_bounded_and_says_the_same(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = Centre.from_file(ROOT / "examples" / "zhejiang.yaml")
    wanted = check(centre, _ruleset(), engine=engine).to_json()
    monkeypatch.setattr(saying, "REMEMBERED", 5)
    monkeypatch.setattr(telling, "REMEMBERED", 5)
    ruleset = _ruleset()
    for _ in range(3):
        assert check(centre, ruleset, engine=engine).to_json() == wanted
        assert len(ruleset._compiled["said"]) <= 5
        assert len(ruleset._compiled["numbers"]) <= 5


def test_the_same_finding_of_two_centres_shares_its_message_but_not_its_places() -> None:
    ruleset = _ruleset()
    texts = [
        f"stage: approved\nreported_on: 2026-06-30\napproved_on: 2022-03-01\nid: {name}\n{blank}staff: {{headcount: 200}}\n"
        for name, blank in (("a", ""), ("b", "\n\n"))
    ]
    one, other = (check(Centre.from_text(text), ruleset, engine="compiled")["staff-5y"] for text in texts)
    assert one.message == other.message
    assert one.message is other.message
    assert [place["line"] for place in one.data] == [5, 3]
    assert [place["line"] for place in other.data] == [7, 3]
