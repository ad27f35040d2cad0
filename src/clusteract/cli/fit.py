"""``clusteract fit``: one recipe on a whole table, scored honestly, saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusteract.cli.parts import (
    RecipesCommand,
    say_on_stderr,
    table_options,
    take_table,
    work_options,
)
from clusteract.cli.progress import progress_bar

if TYPE_CHECKING:
    from clusteract.model import SavedModel
    from clusteract.recipes import Recipe
    from clusteract.runs import Run
    from clusteract.table import Table


@click.command(cls=RecipesCommand, short_help="Fit one recipe on a whole table and save it.")
@click.argument("recipe")
@click.option("--data", default="auto", metavar="TABLE", help="A file, or a dataset's name.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The model's file.")
@table_options
@click.option(
    "--missing",
    type=click.Choice(["impute", "as-published"]),
    default="impute",
    show_default=True,
    help="What to do with missing values and sentinels such as -999.",
)
@click.option("--seed", type=int, help="Of every random choice; 42 by default.")
@click.option("--budget", type=click.IntRange(min=1), help="Candidates to search.")
@click.option("--folds", type=click.IntRange(min=2), help="Outer folds; 10 by default.")
@work_options
@click.option("--honest/--no-honest", default=True, help="Score the recipe first, or don't.")
def command(
    recipe: str,
    data: str,
    out: Path,
    honest: bool,
    budget: int | None,
    folds: int | None,
    seed: int | None,
    missing: str,
    jobs: int,
    scheduler: str | None,
    fresh: bool,
    **reading: str | None,
) -> None:
    """Fit RECIPE on all rows of a table and save it for `clusteract predict`.

    RECIPE is a name, or any scikit-learn regressor: "module:Class".

    First its nested cross-validation tells what to expect on new rows; that score is kept
    inside the model. Folds and candidates are those of the preset `compare` unless said otherwise.
    Work half done is kept in the folder OUT.run until the model is written: the same command
    resumes it.
    """
    from clusteract.model import save_model
    from clusteract.model.saving import model_path
    from clusteract.runs import Run
    from clusteract.study.config import load_study

    path = model_path(out)
    study = load_study("compare").with_options(recipes=[recipe], seed=seed)
    table = take_table(data, reading)
    settings = {
        "seed": study.seed,
        "inner_folds": study.inner_folds,
        "budget": study.budget[study.recipes[0].name] if budget is None else budget,
        "missing": missing,
    }
    fit = _fit_scored if honest else _fit_only
    work: dict[str, Any] = {"jobs": jobs, "scheduler": scheduler, "fresh": fresh}
    folder = path.with_name(f"{path.name}.run")
    with (
        progress_bar() as progress,
        Run(folder, progress=progress, say=say_on_stderr, **work) as run,
    ):
        model = fit(table, study.recipes[0], folds or study.outer_folds, settings, run)
        save_model(model, path)
    run.remove()
    click.echo(f"model: {model.label}")
    click.echo(f"honest score: {model.honest or 'none (--no-honest)'}")
    if model.formula:
        click.echo(f"formula: {model.formula}")
    click.echo(f"written: {path}")


def _fit_scored(
    table: Table, recipe: Recipe, folds: int, settings: dict[str, Any], run: Run
) -> SavedModel:
    from clusteract.model.fitting import pack_scored
    from clusteract.validation import OuterFolds
    from clusteract.validation.design import FINAL, Design
    from clusteract.validation.final_fit import fit_all_rows
    from clusteract.validation.nested import cross_validate

    budget = {recipe.name: settings["budget"]}
    outer = OuterFolds(folds, seed=settings["seed"])
    design = Design(table, (recipe,), outer, **{**settings, "budget": budget})
    for remark in design.check():
        run.say(remark)
    run.say(
        f"scoring {recipe.name} on {table.label}: {folds} outer folds, "
        f"{settings['inner_folds']} inner folds, {_searched(recipe, table, settings)}; then "
        "fitting it on all rows"
    )
    run.runner.expect(FINAL, design.final_steps)
    result = cross_validate(design, run.runner, baselines=False)
    return pack_scored(design, fit_all_rows(design, recipe.name, run.runner), result)


def _fit_only(
    table: Table, recipe: Recipe, folds: int, settings: dict[str, Any], run: Run
) -> SavedModel:
    from clusteract.model import fit_model

    run.say(
        f"fitting {recipe.name} on {table.label} without an honest score: "
        f"{settings['inner_folds']} inner folds, {_searched(recipe, table, settings)}"
    )
    return fit_model(table, recipe, **settings, runner=run.runner)


def _searched(recipe: Recipe, table: Table, settings: dict[str, Any]) -> str:
    everything = recipe.n_candidates(table.n_descriptors)
    return f"{min(settings['budget'] or everything, everything):,} of {everything:,} candidates"
