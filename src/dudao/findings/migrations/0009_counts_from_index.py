"""Counts by state and light come from an index alone; the narrower one that it replaces goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0008_sheet_uploads")]

    operations = [
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["unit", "state"],
                include=["id", "office", "deadline", "finished_on", "paused_since", "issued_at"],
                name="finding_counts",
            ),
        ),
        migrations.RemoveIndex(model_name="finding", name="finding_unit_state"),
    ]
