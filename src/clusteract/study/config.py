"""StudyConfig: a study as a preset or a TOML file says it, checked before any work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from clusteract.errors import InputError, close_matches
from clusteract.paths import user_path
from clusteract.recipes import Recipe, find_recipes, get_recipe, read_sections
from clusteract.table import Table
from clusteract.validation import OuterFolds
from clusteract.validation.design import Design
from clusteract.validation.hard_splits import list_hard_splits

MAX_SEED = 2**31 - 1
RANDOM = "random"
MISSING = ("impute", "as-published")

# Section -> key -> (types allowed, words for them). The empty section is the file's top.
_KEYS: dict[str, dict[str, tuple[tuple[type, ...], str]]] = {
    "": {
        "name": ((str,), "a short name"),
        "title": ((str,), "one line of text"),
        "recipes": ((list, str), "a list of recipe names"),
        "recipe": ((dict,), "a table of sections [recipe.NAME]"),
        "seed": ((int,), "a whole number"),
        "budget": ((int, str, dict), 'a number of candidates, "exhaustive" or a table'),
        "data": ((dict,), "a table"),
        "outer": ((dict,), "a table"),
        "inner": ((dict,), "a table"),
        "grids": ((dict,), "a table"),
        "versions": ((dict,), "a table"),
    },
    "data": {
        "table": ((str,), "a file or a dataset's name"),
        "sheet": ((str,), "a sheet's name"),
        "name": ((str,), "the column of names"),
        "target": ((str,), "the target's column"),
        "descriptors": ((str, list), 'a range such as "first:last", or a list of columns'),
        "groups": ((str,), "the column of the groups that no fold parts"),
        "domain": ((str,), "a domain's name, or none"),
        "unreadable": ((str,), '"refuse" or "missing"'),
        "missing": ((str,), '"impute" or "as-published"'),
        "sha256": ((str,), "the table's hash"),
    },
    "outer": {
        "kind": ((str,), "what the outer folds leave out"),
        "folds": ((int,), "a whole number"),
        "repeats": ((int,), "a whole number"),
    },
    "inner": {"folds": ((int,), "a whole number")},
}


@dataclass(frozen=True)
class StudyConfig:
    """Everything that decides a study's result, but the table's content.

    Attributes
    ----------
    name, title : str
    recipes : tuple of Recipe
        With the study's own grids in place.
    data : mapping
        ``table`` and the options of `read_table`; ``missing``.
    outer_folds, outer_repeats, inner_folds : int
    budget : mapping of str to int or None
        Candidates drawn for each recipe; None is exhaustive.
    seed : int
    leave_out : str or None
        A kind of hard split (`list_hard_splits`), or a column, in place of random outer folds.
    grids : mapping
        What the file changes in the recipes' search spaces.
    """

    name: str
    title: str
    recipes: tuple[Recipe, ...]
    data: Mapping[str, Any]
    outer_folds: int = 10
    outer_repeats: int = 1
    inner_folds: int = 10
    budget: Mapping[str, int | None] = field(default_factory=dict)
    seed: int = 42
    grids: Mapping[str, Any] = field(default_factory=dict)
    leave_out: str | None = None

    def design(self, table: Table) -> Design:
        """Return what the study asks of a table."""
        return Design(
            table,
            self.recipes,
            self.leave_out or OuterFolds(self.outer_folds, self.outer_repeats, self.seed),
            self.inner_folds,
            self.budget,
            self.missing,
            self.seed,
        )

    @property
    def read_options(self) -> dict[str, Any]:
        """Options of `read_table`; a column that is left out is read as that of the groups."""
        keys = ("sheet", "name", "target", "descriptors", "groups", "domain", "unreadable")
        options = {key: self.data[key] for key in keys if key in self.data}
        if self.leave_out is not None and self.leave_out not in list_hard_splits():
            options.setdefault("groups", self.leave_out)
        return options

    @property
    def missing(self) -> str:
        """What happens to missing values and sentinels."""
        return self.data.get("missing", "impute")

    def with_options(
        self,
        *,
        table: str | None = None,
        recipes: Any = None,
        seed: int | None = None,
        exhaustive: bool = False,
        leave_out: str | None = None,
    ) -> StudyConfig:
        """Return the study with the command line's options in place of its own.

        `recipes` are whatever `find_recipes` takes.
        """
        config = self
        if table is not None:
            kept = {k: v for k, v in self.data.items() if k != "sha256"}
            config = replace(config, data={**kept, "table": table})
        if recipes is not None:
            own = {r.name: r for r in self.recipes if r.section is not None}
            config = replace(config, recipes=_recipes(recipes, self.grids, "--recipes", own))
        if seed is not None:
            config = replace(config, seed=_seed(seed, "--seed"))
        if leave_out is not None:
            config = replace(config, leave_out=_kind(leave_out))
        budget = {r.name: None if exhaustive else self._budget_of(r) for r in config.recipes}
        return replace(config, budget=budget)

    def with_data(self, options: Mapping[str, Any]) -> StudyConfig:
        """Return the study with some of its data options (sheet, columns) replaced."""
        return replace(self, data={**self.data, **options})

    def _budget_of(self, recipe: Recipe) -> int | None:
        return self.budget.get(recipe.name, recipe.budget or self.budget.get("default"))

    def to_toml(self) -> dict[str, Any]:
        """Return the resolved study as a TOML document: reading it back repeats the study."""
        budget = {n: "exhaustive" if b is None else b for n, b in self.budget.items()}
        document = {
            "name": self.name,
            "title": self.title,
            "recipes": [r.name for r in self.recipes],
            "seed": self.seed,
            "data": dict(self.data),
            "outer": self._outer_section(),
            "inner": {"folds": self.inner_folds},
            "budget": budget,
        }
        sections = {r.name: dict(r.section) for r in self.recipes if r.section is not None}
        more = {"grids": dict(self.grids), "recipe": sections}
        return {**document, **{key: value for key, value in more.items() if value}}

    def _outer_section(self) -> dict[str, Any]:
        if self.leave_out is not None:
            return {"kind": self.leave_out}
        return {"folds": self.outer_folds, "repeats": self.outer_repeats}


def list_presets() -> list[str]:
    """Return the names of the presets."""
    folder = resources.files("clusteract.study") / "presets"
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith("toml"))


def load_study(preset_or_file: str) -> StudyConfig:
    """Read a study from a preset's name or a TOML file.

    Raises
    ------
    InputError
        Names the key that is wrong, and close matches.

    Examples
    --------
    >>> study = load_study("study")
    >>> study.recipes[0].name, study.outer_folds, study.missing
    ('svr-rbf-kbest', 10, 'as-published')
    """
    if preset_or_file in list_presets():
        preset = resources.files("clusteract.study") / "presets" / f"{preset_or_file}.toml"
        return parse_study(tomllib.loads(preset.read_text(encoding="utf-8")), preset_or_file)
    path = user_path(preset_or_file)
    if path.suffix != ".toml" and not path.exists():
        hint = close_matches(preset_or_file, list_presets())
        raise InputError(f"unknown preset {preset_or_file!r}; {hint} (or give a .toml file)")
    return parse_study(_read_toml(path), path.name)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such study file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not a TOML file: {error}") from None


def parse_study(document: Mapping[str, Any], where: str) -> StudyConfig:
    """Check a study's TOML document and build its StudyConfig.

    Parameters
    ----------
    document : mapping
    where : str
        File or preset, for messages.
    """
    _check_section(document, "", where)
    for section in ("data", "outer", "inner"):
        _check_section(document.get(section, {}), section, where)
    data = {"missing": "impute", **document.get("data", {})}
    if data["missing"] not in MISSING:
        raise InputError(
            f"{where}: data.missing is {data['missing']!r}; it must be one of: {', '.join(MISSING)}"
        )
    own = read_sections(document.get("recipe", {}), where)
    grids = document.get("grids", {})
    recipes = _recipes(document.get("recipes") or list(own), grids, where, own)
    return StudyConfig(
        name=document.get("name", Path(where).stem),
        title=document.get("title", ""),
        recipes=recipes,
        data=data,
        outer_folds=_at_least(document, "outer", "folds", 10, 2, where),
        outer_repeats=_at_least(document, "outer", "repeats", 1, 1, where),
        inner_folds=_at_least(document, "inner", "folds", 10, 2, where),
        budget=_parse_budget(document.get("budget", "exhaustive"), where, own),
        seed=_seed(document.get("seed", 42), where),
        grids=grids,
        leave_out=_kind_of_folds(document.get("outer", {}), where),
    )


def _check_section(section: Mapping[str, Any], name: str, where: str) -> None:
    allowed = _KEYS[name]
    for key, value in section.items():
        full = f"{name}.{key}" if name else key
        if key not in allowed:
            raise InputError(f"{where}: unknown key {full!r}; {close_matches(key, allowed)}")
        types, words = allowed[key]
        if not isinstance(value, types) or isinstance(value, bool):
            raise InputError(f"{where}: {full} is {value!r}; it must be {words}")


def _at_least(
    document: Mapping[str, Any], section: str, key: str, default: int, least: int, where: str
) -> int:
    value = document.get(section, {}).get(key, default)
    if value < least:
        raise InputError(f"{where}: {section}.{key} is {value}; it must be at least {least}")
    return value


def _kind_of_folds(outer: Mapping[str, Any], where: str) -> str | None:
    if outer.get("kind", RANDOM) == RANDOM:
        return None
    if set(outer) != {"kind"}:
        raise InputError(
            f"{where}: outer.kind {outer['kind']!r} makes its own folds, one for each group left "
            "out; delete outer.folds and outer.repeats"
        )
    return _kind(outer["kind"])


def _kind(kind: str) -> str | None:
    return None if kind == RANDOM else kind


def _seed(seed: int, where: str) -> int:
    # Repeats of the outer folds count on from the seed; scikit-learn takes 32 bits.
    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"{where}: seed is {seed}; it must be between 0 and {MAX_SEED}")
    return seed


def _recipes(
    named: Any, grids: Mapping[str, Any], where: str, own: Mapping[str, Recipe]
) -> tuple[Recipe, ...]:
    for name in grids:
        if name not in own:
            get_recipe(name)
    try:
        recipes = find_recipes(named, own)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return tuple(r.with_grid(grids[r.name]) if r.name in grids else r for r in recipes)


def _parse_budget(budget: Any, where: str, own: Mapping[str, Recipe]) -> dict[str, int | None]:
    table = budget if isinstance(budget, dict) else {"default": budget}
    parsed: dict[str, int | None] = {}
    for name, value in table.items():
        if name != "default" and name not in own:
            get_recipe(name)
        if value == "exhaustive":
            parsed[name] = None
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            parsed[name] = value
        else:
            raise InputError(
                f"{where}: budget of {name} is {value!r}; it must be a number of candidates of "
                'at least 1, or "exhaustive"'
            )
    return parsed
