"""What a finished study leaves in its folder, and how it is read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from clusteract.errors import InputError
from clusteract.paths import user_path
from clusteract.runs.folder import STORE
from clusteract.runs.progress import Say, ignore
from clusteract.runs.store import RunStore
from clusteract.validation import RecipeResult, StudyResult
from clusteract.validation.serialize import from_record, to_record


def predictions_csv(result: StudyResult) -> str:
    """Return every prediction of every recipe: model, outer fold, cluster, set, y_true, y_pred."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["model", "outer_fold", result.table.domain.row, "set", "y_true", "y_pred"])
    for recipe in result.recipes.values():
        writer.writerows(_prediction_rows(recipe, result.table.names))
    return text.getvalue()


def _prediction_rows(recipe: RecipeResult, names: tuple[str, ...]):
    for fold in recipe.folds:
        for which in ("train", "test"):
            rows = zip(
                getattr(fold, which),
                getattr(fold, f"y_{which}"),
                getattr(fold, f"{which}_predictions"),
                strict=True,
            )
            for row, y_true, y_pred in rows:
                yield recipe.name, fold.fold, names[row], which, repr(y_true), repr(y_pred)


def keep_result(store: RunStore, result: StudyResult, extras: Mapping[str, Any]) -> None:
    """Keep a finished result, and what the report shows beside it, in the run's store."""
    store.put_document("result", to_record(result))
    store.put_document("extras", dict(extras))


def load_run(folder: Path | str, say: Say = ignore) -> tuple[StudyResult, dict[str, Any]]:
    """Read a finished run's result, and what its report shows beside it.

    Raises
    ------
    InputError
        Where the folder is no run, or the run is not finished.
    """
    folder = user_path(folder)
    if not (folder / STORE).is_file():
        raise InputError(f"{folder}: no run in this folder (there is no {STORE})")
    with RunStore(folder / STORE, say) as store:
        record, extras = store.get_document("result"), store.get_document("extras")
    if record is None:
        raise InputError(f"{folder}: this run is not finished; run the same study again to resume")
    try:
        return from_record(record, StudyResult), extras or {}
    except msgspec.ValidationError as error:
        raise InputError(
            f"{folder}: another version of clusteract wrote this run ({error}); run the study "
            "again with --fresh"
        ) from None
