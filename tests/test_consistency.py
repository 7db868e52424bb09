"""Rules of the house that a reviewer would otherwise have to remember, asked of the code itself."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import get_resolver

from dudao.core.access import POWERS, VERBS, ScopedQuerySet
from dudao.core.models import StoredFile
from dudao.core.workflow import Flow
from dudao.orgs.models import Unit
from dudao.people.roles import ROLES

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src/dudao").rglob("*.py"))
CODE = [path for path in SOURCES if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "src/dudao").rglob("templates/**/*.html"))
SCRIPTS = sorted((ROOT / "web").rglob("*.ts")) + sorted((ROOT / "web").rglob("*.css"))
VIEWS = [path for path in CODE if "views" in path.parts or path.name == "views.py"]
OURS = [model for model in apps.get_models() if model.__module__.startswith("dudao.")]


def short(path):
    return str(path.relative_to(ROOT))


def text(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*CODE, *TEMPLATES, *SCRIPTS, *sorted((ROOT / "tests").rglob("*.py"))], ids=short)
def test_no_file_is_longer_than_800_lines(path):
    assert len(text(path).splitlines()) <= 800, "split it by subject"


@pytest.mark.parametrize("path", CODE, ids=short)
def test_a_module_says_what_it_is_for(path):
    tree = ast.parse(text(path))
    if len(tree.body) > 1 and path.name not in {"apps.py", "__main__.py"}:
        assert ast.get_docstring(tree), "start with a docstring: what it is for, what it leaves to others"


@pytest.mark.parametrize("path", VIEWS, ids=short)
def test_views_neither_query_nor_save(path):
    """Reads are in queries, writes are actions."""
    for number, line in enumerate(text(path).splitlines(), 1):
        assert not re.search(r"\.objects\b|\._base_manager\b|\.save\(|\.bulk_create\(|\.delete\(\)", line), (
            f"line {number}"
        )


@pytest.mark.parametrize("path", CODE, ids=short)
def test_no_signals_and_nothing_left_undone(path):
    source = text(path)
    assert "django.db.models.signals" not in source and "django.dispatch" not in source
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", source)


def _parents(model):
    return [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_with_a_place_is_scoped(model):
    """A row that hangs on a unit is reached through ``visible_to``, or it is a part of a row that is."""
    scoped = isinstance(model._default_manager.all(), ScopedQuerySet)
    assert scoped == hasattr(model, "SCOPE"), "a scoped manager and SCOPE go together"
    if scoped:
        for lookup in model.SCOPE:
            assert model._base_manager.filter(**{f"{lookup}__startswith": "1."}).query is not None
        return
    owners = [field for field in _parents(model) if field.related_model is Unit]
    parts = [field for field in owners if field.remote_field.on_delete is models.CASCADE]
    assert not owners or parts or model._meta.label in PARTS_OF_A_UNIT, "give it SCOPE and a scoped manager"


# History and links of a unit: read with the unit, which is what was asked for.
PARTS_OF_A_UNIT = {"orgs.UnitSpan", "orgs.UnitLink", "people.AppointmentEvent", "plans.AssignmentEvent"}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_foreign_key_to_a_file_protects_it(model):
    for field in _parents(model):
        if field.related_model is StoredFile and not model.__name__.endswith("Event"):
            assert field.remote_field.on_delete is models.PROTECT, field.name


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_does_not_act_when_saved(model):
    for name in ("save", "delete", "full_clean"):
        assert getattr(model, name).__module__.split(".")[0] in {"django", "pghistory"}, f"{name} is overridden"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_has_a_chinese_name(model):
    if not model.__name__.endswith("Event") or model.__module__ == "dudao.core.models":
        assert re.search(r"[\u4e00-\u9fff]", str(model._meta.verbose_name))


GRANTED = frozenset().union(*(role.verbs for role in ROLES.values()))


def flows():
    """Every Flow that a module of the platform names."""
    import importlib

    for path in CODE:
        if path.name == "flow.py" or path.parent.name == "flow":
            module = importlib.import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
            yield from (value for value in vars(module).values() if isinstance(value, Flow))


def test_every_verb_of_a_flow_is_declared_and_granted():
    found = [step for flow in flows() for step in flow.steps]
    assert found
    for step in found:
        assert step.verb in VERBS
        assert step.verb in GRANTED, f"no role holds {step.verb}"
        for verb in step.tells:
            assert verb in GRANTED, f"{step.verb} tells nobody: no role holds {verb}"


def test_every_verb_is_granted_to_somebody_and_every_granted_one_is_declared():
    assert not GRANTED - set(VERBS)
    assert not set(VERBS) - GRANTED, "no role holds them"


def test_a_verb_is_in_one_power_and_every_power_is_given_whole():
    held = [verb.name for power in POWERS.values() for verb in power.verbs]
    assert len(held) == len(set(held))
    for role in ROLES.values():
        assert not set(role.powers) & set(held), f"{role.key} names a verb that a power holds: name the power"


def test_verbs_named_in_code_are_declared():
    pattern = re.compile(
        r"""(?:require|why_not|may|may_somewhere|visible_to|paths|record)\(\s*(?:\w+,\s*)?["']([a-z]+\.[a-z_]+)["']"""
    )
    named = {(verb, short(path)) for path in CODE for verb in pattern.findall(text(path))}
    assert len(named) > 20
    assert {entry for entry in named if entry[0] not in VERBS} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_keeps_the_strict_policy(path):
    """``script-src 'self'; style-src 'self'``: nothing inline, nothing from elsewhere."""
    source = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", text(path), flags=re.S)
    assert not re.search(r"\sstyle\s*=", source), "no style attribute: use a class"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "no inline handler: use a custom element"
    assert not re.search(
        r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)",
        re.sub(r'<script[^>]*type="application/json"[^>]*>', "", source),
    )
    assert not re.search(r"<style\b", source)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", source), "everything is served by the platform itself"


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_is_laid_out_like_the_others(path):
    """What djlint's linter doesn't look at; its formatter is not used (docs/adr)."""
    source = text(path)
    assert source.endswith("\n") and not source.endswith("\n\n")
    # What stands between these is shown to people as it is, braces and all.
    source = re.sub(r"\{% verbatim %\}.*?\{% endverbatim %\}", "", source, flags=re.S)
    for number, line in enumerate(source.splitlines(), 1):
        assert "\t" not in line and line == line.rstrip(), f"line {number}: tabs or spaces at the end"
        assert not re.search(r"\{\{[^ ]|[^ ]\}\}|\{%[^ ]|[^ ]%\}", line), f"line {number}: one space inside the braces"
    assert len(re.findall(r"\{% (?:if|for|with|block|card|data_grid|page_head)\b", source)) == len(
        re.findall(r"\{% end(?:if|for|with|block|card|data_grid|page_head)\b", source)
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_form_that_writes_carries_its_token(path):
    for form in re.findall(r"<form\b[^>]*>.*?</form>", text(path), flags=re.S):
        if re.search(r"method=[\"']post", form, flags=re.I):
            assert "csrf_token" in form


def test_addresses_are_named_once():
    names = list(route_names(get_resolver()))
    assert len(names) == len(set(names))
    assert None not in names


def route_names(resolver, space=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from route_names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}" if entry.name else None


def test_the_readme_has_its_chinese_twin():
    english, chinese = text(ROOT / "README.md"), text(ROOT / "README.zh-CN.md")
    assert "README.zh-CN.md" in english and "README.md" in chinese
    commands = [re.findall(r"^ *((?:make|dudao|docker) .*)$", page, flags=re.M) for page in (english, chinese)]
    stripped = [[re.sub(r"\s+#.*", "", line).strip() for line in lines] for lines in commands]
    assert stripped[0] == stripped[1], "both tell the same commands in the same order"
    assert english.count("\n## ") == chinese.count("\n## ")


def test_decision_records_are_numbered_without_a_gap():
    records = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        assert {"## Context", "## Decision", "## Consequences"} <= set(text(path).splitlines()), short(path)


def test_nothing_committed_names_one_machine_or_a_registry():
    import subprocess

    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name] or [*CODE, *TEMPLATES]
    workplace = re.compile("/" + "work" + "/|/" + "farm" + "/|/root/" + r"\.")
    for path in paths:
        if (
            path.suffix in {".py", ".md", ".toml", ".json", ".lock", ".sh", ".html", ".ts", ".css", ""}
            and path.is_file()
        ):
            assert not workplace.search(text(path)), short(path)
    assert "http" not in text(ROOT / "requirements.lock")
    assert "resolved" not in text(ROOT / "package-lock.json")
