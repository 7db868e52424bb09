"""No module of ours imports another that leads back to it: not inside a function either, nor for types only."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import dudao

ROOT = Path(dudao.__file__).parent


def named(path: Path) -> str:
    parts = ("dudao", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, known: set[str]) -> set[str]:
    """The modules that a file names; of a package the submodule where it names one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in whole}
    return (found & known) - {named(path)}


def test_no_module_leads_back_to_itself():
    files = {named(path): path for path in ROOT.rglob("*.py") if "migrations" not in path.parts}
    sorter = TopologicalSorter({name: imported(path, set(files)) for name, path in files.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(error.args[1])) from None
