"""run_study: from a study's name to its run folder, resumable at any point."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from clusteract.audit import AuditReport, audit
from clusteract.errors import InputError, close_matches
from clusteract.model import save_model
from clusteract.model.fitting import pack_scored
from clusteract.report.chapters import Chapter
from clusteract.report.summary import summary_dict
from clusteract.runs import Run
from clusteract.runs import folder as files
from clusteract.runs.progress import Say, ignore
from clusteract.study.config import StudyConfig, load_study
from clusteract.study.published import published_figures
from clusteract.study.results import keep_result, predictions_csv
from clusteract.table import Table, load_table
from clusteract.table.columns import UnknownColumn
from clusteract.validation import StudyResult
from clusteract.validation.design import FINAL, Design
from clusteract.validation.final_fit import FinalFit, fit_all_rows
from clusteract.validation.hard_splits import list_hard_splits
from clusteract.validation.nested import cross_validate
from clusteract.versions import library_versions

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
    study: str | StudyConfig | pd.DataFrame | Table = "compare",
    *,
    data: str | PathLike[str] | pd.DataFrame | Table | None = None,
    read_options: Mapping[str, Any] | None = None,
    recipes: Any = None,
    out: str | Path | None = None,
    seed: int | None = None,
    leave_out: str | None = None,
    exhaustive: bool = False,
    say: Say = ignore,
    **options: Any,
) -> StudyRun:
    """Run a study and write its folder; what an earlier call finished is not done again.

    Parameters
    ----------
    study : str, StudyConfig or Table
        A preset (``"compare"``, ``"networks"``, ``"study"``), or a TOML file. A table is the data
        of ``"compare"``.
    data : str, path, DataFrame or Table, optional
        A table, a file, or a name of ``clusteract data list``; the study's own by default.
    read_options : mapping, optional
        ``sheet``, ``name``, ``target``, ``descriptors``, ``groups`` of `read_table`.
    recipes : str, Recipe, estimator, or list of them, optional
        Only these: names, ``"module:Class"``, recipes, any scikit-learn regressors.
    out : path, optional
        ``runs/STUDY-TABLE`` by default.
    seed : int, optional
        Of outer shuffling and every other random choice; the study's own (42) by default.
    leave_out : str, optional
        A harder question than random outer folds: a column, whose values are left out one after
        the other, or "metal", "ligand", "largest", "highest" or "lowest".
    exhaustive : bool
        Search whole grids, whatever the study's budget.
    say : callable, optional
        Gets single lines of text.
    **options
        ``jobs``, ``scheduler``, ``fresh``, ``progress`` of `Run`.

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
    if isinstance(study, (Table, pd.DataFrame)):
        study, data = "compare", study
    data = _given(data, read_options or {})
    config = load_study(study) if isinstance(study, str) else study
    named = data if isinstance(data, str) else None
    config = config.with_options(
        table=named, recipes=recipes, seed=seed, exhaustive=exhaustive, leave_out=leave_out
    ).with_data(read_options or {})
    table = data if isinstance(data, Table) else _load(config, say)
    design = config.design(table)
    remarks = design.check()
    folder = Path(out) if out else _default_folder(config, table)
    with Run(folder, say=say, **options) as run:
        audited = audit(table)
        _introduce(config, design, audited, run)
        for remark in remarks:
            run.say(remark)
        run.runner.expect(FINAL, design.final_steps)
        result = cross_validate(design, run.runner)
        fitted = fit_all_rows(design, result.best.name, run.runner)
        return _write(config, design, result, fitted, run, audited)


def _given(data: Any, read_options: Mapping[str, Any]) -> str | Table | None:
    """Return what was given as data: a file or dataset by name, or a table."""
    if isinstance(data, pd.DataFrame):
        if lost := sorted(set(read_options) - {"target"}):
            raise InputError(f"{lost[0]} is an option of files; choose the DataFrame's columns")
        return Table.from_frame(data, **read_options)
    if data is None or isinstance(data, (str, Table)):
        return data
    if isinstance(data, PathLike):
        return fspath(data)
    raise InputError(
        f"data is a {type(data).__name__}; give a file, a name of `clusteract data list`, a "
        "pandas DataFrame or a Table"
    )


def _introduce(config: StudyConfig, design: Design, audited: AuditReport, run: Run) -> None:
    """Say what is odd in the table, and what will be done."""
    from clusteract.report.figures.numbers import count

    table = design.source
    for line in (audited.summary_line(), *table.source.remarks, *_odd_cells(table, config.missing)):
        run.say(line)
    run.say(
        f"{config.name} on {table.label}: {count(len(config.recipes), 'recipe')}, "
        f"{len(design.splits)} outer folds, {config.inner_folds} inner folds; run folder "
        f"{run.folder}"
    )


def _load(config: StudyConfig, say: Say) -> Table:
    try:
        table = load_table(config.data.get("table", "auto"), say=say, **config.read_options)
    except UnknownColumn as error:
        if error.column != config.leave_out:
            raise
        places = [*list_hard_splits(), *error.columns]
        raise InputError(
            f"--leave-out is {error.column!r}; {close_matches(error.column, places)}"
        ) from None
    given, left_out = config.data.get("groups"), config.leave_out
    if given and left_out not in (None, given, *list_hard_splits(), *table.descriptor_names):
        raise InputError(
            f"--leave-out is {left_out!r} and --groups {given!r}: only a descriptor, or the groups "
            f"themselves, can be left out where rows have groups; leave out {given!r}, or drop it"
        )
    expected = config.data.get("sha256")
    if expected and expected != table.source.sha256:
        raise InputError(
            f"{table.source.name}: the table is not the one of this study (SHA-256 "
            f"{table.source.sha256[:12]}…, the study has {expected[:12]}…); give the same table, "
            "or take sha256 out of the study file"
        )
    return table


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


def _write(
    config: StudyConfig,
    design: Design,
    result: StudyResult,
    fitted: FinalFit,
    run: Run,
    audited: AuditReport,
) -> StudyRun:
    from clusteract.report import write_report

    study = resolved_study(config, design.source)
    extras = {
        "published": published_figures(design.source, design.folds),
        "study": study,
        "audit": {
            "summary_line": audited.summary_line(),
            "causes": [c.text for c in audited.causes],
        },
    }
    keep_result(run.store, result, extras)
    run.write(files.STUDY, tomli_w.dumps(study))
    summary = summary_dict(result, versions=study["versions"])
    run.write(files.SUMMARY, files.to_json(summary))
    run.write(files.PREDICTIONS, predictions_csv(result))
    report = write_report(result, run.folder, extras)
    finished = StudyRun(run.folder, result, summary, report)
    save_model(pack_scored(design, fitted, result), finished.model)
    return finished


def resolved_study(config: StudyConfig, table: Table) -> dict[str, Any]:
    """Return the TOML document that repeats the run: the table's hash and versions with it."""
    document = config.to_toml()
    document["data"] = {**document["data"], "sha256": table.source.sha256}
    return {**document, "versions": library_versions()}
