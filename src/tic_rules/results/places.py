"""Places of the data as a finding shows them: with file, line and column, or the cell of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from tic_rules.core.source import Mark, pointer, unpointer
from tic_rules.evaluation.facts import Path, Scene
from tic_rules.results.parts import Part, Place

_SOURCE = ("path", "title", "url", "date", "excerpt")


def at(scene: Scene, paths: Sequence[Path]) -> list[Place]:
    """The places of paths, in their order."""
    shown = scene.places
    for path in paths:
        if path not in shown:
            shown[path] = _place(scene, pointer(path), scene.subject.extent(path))
    return [shown[path] for path in paths]


def main(scene: Scene, status: str, missing: Sequence[Path], paths: Sequence[Path]) -> Place:
    """Where to look to mend it: at what is missing or the key nearest to it, else at the datum read, else at
    the attestations."""
    subject = scene.subject
    if missing or paths:
        path = missing[0] if missing else paths[0]
        return _place(scene, pointer(path), subject.nearest(path))
    if status == "needs_review":
        return _place(scene, "/attestations/-", subject.nearest(("attestations", "-")))
    whole = subject.nearest(())  # in a workbook the row of the centre; in a text its first line says as much
    return _place(scene, "", whole if whole.cell else Mark(1, 1, 1, 1) if subject.file else Mark(0, 0))


def sources(scene: Scene, paths: Sequence[Path]) -> list[Part]:
    """The sources that the data names for what was read, for what it stands in, or for a part of it."""
    if not scene.subject.sources:
        return []
    read = {tuple(map(str, path)) for path in paths}
    above = {path[:size] for path in read for size in range(1, len(path) + 1)}
    cited = []
    for source in scene.subject.sources:
        named = unpointer(source.path or "")
        if named in above or any(named[:size] in read for size in range(1, len(named) + 1)):
            cited.append(Part({key: getattr(source, key) for key in _SOURCE}))
    return cited


def _place(scene: Scene, where: str, mark: Mark) -> Place:
    line, column, end_line, end_column, cell = mark
    values = {
        "path": where,
        "file": scene.subject.file,
        "line": line or None,
        "column": column or None,
        "end_line": end_line or None,
        "end_column": end_column or None,
    }
    return Place(values | {"cell": cell}) if cell else Place(values)
