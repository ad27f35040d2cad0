"""The registry of figures: what a study's report draws, and in which chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clusteract.report.figures.drawing import Drawing
from clusteract.validation import StudyResult

Maker = Callable[[StudyResult], Iterable[Drawing]]

FIGURES: dict[str, tuple[str, Maker]] = {}


def figure(name: str, chapter: str = "figures") -> Callable[[Maker], Maker]:
    """Register a kind of figure: decorates a function from a result to its drawings, if any.

    Parameters
    ----------
    name : str
    chapter : str
        The chapter of the page that shows it.
    """

    def keep(maker: Maker) -> Maker:
        FIGURES[name] = chapter, maker
        return maker

    return keep


def list_figures() -> list[str]:
    """Return the kinds of figures, in the order of drawing.

    Examples
    --------
    >>> "parity" in list_figures()
    True
    """
    return list(FIGURES)


def drawings_by_chapter(result: StudyResult) -> dict[str, tuple[Drawing, ...]]:
    """Draw a study's figures.

    Returns
    -------
    dict of str to tuple of Drawing
        By the name of the chapter that shows them.
    """
    drawings: dict[str, tuple[Drawing, ...]] = {}
    for chapter, maker in FIGURES.values():
        drawings[chapter] = (*drawings.get(chapter, ()), *maker(result))
    return drawings
