"""The house's order: each room imports only rooms to its left; public names resolve."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import clusteract

FLOW = """
table audit estimators recipes search runs validation explain report model study cli
"""
ORDER = FLOW.split()
PLUG_IN = "chemistry"
SOURCE = Path(clusteract.__file__).parent


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        parts = [n.split(".") for n in names if n]
        rooms |= {
            p[1] for p in parts if p[0] == "clusteract" and len(p) > 1 and p[1] in {*ORDER, PLUG_IN}
        }
    return rooms


def test_every_room_has_its_place():
    rooms = {p.name for p in SOURCE.iterdir() if p.is_dir() and not p.name.startswith("__")}
    assert rooms <= {*ORDER, PLUG_IN}


@pytest.mark.parametrize("room", ORDER)
def test_imports_point_upstream_only(room):
    upstream = set(ORDER[: ORDER.index(room) + 1])
    wrong = {
        (str(path.relative_to(SOURCE)), other)
        for path in (SOURCE / room).rglob("*.py")
        for other in imported_rooms(path) - upstream
    }
    assert not wrong


@pytest.mark.parametrize("name", clusteract.__all__)
def test_public_names_resolve(name):
    assert getattr(clusteract, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = clusteract.nonsense


def test_importing_the_package_loads_no_heavy_library():
    heavy = "{'sklearn', 'jax', 'matplotlib', 'pandas'}"
    code = f"import sys, clusteract, clusteract.cli; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_audit_is_a_function_whether_or_not_its_room_is_imported(small_table):
    first = clusteract.audit(small_table)
    assert clusteract.audit(small_table).summary_line() == first.summary_line()
