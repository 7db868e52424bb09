"""Items that belong together stand together on the page of a return."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stats', '0007_preschool'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataitem',
            name='part',
            field=models.CharField(blank=True, max_length=40, verbose_name='分组'),
        ),
    ]
