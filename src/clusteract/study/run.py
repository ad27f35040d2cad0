"""run_study: from a study's name to its run folder, resumable at any point."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from clusteract.audit import AuditReport, audit
from clusteract.errors import InputError, Interrupted
from clusteract.model import SavedModel, fit_best, save_model
from clusteract.model.fitting import MODEL, model_steps
from clusteract.report.chapters import Chapter
from clusteract.report.summary import library_versions, summary_dict
from clusteract.runs import folder as files
from clusteract.runs.executors import Executor, count_jobs, make_executor
from clusteract.runs.progress import Report, ignore
from clusteract.runs.runner import Runner
from clusteract.runs.store import RunStore
from clusteract.study.config import StudyConfig, load_study
from clusteract.study.published import published_figures
from clusteract.study.results import keep_result, predictions_csv
from clusteract.table import Table, load_table
from clusteract.validation import StudyResult
from clusteract.validation.nested import check_design, make_problem, nested_cross_validate

Say = Callable[[str], None]
MAX_NAMED = 5


@dataclass(frozen=True)
class StudyRun:
    """A finished study.

    Attributes
    ----------
    folder : Path
        The run's folder.
    result : StudyResult
    summary : dict
        The content of ``summary.json``.
    report : Chapter
        What a terminal shows of it.
    """

    folder: Path
    result: StudyResult
    summary: dict[str, Any]
    report: Chapter

    @property
    def model(self) -> Path:
        """The saved model of the best recipe, fitted on all rows."""
        return self.folder / files.MODELS / f"{self.result.best.name}.clusteract"


def run_study(
    study: str | StudyConfig,
    *,
    data: str | Table | None = None,
    read_options: Mapping[str, Any] | None = None,
    recipes: list[str] | None = None,
    out: str | Path | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    seed: int | None = None,
    leave_out: str | None = None,
    exhaustive: bool = False,
    fresh: bool = False,
    progress: Report = ignore,
    say: Say = lambda text: None,
) -> StudyRun:
    """Run a study and write its folder; what an earlier call finished is not done again.

    Parameters
    ----------
    study : str or StudyConfig
        A preset (``"compare"``, ``"networks"``, ``"study"``, ``"reference"``), or a TOML file.
    data : str or Table, optional
        A table, a file, or a name of ``clusteract data list``; the study's own by default.
    read_options : mapping, optional
        ``sheet``, ``name``, ``target``, ``descriptors`` of `read_table`.
    recipes : list of str, optional
        Only these.
    out : path, optional
        ``runs/STUDY-TABLE`` by default.
    jobs : int
        Worker processes; -1 is one per core. The result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers take the place of `jobs`.
    seed : int, optional
        Of outer shuffling and every other random choice; the study's own (42) by default.
    leave_out : str, optional
        A harder question than random outer folds: "metal", "ligand", "largest", "highest" or
        "lowest" (`validation.hard_splits`).
    exhaustive : bool
        Search whole grids, whatever the study's budget.
    fresh : bool
        Forget what is in the folder's store.
    progress, say : callable, optional
        Get a `Progress` after each piece, and single lines of text.

    Returns
    -------
    StudyRun

    Raises
    ------
    InputError
        Where the study, the table or the folder can't be used; nothing is written then.
    Interrupted
        After Ctrl-C; the same call resumes.
    """
    config = load_study(study) if isinstance(study, str) else study
    named = data if isinstance(data, str) else None
    config = config.with_options(
        table=named, recipes=recipes, seed=seed, exhaustive=exhaustive, leave_out=leave_out
    ).with_data(read_options or {})
    table = data if isinstance(data, Table) else _load(config, say)
    _check(config, table, jobs)
    with closing(_executor(jobs, scheduler)) as executor:  # refused before anything is written
        folder = files.prepare_run_folder(Path(out) if out else _default_folder(config, table))
        with RunStore(folder / files.STORE, say) as store:
            if fresh:
                store.clear()
            try:
                return _run(config, table, Runner(executor, store, progress), store, folder, say)
            except KeyboardInterrupt:
                raise Interrupted(
                    f"stopped; {len(store)} finished pieces are kept in {folder}: run the same "
                    "command again to resume"
                ) from None


def _run(
    config: StudyConfig,
    table: Table,
    runner: Runner,
    store: RunStore,
    folder: Path,
    say: Say,
) -> StudyRun:
    from clusteract.report.figures.numbers import count

    audited = audit(table)
    for line in (audited.summary_line(), *table.source.remarks, *_odd_cells(table, config.missing)):
        say(line)
    outer = len(config.outer_for(table).split(table.n_rows))
    say(
        f"{config.name} on {table.label}: {count(len(config.recipes), 'recipe')}, {outer} outer "
        f"folds, {config.inner_folds} inner folds; run folder {folder}"
    )
    with runner:
        result, best = _compute(config, table, runner)
    run = _write(config, table, result, store, folder, audited)
    save_model(best, run.model)
    return run


def _load(config: StudyConfig, say: Say) -> Table:
    options = {
        k: config.data[k] for k in ("sheet", "name", "target", "descriptors") if k in config.data
    }
    table = load_table(config.data.get("table", "auto"), say=say, **options)
    expected = config.data.get("sha256")
    if expected and expected != table.source.sha256:
        raise InputError(
            f"{table.source.name}: the table is not the one of this study (SHA-256 "
            f"{table.source.sha256[:12]}…, the study has {expected[:12]}…); give the same table, "
            "or take sha256 out of the study file"
        )
    return table


def _check(config: StudyConfig, table: Table, jobs: int) -> None:
    """Refuse what can't work before anything is written."""
    used = table.mask_sentinels() if config.missing == "impute" else table
    make_problem(used, inner_folds=config.inner_folds, seed=config.seed, missing=config.missing)
    check_design(used, config.outer_for(used), config.inner_folds)
    count_jobs(jobs)


def _odd_cells(table: Table, missing: str) -> list[str]:
    """Name missing values and sentinels, and what is done with them."""
    fate = "imputed inside folds" if missing == "impute" else "kept as published"
    lines = []
    for word, cells in (("missing", table.missing_cells), ("sentinel", table.sentinel_cells)):
        named = [f"{descriptor} of {table.names[row]}" for row, descriptor in cells[:MAX_NAMED]]
        more = f" and {len(cells) - MAX_NAMED} more" if len(cells) > MAX_NAMED else ""
        if cells:
            lines.append(f"{word}: {', '.join(named)}{more}; {fate}")
    return lines


def _default_folder(config: StudyConfig, table: Table) -> Path:
    parts = filter(None, (config.name, config.leave_out, table.source.name))
    name = re.sub(r"[^\w.-]+", "-", "-".join(parts)).strip("-.")
    return Path("runs") / name


def _executor(jobs: int, scheduler: str | None) -> Executor:
    if scheduler is None:
        return make_executor(jobs)
    from clusteract.runs.dask_executor import DaskExecutor

    return DaskExecutor(scheduler)


def _compute(config: StudyConfig, table: Table, runner: Runner) -> tuple[StudyResult, SavedModel]:
    """Score the recipes, then fit the best one on all rows."""
    settings: dict[str, Any] = {
        "inner_folds": config.inner_folds,
        "budget": config.budget,
        "missing": config.missing,
        "seed": config.seed,
    }
    runner.expect(MODEL, model_steps(table, config.recipes, **settings))
    outer = config.outer_for(table)
    result = nested_cross_validate(table, config.recipes, outer=outer, runner=runner, **settings)
    return result, fit_best(result, config.recipes, runner=runner)


def _write(
    config: StudyConfig,
    table: Table,
    result: StudyResult,
    store: RunStore,
    folder: Path,
    audited: AuditReport,
) -> StudyRun:
    from clusteract.report import write_report

    study = resolved_study(config, table)
    extras = {
        "published": published_figures(table, config.outer_for(table)),
        "study": study,
        "audit": {
            "summary_line": audited.summary_line(),
            "stories": [s.text for s in audited.stories],
        },
    }
    keep_result(store, result, extras)
    files.write_whole(folder / files.STUDY, tomli_w.dumps(study))
    summary = summary_dict(result, versions=study["versions"])
    files.write_whole(folder / files.SUMMARY, files.to_json(summary))
    files.write_whole(folder / files.PREDICTIONS, predictions_csv(result))
    return StudyRun(folder, result, summary, write_report(result, folder, extras))


def resolved_study(config: StudyConfig, table: Table) -> dict[str, Any]:
    """Return the TOML document that repeats the run: the table's hash and versions with it."""
    document = config.to_toml()
    document["data"] = {**document["data"], "sha256": table.source.sha256}
    return {**document, "versions": library_versions()}
