"""The numbers of a finding's source are kept with it; findings can be looked up by their source."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("findings", "0006_feedback")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="finding",
            name="facts",
            field=models.JSONField(blank=True, default=list, verbose_name="来源数字"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["source_key"], name="finding_source_key", opclasses=["varchar_pattern_ops"]),
        ),
    ]
