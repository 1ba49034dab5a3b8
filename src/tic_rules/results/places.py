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
    """Where to look to mend it: at what is missing or the key nearest to it, else at the datum read, else at
    the attestations."""
    path = missing[0] if missing else paths[0] if paths else _JUDGED if status == "needs_review" else ()
    place: Place | None = scene.nearest.get(path)
    if place is None:
        mark = scene.text.nearest(path) if scene.text else _NOWHERE
        if not path and not mark.cell:  # in a workbook the row of the centre; in a text the first line
            mark = Mark(1, 1, 1, 1) if scene.text and scene.text.file else _NOWHERE
        place = scene.nearest[path] = _place(scene, pointer(path), mark)
    return place


def sources(scene: Scene, paths: Sequence[Path]) -> list[Part]:
    """The sources that the data names for what was read, for what it stands in, or for a part of it."""
    if scene.sources is None:
        scene.sources = [
            (
                f"{pointer(unpointer(source.path or ''))}/",
                Part({key: getattr(source, key) for key in _SOURCE}),
            )
            for source in scene.subject.sources
            if unpointer(source.path or "")
        ]
    if not scene.sources:
        return []
    read = [f"{place['path']}/" for place in at(scene, paths) if place["path"]]
    return [
        source
        for named, source in scene.sources
        if any(path.startswith(named) or named.startswith(path) for path in read)
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
