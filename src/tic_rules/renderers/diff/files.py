"""The pairs of files that show what one side asks and the other does not, ready to be checked by anyone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import yaml

from tic_rules.analysis.diff.topics import Diff
from tic_rules.renderers.diff import sentence_of
from tic_rules.renderers.sinks import as_json, console, line


def files_of(compared: Diff, lang: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Files of a folder and their content: a failing and a passing one for each claim that does not hold,
    with a command a side, as both were named; an index."""
    index = []
    for claim in compared.claims:
        if claim.witness is None:
            continue
        stem = f"{claim.topic}.{claim.side}.{claim.rule.id}"
        names = {kind: f"{stem}.{kind}.yaml" for kind in ("failing", "passing")}
        sentence = sentence_of(compared, claim.witness).in_(lang)
        for kind, data in (("failing", claim.witness.failing), ("passing", claim.witness.passing)):
            file = str(folder / names[kind])
            read = f"CENTRE --programme {quote(file)}" if claim.rule.bearer == "programme" else quote(file)
            runs = (
                f"tic-rules check {read} --rules {quote(name)} --as-of {claim.witness.as_of}"
                for name in (compared.name_a, compared.name_b)
            )
            body = yaml.safe_dump(
                data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120
            )
            yield file, "".join(f"# {console(line(text))}\n" for text in (sentence, *runs)) + body
        about = {key: value for key, value in claim.as_dict().items() if key != "witness"}
        index.append({**names, **about, "statuses": claim.witness.statuses})
    yield str(folder / "index.json"), as_json({"a": compared.a.id, "b": compared.b.id, "pairs": index})
