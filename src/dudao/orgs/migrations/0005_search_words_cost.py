"""The index of search words over a function whose cost the planner knows."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION orgs_words(words text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100
AS $$ BEGIN RETURN string_to_array(words, ' '); END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0004_search_words'),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION orgs_words(text)"),
        migrations.RemoveIndex(
            model_name='unit',
            name='unit_words',
        ),
        migrations.AddIndex(
            model_name='unit',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('search_text'), function='orgs_words', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), name='unit_words'),
        ),
    ]
