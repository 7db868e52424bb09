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


def circle(imports: dict[str, set[str]]) -> list[str]:
    """The first way that leads back to where it began; nothing when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_leads_back_to_itself():
    files = {named(path): path for path in ROOT.rglob("*.py") if "migrations" not in path.parts}
    assert circle({name: imported(path, set(files)) for name, path in files.items()}) == []


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(circle({"a": {"b"}, "b": {"a"}})) == {"a", "b"}
