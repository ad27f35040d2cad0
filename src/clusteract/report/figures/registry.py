"""The registry of figures: what a study's run draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from clusteract.errors import InputError, close_matches
from clusteract.report.figures.drawing import Drawing, FigureFile, safe_stem, save_drawing
from clusteract.validation import StudyResult

Maker = Callable[[StudyResult], Iterable[Drawing]]

_FIGURES: dict[str, Maker] = {}


def figure(name: str) -> Callable[[Maker], Maker]:
    """Register a kind of figure: decorates a function from a result to its drawings, if any."""

    def keep(maker: Maker) -> Maker:
        _FIGURES[name] = maker
        return maker

    return keep


def list_figures() -> list[str]:
    """Return the kinds of figures, in the order of drawing.

    Examples
    --------
    >>> "parity" in list_figures()
    True
    """
    return list(_FIGURES)


def draw_all(
    result: StudyResult, folder: Path | str, kinds: Sequence[str] | None = None
) -> list[FigureFile]:
    """Draw a study's figures into a folder, as PNG and SVG.

    Parameters
    ----------
    result : StudyResult
    folder : Path or str
    kinds : sequence of str, optional
        Some of `list_figures`; all of them by default.

    Raises
    ------
    InputError
        For an unknown kind, with close matches.
    """
    for kind in kinds or ():
        if kind not in _FIGURES:
            raise InputError(f"no figure {kind!r}; {close_matches(kind, _FIGURES)}")
    files: dict[str, FigureFile] = {}
    for kind in list_figures() if kinds is None else kinds:
        for drawing in _FIGURES[kind](result):
            name = _unused(safe_stem(drawing.name), files)
            files[name] = save_drawing(replace(drawing, name=name), folder)
    return list(files.values())


def _unused(name: str, taken: Iterable[str]) -> str:
    """Two names may differ only in what file systems can't tell apart; neither may be lost."""
    folded = {t.casefold() for t in taken}
    candidates = chain([name], (f"{name}-{i}" for i in count(2)))
    return next(c for c in candidates if c.casefold() not in folded)
