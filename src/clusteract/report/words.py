"""What a study found, in sentences: the best recipe, what is noise, what no skill looks like."""

from __future__ import annotations

from typing import Any

from clusteract.report.figures.numbers import count, listing, number, with_spread
from clusteract.report.trust_words import trust_findings
from clusteract.validation.hard_splits import question_words

Summary = dict[str, Any]


def findings(summary: Summary) -> dict[str, str]:
    """Return the sentences of a summary, without those it has no figures for.

    Parameters
    ----------
    summary : dict
        As `results.summary_dict` returns it.

    Returns
    -------
    dict
        ``headline`` and ``cost``; ``groups``, ``noise``, ``beaten``, ``baseline``, ``shuffled``,
        ``formula``, ``intervals`` and ``border`` where they apply.
    """
    sentences = {
        "headline": _headline(summary),
        "groups": _groups(summary),
        "noise": _noise(summary),
        "beaten": _beaten(summary),
        "baseline": _baseline(summary),
        "shuffled": _shuffled(summary),
        **trust_findings(summary["trust"]),
        "cost": _cost(summary),
    }
    return {key: text for key, text in sentences.items() if text}


def _headline(summary: Summary) -> str:
    best = summary["recipes"][summary["best_recipe"]]
    target = summary["data"]["target"] or "the target"
    others = len(summary["recipes"]) > 1
    test = best["test"]
    claim = f"The best recipe for {target} is {best['title']}" if others else best["title"]
    return (
        f"{claim}: honest test RMSE {with_spread(test['rmse_mean'], test['rmse_std'], 3)}, "
        f"r {with_spread(test['r_mean'], test['r_std'], 3)} "
        f"({over_folds(summary)})."
    )


def over_folds(summary: Summary, spread: str = "standard deviation") -> str:
    """Say what a score is over how many outer folds, and what those left out if not at random.

    Parameters
    ----------
    summary : dict
        As `results.summary_dict` returns it.
    spread : str
        What ± is called; one fold alone has none.
    """
    n = len(summary["recipes"][summary["best_recipe"]]["folds"])
    settings = summary["settings"]
    folds = f"mean ± {spread} over {count(n, 'outer fold')}" if n > 1 else "1 outer fold"
    if not settings.get("leave_out"):
        return folds
    question = question_words(settings["leave_out"])
    groups = f": {listing(settings['left_out'])}" if n > 1 else ""
    return f"{folds}, {question}{groups}"


def _groups(summary: Summary) -> str:
    random = summary.get("random_split")
    if not random:
        return ""
    test = random["test"]
    return (
        f"No fold parts any of {count(summary['settings']['groups'], 'group')}. On random folds, "
        f"which part them, the same settings have RMSE {number(test['rmse_mean'], 3)} and "
        f"r {number(test['r_mean'], 3)}: what a random split would have claimed."
    )


def _noise(summary: Summary) -> str:
    names = _others(summary, noise=True)
    if not names:
        return ""
    return (
        f"Its lead over {_titles(summary, names)} is within noise: the 95 % interval of the "
        "difference in RMSE contains zero."
    )


def _beaten(summary: Summary) -> str:
    names = _others(summary, noise=False)
    return f"It beats {_titles(summary, names)} by more than noise." if names else ""


def _others(summary: Summary, *, noise: bool) -> list[str]:
    """Name the other recipes whose difference in RMSE from the best is noise, or is not."""
    compared = summary["comparisons"]
    return [
        n for n in summary["recipes"] if n in compared and compared[n]["rmse"]["noise"] is noise
    ]


def _titles(summary: Summary, names: list[str]) -> str:
    """Name recipes, nearest to the best first, each with its difference in RMSE."""
    gaps = {name: -summary["comparisons"][name]["rmse"]["mean"] for name in names}
    ranked = sorted(names, key=lambda name: gaps[name])
    return listing(
        [f"{summary['recipes'][n]['title']} ({number(gaps[n], 3)} higher RMSE)" for n in ranked]
    )


def _baseline(summary: Summary) -> str:
    if "mean" not in summary["baselines"]:
        return ""
    rmse = number(summary["baselines"]["mean"]["test"]["rmse_mean"], 3)
    words = f"Always predicting the training mean has RMSE {rmse}"
    difference = summary["comparisons"]["mean"]["rmse"]
    gap = number(abs(difference["mean"]), 3)
    if difference["noise"]:
        return f"{words}; the best recipe is not better than that beyond noise."
    verb = "lowers" if difference["mean"] < 0 else "raises"
    interval = sorted((abs(difference["low"]), abs(difference["high"])))
    low, high = (number(v, 3) for v in interval)
    return f"{words}; the best recipe {verb} it by {gap} (95 % interval {low} to {high})."


def _shuffled(summary: Summary) -> str:
    if "shuffled" not in summary["baselines"]:
        return ""
    test = summary["baselines"]["shuffled"]["test"]
    repeated = summary["recipes"].get(summary["shuffled_recipe"] or "", {}).get("title")
    who = f"the search of {repeated}" if repeated else "the same search"
    words = (
        f"With the targets shuffled, {who} reaches "
        f"r {with_spread(test['r_mean'], test['r_std'], 3)} and RMSE "
        f"{number(test['rmse_mean'], 3)}: what no skill looks like here"
    )
    if summary["comparisons"]["shuffled"]["rmse"]["noise"]:
        return f"{words}. The best recipe does not differ from it beyond noise."
    return f"{words}."


def _cost(summary: Summary) -> str:
    rows = [*summary["recipes"].values(), *summary["baselines"].values()]
    here, plain = (sum(row[key] for row in rows) for key in ("fits", "fits_naive"))
    words = f"{count(here, 'model')} fitted"
    if plain != here:
        words += f"; a plain nested grid search would have fitted {plain:,}"
    capped = sum(row["capped"] for row in rows)
    return f"{words}; {capped:,} stopped at an iteration cap." if capped else f"{words}."
