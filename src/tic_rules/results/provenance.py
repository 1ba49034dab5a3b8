"""Where a report comes from: digests of what was decided and by what, and the settings."""

from __future__ import annotations

from tic_rules.core.digest import digest_of_values
from tic_rules.model.document import plain
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Subject
from tic_rules.model.values import written
from tic_rules.results.parts import Data, Provenance, Rules, Settings


def provenance_of(subject: Subject, ruleset: RuleSet, *, exemptions: bool = True) -> Provenance:
    """The provenance of a report of a subject as it was given. `exemptions`: whether they count."""
    return Provenance(
        data=data_of(subject),
        rules=Rules(file=ruleset.file or None, sha256=ruleset.sha256),
        text=ruleset.document.text_sha256,
        settings=Settings(phase=None, exemptions=exemptions),
    )


def data_of(subject: Subject, *, values: bool = False) -> Data:
    """The digest of the data: of the text that it was read from, else (or where `values` is asked for) of its
    values.

    Data of a table, of Python, or changed after it was read has no text of its own. Of a programme the
    centres that count for it have a digest besides."""
    source = subject._text()
    text = "" if source is None or values else source.digest
    data = (
        Data(of="text", sha256=text) if text else Data(of="values", sha256=digest_of_values(plain(subject)))
    )
    if isinstance(subject, Programme) and subject.approvals:
        centres = [
            [
                one.id,
                written(one.approved_on) if one.approved_on else None,
                *([] if one.fields is None else [list(one.fields)]),
            ]
            for one in subject.approvals
        ]
        return Data(**data, centres=digest_of_values(centres))
    return data
