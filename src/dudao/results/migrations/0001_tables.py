"""Decisions, objections, use of results and proposals come from the app `evaluations`: their tables stay, with every row, constraint and trigger."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from dudao.core.moved import content_types


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('core', '0003_jobs'),
        ('evaluations', '0007_team_scope'),
        ('frameworks', '0002_guards'),
        ('orgs', '0003_licences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('held_on', models.DateField(verbose_name='会议日期')),
                    ('attendees', models.CharField(max_length=1000, verbose_name='参加人员')),
                    ('text', models.TextField(max_length=4000, verbose_name='评定意见')),
                    ('file_name', models.CharField(blank=True, max_length=200, verbose_name='会议纪要')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='登记时间')),
                    ('by', models.CharField(max_length=100, verbose_name='登记人')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='evaluations.campaign')),
                    ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='evaluations.scoresheet', verbose_name='得分表')),
                ],
                options={
                    'verbose_name': '评定会议',
                    'db_table': 'evaluations_decision',
                    'ordering': ['campaign', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('attendees', ''), _negated=True)), name='decision_is_told'), models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', True), ('file_name', '')), models.Q(('file__isnull', False), models.Q(('file_name', ''), _negated=True)), _connector='OR'), name='decision_file_has_name')],
                },
            ),
            migrations.CreateModel(
                name='Objection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='指标代码')),
                    ('text', models.TextField(max_length=4000, verbose_name='异议和理由')),
                    ('state', models.CharField(choices=[('asked', '待处理'), ('upheld', '维持原评'), ('changed', '已调整'), ('withdrawn', '已撤回')], default='asked', max_length=12, verbose_name='状态')),
                    ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                    ('ask_by', models.DateField(blank=True, null=True, verbose_name='提出期限')),
                    ('decide_by', models.DateField(blank=True, null=True, verbose_name='答复期限')),
                    ('basis', models.CharField(blank=True, max_length=300, verbose_name='期限依据')),
                    ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='提出时间')),
                    ('asked_by', models.CharField(max_length=100, verbose_name='提出人')),
                    ('answer', models.TextField(blank=True, max_length=4000, verbose_name='答复')),
                    ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                    ('answered_by', models.CharField(blank=True, max_length=100, verbose_name='答复人')),
                    ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='evaluations.subject')),
                ],
                options={
                    'verbose_name': '异议申辩',
                    'db_table': 'evaluations_objection',
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='objection_has_text'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['upheld', 'changed']), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='objection_answered_in_words'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('subject', 'code'), name='objection_open_once')],
                },
            ),
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='指标代码')),
                    ('text', models.TextField(max_length=2000, verbose_name='建议')),
                    ('by', models.CharField(max_length=100, verbose_name='提出人')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='提出时间')),
                    ('state', models.CharField(choices=[('made', '待研究'), ('taken', '采纳'), ('declined', '不采纳')], default='made', max_length=10, verbose_name='状态')),
                    ('answer', models.CharField(blank=True, max_length=1000, verbose_name='研究意见')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='研究时间')),
                    ('by_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='evaluations.campaign')),
                    ('carried', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='frameworks.frameworkversion', verbose_name='带入版本')),
                    ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='frameworks.framework', verbose_name='指标体系')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='提出单位')),
                ],
                options={
                    'verbose_name': '指标修订建议',
                    'db_table': 'evaluations_proposal',
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='proposal_has_text'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'made')), models.Q(models.Q(('state', 'made'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='proposal_decided_is_dated'), models.CheckConstraint(condition=models.Q(('carried__isnull', True), ('state', 'taken'), _connector='OR'), name='proposal_carried_is_taken')],
                },
            ),
            migrations.CreateModel(
                name='ResultUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('purpose', models.CharField(choices=[('appraisal', '考核评价'), ('award', '表彰奖励'), ('budget', '经费安排'), ('cadre', '干部任用参考'), ('enrolment', '招生计划'), ('improvement', '改进工作'), ('other', '其他')], max_length=12, verbose_name='用途')),
                    ('text', models.CharField(max_length=1000, verbose_name='运用情况')),
                    ('used_on', models.DateField(verbose_name='日期')),
                    ('by', models.CharField(max_length=100, verbose_name='登记人')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='登记时间')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='evaluations.campaign')),
                    ('subject', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='evaluations.subject')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='运用单位')),
                ],
                options={
                    'verbose_name': '结果运用',
                    'db_table': 'evaluations_resultuse',
                    'ordering': ['-used_on', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='result_use_has_text')],
                },
            ),
        ]),
        content_types('evaluations', 'results', 'decision', 'objection', 'proposal', 'resultuse'),
    ]
