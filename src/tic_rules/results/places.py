"""Places of the data as a finding shows them: with file, line and column, or the cell of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from tic_rules.core.source import Mark, pointer, unpointer
from tic_rules.evaluation.facts import Path, Scene
from tic_rules.results.parts import Part, Place

_NOWHERE = Mark(0, 0)
_JUDGED = ("attestations", "-")
_SOURCE = ("path", "title", "url", "date", "excerpt")


def at(scene: Scene, paths: Sequence[Path]) -> list[Place]:
    """The places of paths, in their order."""
    shown, text, listed = scene.places, scene.text, []
    for path in paths:
        place = shown.get(path)
        if place is None:
            place = shown[path] = _place(scene, pointer(path), text.extent(path) if text else _NOWHERE)
        listed.append(place)
    return listed


def main(scene: Scene, status: str, missing: Sequence[Path], paths: Sequence[Path]) -> Place:
    """Where to mend it: what is missing or its nearest key, the datum read, the attestations, the whole."""
    judged = _JUDGED if status == "needs_review" else None
    path = missing[0] if missing else paths[0] if paths else judged
    place: Place | None = scene.nearest.get(path)
    if place is None:
        place = scene.nearest[path] = _whole(scene) if path is None else _nearest(scene, path)
    return place


def _nearest(scene: Scene, path: Path) -> Place:
    read: Place | None = scene.places.get(path)
    if read is not None and (scene.text is None or scene.text.has(path)):
        return read
    return _place(scene, pointer(path), scene.text.nearest(path) if scene.text else _NOWHERE)


def _whole(scene: Scene) -> Place:
    """In a workbook the row of the centre; in a text its first line says as much."""
    text = scene.text
    mark = text.nearest(()) if text else _NOWHERE
    return _place(scene, "", mark if mark.cell else Mark(1, 1, 1, 1) if text and text.file else _NOWHERE)


def sources(scene: Scene, paths: Sequence[Path]) -> list[Part]:
    """The sources that the data names for what was read, for what it stands in, or for a part of it."""
    if scene.sources is None:
        named = [(unpointer(source.path or ""), source) for source in scene.subject.sources]
        scene.sources = [
            (path, Part({key: getattr(source, key) for key in _SOURCE})) for path, source in named if path
        ]
    fields = {path[0] for path, _ in scene.sources}
    read = [tuple(map(str, path)) for path in paths if path and path[0] in fields]
    if not read:
        return []
    return [
        source
        for named, source in scene.sources
        if any(path[: len(named)] == named[: len(path)] for path in read)
    ]


def _place(scene: Scene, where: str, mark: Mark) -> Place:
    line, column, end_line, end_column, cell = mark
    place = Place(
        path=where,
        file=scene.text.file if scene.text else None,
        line=line or None,
        column=column or None,
        end_line=end_line or None,
        end_column=end_column or None,
    )
    return Place(place, cell=cell) if cell else place
