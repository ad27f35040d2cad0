"""A study's table and sentences for the terminal."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clusteract.report.figures.numbers import number
from clusteract.report.words import over_folds

# Where output goes to a file or pipe there is no width to obey.
_WIDE = 100


def print_study(summary: dict[str, Any], console: Console) -> None:
    """Print the table of recipes and what it means.

    Parameters
    ----------
    summary : dict
        As `summarize` returns it.
    console : rich.console.Console
    """
    if not console.is_terminal:
        console.width = max(console.width, _WIDE)
    console.print(study_table(summary))
    for sentence in summary["findings"].values():
        console.print(Text(f"• {sentence}"), soft_wrap=not console.is_terminal)
    if summary["data"]["synthetic"]:
        console.print(Text("SYNTHETIC data: these figures say nothing about real clusters."))


def study_table(summary: dict[str, Any]) -> Table:
    """Return the recipes with their honest scores, beside the published ones where given.

    It fits a terminal of 80 columns.

    Parameters
    ----------
    summary : dict
        As `summarize` returns it.
    """
    table = Table(
        title=_title(summary),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("recipe", no_wrap=True)
    published = ["published"] if summary["published"] else []
    for heading in ("test r", "test RMSE", *published, "train"):
        table.add_column(heading, justify="right")
    for name, recipe in summary["recipes"].items():
        best = name == summary["best_recipe"]
        table.add_row(*_row(summary, name, recipe), style="bold" if best else None)
    table.add_section()
    for name, baseline in summary["baselines"].items():
        table.add_row(*_row(summary, name, baseline), style="dim")
    return table


def _title(summary: dict[str, Any]) -> Text:
    data = summary["data"]
    mark = "SYNTHETIC  " if data["synthetic"] else ""
    size = f"{data['n_clusters']:,} clusters, {data['n_descriptors']:,} descriptors"
    how = f"test: {over_folds(summary, 'sd')}; "
    how += "published (test), train: r/RMSE" if summary["published"] else "train: r/RMSE"
    return Text(f"{mark}{data['name']}: {size}\n{how}")


def _row(summary: dict[str, Any], name: str, recipe: dict[str, Any]) -> list[Text]:
    test, train = recipe["test"], recipe["train"]
    cells = [
        name,
        _spread(test["r_mean"], test["r_std"]),
        _spread(test["rmse_mean"], test["rmse_std"]),
        _pair(train["r_mean"], train["rmse_mean"]),
    ]
    if summary["published"]:
        paper = summary["published"].get(name, {})
        cells.insert(3, _pair(paper["test_r"], paper["test_rmse"]) if paper else "")
    return [Text(cell.replace("undefined", "–")) for cell in cells]


def _spread(mean: float | None, std: float | None) -> str:
    return number(mean, 3) if std is None else f"{number(mean, 3)} ± {number(std)}"


def _pair(r: float | None, rmse: float | None) -> str:
    return f"{number(r, 3)}/{number(rmse, 3)}"
