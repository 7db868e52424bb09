"""What went to `visits`, `selection` and `results` is no more of this app. No table changes."""

import django.db.models.deletion
from django.db import migrations, models

GONE = [
    'CycleChange',
    'CycleEntry',
    'CyclePlan',
    'DrawMember',
    'Draw',
    'RecusalDeclaration',
    'TeamProposal',
    'Travel',
    'Decision',
    'Objection',
    'ResultUse',
    'Proposal',
    'VisitFile',
    'VisitRecord',
    'VisitMember',
    'SiteVisit',
]


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0007_team_scope'),
        ('results', '0001_tables'),
        ('selection', '0001_tables'),
        ('visits', '0001_tables'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.AlterField(
                model_name='markevent',
                name='visit',
                field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.sitevisit'),
            ),
            migrations.AlterField(
                model_name='mark',
                name='visit',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='visits.sitevisit'),
            ),
            migrations.RemoveField(model_name='sitevisit', name='subjects'),
            migrations.AddField(
                model_name='subject',
                name='visits',
                field=models.ManyToManyField(db_table='evaluations_sitevisit_subjects', related_name='subjects', to='visits.sitevisit', verbose_name='实地评估'),
            ),
            *(migrations.DeleteModel(name=name) for name in GONE),
        ]),
    ]
