"""A StudyResult as plain values and back, so that a run can be reported on again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from clusteract.table import Source, Table
from clusteract.validation import FoldResult, RecipeResult, StudyResult
from clusteract.validation.applicability import ApplicabilityCheck
from clusteract.validation.intervals import Coverage


def result_to_dict(result: StudyResult) -> dict[str, Any]:
    """Return everything of a result, its table included, as plain values."""
    return {
        "table": _table_to_dict(result.table),
        "recipes": _recipes_to_dict(result.recipes),
        "baselines": _recipes_to_dict(result.baselines),
        "shuffled_recipe": result.shuffled_recipe,
        "settings": dict(result.settings),
        "coverage": None if result.coverage is None else result.coverage.to_dict(),
        "borders": [b.to_dict() for b in result.borders],
    }


def result_from_dict(record: Mapping[str, Any]) -> StudyResult:
    """Rebuild a result from `result_to_dict` (through JSON or not)."""
    # Runs of earlier versions have neither.
    coverage, borders = record.get("coverage"), record.get("borders", [])
    return StudyResult(
        table=_table_from_dict(record["table"]),
        recipes=_recipes_from_dict(record["recipes"]),
        baselines=_recipes_from_dict(record["baselines"]),
        shuffled_recipe=record["shuffled_recipe"],
        settings=record["settings"],
        coverage=None if coverage is None else Coverage.from_dict(coverage),
        borders=tuple(ApplicabilityCheck.from_dict(b) for b in borders),
    )


def _recipes_to_dict(recipes: Mapping[str, RecipeResult]) -> dict[str, Any]:
    return {
        name: {"title": r.title, "folds": [f.to_dict() for f in r.folds]}
        for name, r in recipes.items()
    }


def _recipes_from_dict(record: Mapping[str, Any]) -> dict[str, RecipeResult]:
    return {
        name: RecipeResult(name, r["title"], tuple(FoldResult.from_dict(f) for f in r["folds"]))
        for name, r in record.items()
    }


def _table_to_dict(table: Table) -> dict[str, Any]:
    return {
        "names": list(table.names),
        "descriptors": table.descriptors.tolist(),
        "descriptor_names": list(table.descriptor_names),
        "target": None if table.target is None else table.target.tolist(),
        "target_name": table.target_name,
        "source": asdict(table.source),
        "name_column": table.name_column,
    }


def _table_from_dict(record: Mapping[str, Any]) -> Table:
    target = record["target"]
    return Table(
        names=tuple(record["names"]),
        descriptors=np.array(record["descriptors"], dtype=float),
        descriptor_names=tuple(record["descriptor_names"]),
        target=None if target is None else np.array(target, dtype=float),
        target_name=record["target_name"],
        source=Source(**{**record["source"], "remarks": tuple(record["source"]["remarks"])}),
        name_column=record["name_column"],
    )
