"""A study's page: its chapters, and the short one that a terminal shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusteract.report.chapters import Chapter, to_markdown
from clusteract.report.data_chapter import data_chapter
from clusteract.report.figures.numbers import count
from clusteract.report.figures.registry import drawings_by_chapter
from clusteract.report.page import Page, render_page
from clusteract.report.points import parity_points
from clusteract.report.score_tables import Published, fold_table, recipe_table, short_table
from clusteract.report.summary import plain, summary_dict
from clusteract.report.trust_chapters import trust_chapters
from clusteract.report.words import findings, over_folds
from clusteract.runs.folder import FIGURES, MARKDOWN, REPORT, write_whole
from clusteract.validation import StudyResult

REPEAT = "clusteract study study.toml --out again"


def study_page(
    result: StudyResult,
    *,
    audit: Mapping[str, Any] | None = None,
    published: Published | None = None,
    versions: Mapping[str, str] | None = None,
    command: str | None = None,
) -> Page:
    """Return what a study's report says.

    Parameters
    ----------
    result : StudyResult
    audit : mapping, optional
        ``summary_line`` (str) and ``causes`` (list of str).
    published : mapping, optional
        Recipe to its published ``train_r``, ``test_r``, ``train_rmse`` and ``test_rmse``.
    versions : mapping, optional
        Of the run; by default those of this process.
    command : str, optional
        What to type to repeat the run; by default from the run's folder.
    """
    summary = summary_dict(result, versions=versions)
    data = summary["data"]
    target = f", target {data['target']}" if data["target"] else ""
    return Page(
        title=data["name"],
        lede=f"{count(data['n_clusters'], data['row'])}, "
        f"{count(data['n_descriptors'], 'descriptor')}{target}",
        findings=tuple(findings(summary).values()),
        chapters=_chapters(result, summary, audit, published or {}),
        settings=plain(result.settings),
        versions=summary["versions"],
        synthetic=data["synthetic"],
        command=command or REPEAT,
    )


def _chapters(
    result: StudyResult,
    summary: dict[str, Any],
    audit: Mapping[str, Any] | None,
    published: Published,
) -> list[Chapter]:
    drawings = drawings_by_chapter(result)
    target = summary["data"]["target"] or "the target"
    return [
        Chapter(
            name="recipes",
            title="Recipes",
            lead=f"Scores on test sets that no choice has seen, {over_folds(summary)}; RMSE and "
            f"MAE in units of {target}.",
            tables=(recipe_table(summary, published),),
            drawings=drawings.pop("recipes", ()),
        ),
        Chapter(
            name="parity",
            title="Every prediction",
            template="parity.html.j2",
            content={
                "points": parity_points(result),
                "best": summary["best_recipe"],
                "row": result.table.domain.row,
            },
        ),
        *trust_chapters(summary, drawings),
        Chapter(name="figures", title="Figures", drawings=drawings.pop("figures", ())),
        Chapter(
            name="folds",
            title="Fold by fold",
            lead="What the inner folds chose inside each outer training set, and how that fared "
            "on the outer test set.",
            tables=tuple(
                fold_table(recipe, summary["settings"].get("left_out", ()))
                for recipe in summary["recipes"].values()
            ),
        ),
        data_chapter(result.table, audit, result.settings.get("missing")),
        Chapter(
            name="words",
            title="What these words mean",
            template="words.html.j2",
            content={
                "rows": result.table.domain.rows,
                "levels": [f"{n} {words}" for n, words in result.table.domain.levels.items()],
            },
        ),
    ]


def study_in_short(
    result: StudyResult,
    *,
    published: Published | None = None,
    versions: Mapping[str, str] | None = None,
) -> Chapter:
    """Return a study's table and sentences as a terminal of 80 columns shows them.

    Parameters
    ----------
    result : StudyResult
    published, versions : mapping, optional
        As in `study_page`.
    """
    summary = summary_dict(result, versions=versions)
    data = summary["data"]
    mark, last = ("SYNTHETIC  ", (_SIMULATED,)) if data["synthetic"] else ("", ())
    size = f"{data['n_clusters']:,} {data['row']}s, {data['n_descriptors']:,} descriptors"
    return Chapter(
        name="study",
        title=f"{mark}{data['name']}: {size}",
        sentences=(*findings(summary).values(), *last),
        tables=(short_table(summary, published or {}),),
    )


_SIMULATED = "SYNTHETIC data: these figures say nothing about the real world."


def write_report(
    result: StudyResult, folder: Path | str, extras: Mapping[str, Any] | None = None
) -> Chapter:
    """Draw a run's figures and write its report, as a page and as Markdown.

    Parameters
    ----------
    result : StudyResult
    folder : Path or str
        Of the run.
    extras : mapping, optional
        What `study.load_run` returns beside the result: ``published``, ``audit``, ``command``
        and ``study``, the resolved study with the run's ``versions``; each of them optional.

    Returns
    -------
    Chapter
        What a terminal shows of it.

    Raises
    ------
    ClusteractError
        Where the folder can't be written or the disk is full.
    """
    extras, folder = extras or {}, Path(folder)
    versions, published = extras.get("study", {}).get("versions"), extras.get("published")
    page = study_page(
        result,
        audit=extras.get("audit"),
        published=published,
        versions=versions,
        command=extras.get("command"),
    )
    write_whole(folder / REPORT, render_page(page, folder / FIGURES))
    short = study_in_short(result, published=published, versions=versions)
    write_whole(folder / MARKDOWN, to_markdown(page.title, [short, *page.chapters]))
    return short
