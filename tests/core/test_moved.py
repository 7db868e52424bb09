"""A database of before evaluations were cut keeps the rows, content types and permissions that it had."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dudao.core.moved import content_types

APPS = {"visits", "selection", "results"}


def moved():
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


@pytest.mark.django_db
def test_a_moved_model_keeps_its_content_type_and_permissions():
    before = {row.pk: row.app_label for row in ContentType.objects.all()}
    held = dict(Permission.objects.values_list("pk", "content_type"))
    names = [model._meta.model_name for model in moved() if model._meta.app_label == "visits"]
    there = content_types("evaluations", "visits", *names)
    editor = connection.schema_editor()
    there.reverse_code(apps, editor)
    old = ContentType.objects.filter(app_label="evaluations", model__in=names)
    assert old.count() == len(names) == 4 and not ContentType.objects.filter(app_label="visits").exists()
    there.code(apps, editor)
    assert {row.pk: row.app_label for row in ContentType.objects.all()} == before
    assert dict(Permission.objects.values_list("pk", "content_type")) == held


def state_at(*nodes):
    return MigrationExecutor(connection).loader.project_state(list(nodes))


@pytest.mark.django_db
def test_the_move_changes_no_table():
    """The migrations say of the moved models what was said before: the same table, the same columns."""
    before = state_at(("evaluations", "0007_team_scope")).apps
    assert len(moved()) == 16
    for model in moved():
        old = before.get_model("evaluations", model.__name__)
        assert old._meta.db_table == model._meta.db_table
        columns = [{field.column for field in one._meta.local_concrete_fields} for one in (old, model)]
        assert columns[0] == columns[1]
    through = apps.get_model("evaluations", "Subject").visits.through._meta
    assert through.db_table == before.get_model("evaluations", "SiteVisit").subjects.through._meta.db_table


@pytest.mark.django_db
def test_every_moved_model_is_named_in_the_move():
    """Whoever forgets one would leave its events without a model."""
    for app in APPS:
        migration = MigrationExecutor(connection).loader.get_migration(app, "0001_tables")
        change = next(step for step in migration.operations if type(step).__name__ == "RunPython")
        editor = connection.schema_editor()
        change.reverse_code(apps, editor)
        assert not ContentType.objects.filter(app_label=app).exists()
        change.code(apps, editor)
