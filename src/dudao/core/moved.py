"""For migrations: a model that went to another app keeps its table, and its content type the very row that it had.

Events, receipts and permissions refer to that row, and the chain of events covers its number (see `dudao.core.audit`).
"""

from typing import Any

from django.db import migrations


def content_types(old: str, new: str, *models: str) -> migrations.RunPython:
    """Let the content types of some models of one app be another's."""

    def change(source: str, target: str) -> Any:
        def run(apps: Any, schema_editor: Any) -> None:
            rows = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
            for model in models:
                rows.filter(app_label=source, model=model).update(app_label=target)

        return run

    return migrations.RunPython(change(old, new), change(new, old))
