"""Places of the data as a finding shows them: with file, line and column, or the cell of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from tic_rules.core.source import Mark, Source, pointer, unpointer
from tic_rules.evaluation.facts import Path, Scene
from tic_rules.inputs import LINES
from tic_rules.model.programme import Programme
from tic_rules.results.parts import Part, Parts, Place

_NOWHERE = Mark(0, 0)
_JUDGED = ("attestations", "-")
_SOURCE = ("path", "title", "url", "date", "excerpt")


def at(scene: Scene, paths: Sequence[Path]) -> list[Place]:
    """The places of paths, in their order."""
    shown, listed = scene.places, []
    for path in paths:
        place = shown.get(path)
        if place is None:
            text, inner = _said(scene, path)
            place = shown[path] = _place(text, inner, text.extent(inner) if text else _NOWHERE)
        listed.append(place)
    return Parts(listed)


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
    text, inner = _said(scene, path)
    if read is not None and (text is None or text.has(inner)):
        return read
    return _place(text, inner, text.nearest(inner) if text else _NOWHERE)


def _said(scene: Scene, path: Path) -> tuple[Source | None, Path]:
    """The text that says a value, and its path there: a programme has its centres from their own files."""
    if isinstance(scene.subject, Programme) and len(path) > 1 and path[0] == "approvals":
        text = scene.subject.text_of(int(path[1]))
        return text, path if text is None else path[2:] or ("approved_on",)
    return scene.text, path


def _whole(scene: Scene) -> Place:
    """In a workbook the row of the centre, in JSON Lines its line; in another text the first says as much."""
    text = scene.text
    mark = text.nearest(()) if text else _NOWHERE
    if text and text.file and not mark.cell:
        line = (mark.line if text.file.lower().endswith(LINES) else 0) or 1
        mark = Mark(line, 1, line, 1)
    return _place(text, (), mark if text and text.file else _NOWHERE)


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
        return Parts()
    return Parts(
        source
        for named, source in scene.sources
        if any(path[: len(named)] == named[: len(path)] for path in read)
    )


def _place(text: Source | None, path: Path, mark: Mark) -> Place:
    line, column, end_line, end_column, cell = mark
    place = Place(
        path=pointer(path),
        file=text.file if text else None,
        line=line or None,
        column=column or None,
        end_line=end_line or None,
        end_column=end_column or None,
    )
    return Place(place, cell=cell) if cell else place
