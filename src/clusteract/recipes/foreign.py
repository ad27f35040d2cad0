"""Recipes of any scikit-learn regressor: from an estimator, a class, or a study's file."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, f_regression
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError, close_matches
from clusteract.recipes.definition import SCALERS, Grid, Recipe, scaler_of

# Packages that are installed under another name than they are imported by.
_INSTALLED_AS = {"sklearn": "scikit-learn", "skorch": "skorch torch"}

# Selectors by the names that a study file uses, and the count of descriptors that they keep.
_SELECTORS = {
    "kbest": (lambda seed: SelectKBest(f_regression), "feature_select__k"),
    "rfe": (
        lambda seed: RFE(RandomForestRegressor(random_state=seed)),
        "feature_select__n_features_to_select",
    ),
    "from-model": (lambda seed: SelectFromModel(RandomForestRegressor(random_state=seed)), None),
    "none": (None, None),
}
_KEPT = 8  # descriptors, where nothing else is said
_SECTION = ("estimator", "params", "grid", "scaler", "select", "budget", "title", "scoring")


def read_sections(sections: Mapping[str, Any], where: str) -> dict[str, Recipe]:
    """Return the recipes of a study file's ``[recipe.NAME]`` sections, by name.

    Raises
    ------
    InputError
        Names the section and its key.
    """
    return {name: _read_section(name, section, where) for name, section in sections.items()}


def _read_section(name: str, section: Any, where: str) -> Recipe:
    if not isinstance(section, Mapping) or not isinstance(section.get("estimator"), str):
        raise InputError(
            f'{where}: recipe.{name} must be a section with estimator = "module:Class"'
        )
    for key in section:
        if key not in (*_SECTION, "columns"):
            raise InputError(
                f"{where}: unknown key 'recipe.{name}.{key}'; {close_matches(key, _SECTION)}"
            )
    settings = {k: v for k, v in section.items() if k not in ("estimator", "grid")}
    return make_recipe(section["estimator"], section.get("grid", {}), name, **settings)


def make_recipe(
    estimator: Any,
    grid: Grid,
    name: str = "",
    *,
    params: Mapping[str, Any] | None = None,
    scaler: Any = None,
    select: Any = None,
    title: str = "",
    **settings: Any,
) -> Recipe:
    """Make a recipe; see `Recipe.of`."""
    model = _estimator(estimator, params or {}, name)
    name = name or _name_of(model)
    if not re.fullmatch(r"\w[\w.+-]*", name):
        raise InputError(f"recipe {name!r}: a name is letters, digits, '-', '_', '.' and '+'")
    _check_settings(name, settings)
    scalers = _scalers(name, scaler)
    make_selector, default = _selector(name, select)
    if isinstance(model, Pipeline) and (scalers or make_selector):
        raise InputError(f"recipe {name!r}: a whole pipeline brings its own scaler and selector")

    def steps(seed: int) -> list[tuple[str, Any]]:
        seeded = _seed(clone(model), seed)
        if isinstance(model, Pipeline):
            return list(seeded.steps)
        first = [("scaler", clone(scalers[0]))] if scalers else []
        chosen = [("feature_select", _seed(make_selector(seed), seed))] if make_selector else []
        return [*first, *chosen, ("model", seeded)]

    more = {"scaler": tuple(scalers)} if len(scalers) > 1 else {}
    if default and default not in grid:
        more[default] = (_KEPT,)
    title = title or _title(model, select)
    section = _section(estimator, params, grid, scaler, select, settings)
    made = Recipe(name, title, steps, more, section=section, foreign=True, **settings)
    made = made.with_grid(grid)
    # A search needs a parameter to search, if of one value.
    return made if made.grid else replace(made, grid=_nothing_to_search(made))


def _name_of(model: Any) -> str:
    last = model.steps[-1][1] if isinstance(model, Pipeline) else model
    return type(last).__name__


def _title(model: Any, select: Any) -> str:
    words = {"kbest": " + SelectKBest", "rfe": " + RFE", "from-model": " + SelectFromModel"}
    return _name_of(model) + words.get(select if isinstance(select, str) else "", "")


def _nothing_to_search(made: Recipe) -> dict[str, tuple[Any, ...]]:
    pipeline = made.pipeline(seed=0)
    last, estimator = pipeline.steps[-1]
    plain = {k: v for k, v in estimator.get_params(deep=False).items() if k != "random_state"}
    if not plain:
        return {}
    key = next(iter(sorted(plain)))
    return {f"{last}__{key}": (plain[key],)}


def _estimator(given: Any, params: Mapping[str, Any], name: str) -> Any:
    where = f"recipe {name or given!r}" if isinstance(given, str) else f"recipe {name!r}"
    made = import_class(given, where) if isinstance(given, str) else given
    if isinstance(made, type):
        try:
            made = made(**params)
        except Exception as error:  # whatever a stranger's constructor raises
            raise InputError(f"{where}: {made.__name__} can't be made: {_line(error)}") from None
    elif params:
        made = clone(made).set_params(**params)
    # A model of other models may show its `predict` only after it was fitted.
    lacking = [word for word in ("fit", "get_params", "set_params") if not hasattr(made, word)]
    if lacking or not hasattr(type(made), "predict"):
        raise InputError(
            f"{where}: {made!r} is no regressor (it has no {[*lacking, 'predict'][0]})"
        )
    if is_classifier(made):
        raise InputError(f"{where}: {type(made).__name__} is a classifier; give a regressor")
    return made


def import_class(path: str, where: str) -> type:
    """Import ``"module:Class"``.

    Raises
    ------
    InputError
        With the package to install, or close matches of the class's name.
    """
    module_name, _, class_name = path.partition(":")
    if not re.fullmatch(r"[A-Za-z_][\w.]*", module_name) or not class_name.isidentifier():
        raise InputError(f'{where}: {path!r} must be "module:Class", as sklearn.svm:SVR')
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        lacking = str(error.name or module_name).partition(".")[0]
        if lacking == module_name.partition(".")[0] and error.name != lacking:
            raise InputError(f"{where}: there is no module {module_name!r} in {lacking}") from None
        package = _INSTALLED_AS.get(lacking, lacking)
        raise InputError(f"{where}: `{lacking}` is not installed: pip install {package}") from None
    except Exception as error:  # an import may raise anything
        raise InputError(f"{where}: {module_name} can't be imported: {_line(error)}") from None
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        classes = [n for n, v in vars(module).items() if isinstance(v, type)]
        hint = close_matches(class_name, classes) if classes else "it holds no class"
        raise InputError(f"{where}: no class {class_name!r} in {module_name}; {hint}")
    return found


def _check_settings(name: str, settings: Mapping[str, Any]) -> None:
    allowed = ("budget", "scoring", "columns", "halving")
    for key in settings:
        if key not in allowed:
            raise _unknown(name, "setting", key, _SECTION)
    budget = settings.get("budget")
    if budget is not None and (not isinstance(budget, int) or budget < 1):
        raise InputError(
            f"recipe {name!r}: budget is {budget!r}; it must be a number of at least 1"
        )


def _scalers(name: str, given: Any) -> list[Any]:
    if given is None or given == "none":
        return []
    several = given if isinstance(given, (list, tuple)) else [given]
    if not several:
        raise InputError(f"recipe {name!r}: scaler is empty; {close_matches('', SCALERS)}")
    try:
        return [scaler_of(one) for one in several]
    except InputError as error:
        raise InputError(f"recipe {name!r}: {error}") from None


def _selector(name: str, given: Any) -> tuple[Any, str | None]:
    if given is None:
        return None, None
    if isinstance(given, BaseEstimator):
        return lambda seed: clone(given), None
    if isinstance(given, str) and given in _SELECTORS:
        return _SELECTORS[given]
    if isinstance(given, str) and ":" in given:
        kind = import_class(given, f"recipe {name!r}")
        return lambda seed: kind(), None
    raise InputError(
        f"recipe {name!r}: no selector {given!r}; {close_matches(str(given), _SELECTORS)}"
    )


# Workers are processes; threads beside them only wait for each other.
_ALONE = {"n_jobs": 1, "thread_count": 1}


def _seed(estimator: Any, seed: int) -> Any:
    """Give a seed to every `random_state` that has none, and one thread to what asks for many."""
    params = estimator.get_params()
    signature = inspect.signature(type(estimator).__init__).parameters
    params = {**dict.fromkeys(k for k in ("random_state", *_ALONE) if k in signature), **params}
    defaults = {"random_state": seed, **_ALONE}
    unset = {
        key: defaults[last]
        for key, value in params.items()
        if value is None and (last := key.rpartition("__")[2]) in defaults
    }
    return estimator.set_params(**unset) if unset else estimator


def _section(
    estimator: Any, params: Any, grid: Grid, scaler: Any, select: Any, settings: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return what a study's file says of the recipe; None where a file can't say it."""
    said = {"params": params, "grid": grid, "scaler": scaler, "select": select, **settings}
    kept = {key: value for key, value in said.items() if value}
    if not isinstance(estimator, str) or not _is_plain(kept):
        return None
    return {"estimator": estimator, **kept}


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(v) for v in value)
    return isinstance(value, (str, bool, int, float))


def _unknown(name: str, what: str, given: Any, allowed: Iterable[str]) -> InputError:
    return InputError(f"recipe {name!r}: no {what} {given!r}; {close_matches(str(given), allowed)}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
