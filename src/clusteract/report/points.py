"""The points of the interactive parity plot: every prediction with its row and fold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clusteract.validation import RecipeResult, StudyResult

# A browser draws this many marks without delay; larger studies are thinned evenly.
MOST = 4000


def parity_points(result: StudyResult) -> dict[str, Any]:
    """Return what the interactive plot draws.

    Returns
    -------
    dict
        ``names`` of the clusters, ``target``, and ``recipes``: for each its ``name``, ``title``,
        and ``test`` and ``train`` lists of [row, fold, measured, predicted], sorted by measured
        value; ``thinned`` says that not all are there.
    """
    return {
        "names": list(result.table.names),
        "row": result.table.domain.row,
        "target": result.table.target_name or "target",
        "recipes": [_recipe(recipe) for recipe in result.recipes.values()],
    }


def _recipe(recipe: RecipeResult) -> dict[str, Any]:
    found: dict[str, Any] = {"name": recipe.name, "title": recipe.title, "thinned": False}
    for which in ("test", "train"):
        points = sorted(_points(recipe, which), key=lambda point: (point[2], point[0], point[1]))
        step = -(-len(points) // MOST)
        found[which] = points[:: step or 1]
        found["thinned"] |= step > 1
    return found


def _points(recipe: RecipeResult, which: str) -> Iterator[list[float]]:
    for fold in recipe.folds:
        rows, measured = getattr(fold, which), getattr(fold, f"y_{which}")
        predicted = getattr(fold, f"{which}_predictions")
        for row, y, p in zip(rows, measured, predicted, strict=True):
            yield [row, fold.fold, _short(y), _short(p)]


def _short(value: float) -> float:
    return float(f"{value:.6g}")
