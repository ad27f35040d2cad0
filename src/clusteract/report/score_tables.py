"""The tables of a study's scores: every recipe on a page, on a terminal, and fold by fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clusteract.report.chapters import Cell, TextTable
from clusteract.report.figures.numbers import number, with_spread
from clusteract.report.words import over_folds

Scores = Mapping[str, Any]
Published = Mapping[str, Mapping[str, float]]

_HEADS = (
    ("", 1),
    ("Test sets (honest)", 4),
    ("Training sets", 2),
    ("Test sets pooled", 2),
    ("Models fitted", 2),
)
_COLUMNS = ("recipe", "r", "RMSE", "MAE", "R²", "r", "RMSE", "r", "RMSE", "here", "plain grid")


def recipe_table(summary: dict[str, Any], published: Published) -> TextTable:
    """Return every recipe and baseline with all of its scores, as the page shows them.

    Parameters
    ----------
    summary : mapping
        As `summary_dict` returns it.
    published : mapping
        Recipe to its published figures, which stand in parentheses.
    """
    entries = {**summary["recipes"], **summary["baselines"]}
    rows = [_wide_row(name, entry, published.get(name, {})) for name, entry in entries.items()]
    notes = ["In parentheses: published figures that this run repeats."] if published else []
    capped = sum(entry["capped"] for entry in entries.values())
    if capped:
        notes.append(f"{capped:,} models stopped at an iteration cap.")
    return TextTable(
        "Scores of the recipes",
        _COLUMNS,
        tuple(rows),
        note=" ".join(notes),
        printed=False,
        heads=_HEADS,
        strong=list(entries).index(summary["best_recipe"]),
    )


def _wide_row(name: str, entry: Scores, paper: Mapping[str, float]) -> tuple[Cell, ...]:
    test, train, pooled = entry["test"], entry["train"], entry["pooled"]
    return (
        f"{entry['title']} ({name})",
        _beside(with_spread(test["r_mean"], test["r_std"], 3), paper.get("test_r")),
        _beside(with_spread(test["rmse_mean"], test["rmse_std"], 3), paper.get("test_rmse")),
        test["mae_mean"],
        test["r2_mean"],
        _beside(number(train["r_mean"], 3), paper.get("train_r")),
        _beside(number(train["rmse_mean"], 3), paper.get("train_rmse")),
        pooled["r"],
        pooled["rmse"],
        entry["fits"],
        entry["fits_naive"],
    )


def _beside(score: str, published: float | None) -> str:
    score = score.replace("undefined", "–")
    return score if published is None else f"{score} ({number(published, 3)})"


def short_table(summary: dict[str, Any], published: Published) -> TextTable:
    """Return the recipes with their honest scores, for a terminal of 80 columns.

    Parameters
    ----------
    summary, published : mapping
        As in `recipe_table`.
    """
    entries = {**summary["recipes"], **summary["baselines"]}
    middle = ("published",) if published else ()
    how = "published (test), train: r/RMSE" if published else "train: r/RMSE"
    return TextTable(
        f"test: {over_folds(summary, 'sd')}; {how}",
        ("recipe", "test r", "test RMSE", *middle, "train"),
        tuple(_short_row(name, entry, published) for name, entry in entries.items()),
        strong=list(entries).index(summary["best_recipe"]),
    )


def _short_row(name: str, entry: Scores, published: Published) -> tuple[Cell, ...]:
    test, train = entry["test"], entry["train"]
    paper = published.get(name)
    middle = () if not published else (_pair(paper, "test_r", "test_rmse") if paper else "",)
    return (
        name,
        _spread(test["r_mean"], test["r_std"]),
        _spread(test["rmse_mean"], test["rmse_std"]),
        *middle,
        _pair(train, "r_mean", "rmse_mean"),
    )


def _spread(mean: float | None, std: float | None) -> str:
    text = number(mean, 3) if std is None else f"{number(mean, 3)} ± {number(std)}"
    return text.replace("undefined", "–")


def _pair(scores: Mapping[str, float | None], r: str, rmse: str) -> str:
    return f"{number(scores[r], 3)}/{number(scores[rmse], 3)}".replace("undefined", "–")


def fold_table(recipe: Scores, left_out: Sequence[str] = ()) -> TextTable:
    """Return what was chosen in each outer fold of a recipe, and how it fared.

    Parameters
    ----------
    recipe : mapping
        An entry of the summary's ``recipes``.
    left_out : sequence of str
        What each fold left out, where folds were not random.
    """
    rows = []
    for i, fold in enumerate(recipe["folds"]):
        label = f"{fold['fold']} {left_out[i]}" if left_out else str(fold["fold"])
        scores = (fold[key] for key in ("test_r", "test_rmse", "train_r", "train_rmse"))
        chosen = ", ".join(fold["selected"]) or "all"
        rows.append((label, *scores, _settings(fold["best_params"]), chosen))
    heads = ("fold", "test r", "test RMSE", "train r", "train RMSE", "settings", "descriptors")
    return TextTable(
        recipe["title"],
        heads,
        tuple(rows),
        note=f"best fold: {recipe['best_fold']}",
        printed=False,
        texts=frozenset({0, 5, 6}),
        folded=True,
    )


def _settings(best_params: Mapping[str, Any]) -> str:
    """Write chosen parameters without the names of the pipeline's steps."""
    parts = (f"{key.split('__')[-1]} = {value}" for key, value in sorted(best_params.items()))
    return ", ".join(parts) or "none"
