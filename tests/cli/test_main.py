"""Every end of a command has its exit code, and one clear line."""

import re
import subprocess
import sys

import pytest

from clusteract.cli.main import VERBS, run
from clusteract.errors import InputError, Interrupted


@pytest.fixture
def call(capsys):
    def call(*args):
        code = run([str(a) for a in args])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_help_lists_the_verbs_in_the_order_of_work(call):
    code, out, _ = call("--help")
    assert code == 0
    places = [out.index(f"\n  {verb} ") for verb in VERBS]
    assert places == sorted(places)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(call, verb):
    code, out, _ = call(verb, "--help")
    assert code == 0
    assert "Usage: clusteract" in out


@pytest.mark.parametrize("verb", ["study", "fit", "explain"])
def test_the_help_of_verbs_that_take_recipes_lists_them(call, verb):
    from clusteract.recipes import get_recipe, list_recipes

    _, out, _ = call(verb, "--help")
    recipes = out.split("Recipes:")[1]
    for name in list_recipes():
        assert re.search(rf"^  {name} +{re.escape(get_recipe(name).title)}$", recipes, re.M)


def test_version(call):
    assert call("--version")[1].startswith("clusteract, version ")


def test_an_unknown_verb_suggests(call):
    code, _, err = call("studdy")
    assert code == 2
    assert "No such verb 'studdy'; did you mean study?" in err


def test_an_unknown_option_is_usage(call):
    code, _, err = call("study", "compare", "--colour", "rfr-rfe")
    assert code == 2
    assert "No such option" in err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("my.xlsx: no such file"), 1, "clusteract: my.xlsx: no such file"),
        (Interrupted("stopped; 3 pieces are kept"), 3, "clusteract: stopped; 3 pieces are kept"),
        (KeyboardInterrupt(), 3, "clusteract: stopped"),
        (OSError(28, "No space left on device"), 1, "clusteract: the disk is full"),
    ],
)
def test_ends_of_a_verb(call, monkeypatch, error, code, line):
    def fails(**options):
        raise error

    monkeypatch.setattr("clusteract.cli.data.command.callback", fails)
    monkeypatch.setattr("clusteract.cli.data.command.invoke", lambda ctx: fails())
    found, out, err = call("data", "list")
    assert (found, out) == (code, "")
    assert err.strip().startswith(line)  # after Ctrl-C the line begins on a new one
    assert err.strip().count("\n") == 0


def test_a_bug_says_so_and_shows_where(call, monkeypatch):
    def fails(ctx):
        raise ZeroDivisionError

    monkeypatch.setattr("clusteract.cli.data.command.invoke", fails)
    code, _, err = call("data", "list")
    assert code == 70
    assert "ZeroDivisionError" in err
    assert "this is a bug" in err


def test_python_m_is_the_same_program():
    done = subprocess.run(
        [sys.executable, "-m", "clusteract", "--version"], capture_output=True, text=True
    )
    assert done.stdout.startswith("clusteract, version ")
