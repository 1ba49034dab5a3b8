"""The pairs of files that show what one side asks and the other does not, ready to be checked by anyone."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from tic_rules.analysis.diff.claims import sides
from tic_rules.analysis.diff.topics import Diff
from tic_rules.renderers.diff import sentence_of
from tic_rules.renderers.sinks import as_json, line


def files_of(compared: Diff, lang: str) -> Iterator[tuple[str, str]]:
    """File name and content: a failing and a passing file for each claim that does not hold, an index."""
    index = []
    for claim in compared.claims:
        if claim.witness is None:
            continue
        side, other = sides(compared, claim.side)
        stem = f"{claim.topic}.{claim.side}.{claim.rule.id}"
        names = {kind: f"{stem}.{kind}.yaml" for kind in ("failing", "passing")}
        sentence = sentence_of(compared, claim.witness).in_(lang)
        for kind, data in (("failing", claim.witness.failing), ("passing", claim.witness.passing)):
            run = f"{names[kind]} --rules {side.id} --rules {other.id}"
            if claim.rule.bearer == "programme":
                run = f"CENTRE --programme {names[kind]} --rules {side.id}"
            run = f"tic-rules check {run} --as-of {claim.witness.as_of}"
            body = yaml.safe_dump(
                data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120
            )
            yield names[kind], f"# {line(sentence)}\n# {line(run)}\n{body}"
        about = {key: value for key, value in claim.as_dict().items() if key != "witness"}
        index.append({**names, **about, "statuses": claim.witness.statuses})
    yield "index.json", as_json({"a": compared.a.id, "b": compared.b.id, "pairs": index})
