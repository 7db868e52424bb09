"""Visits come from the app `evaluations`: their tables stay, with every row, constraint and trigger."""

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
        ('orgs', '0003_licences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='SiteVisit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('planned', '待通知'), ('notified', '已通知'), ('ongoing', '实地评估中'), ('fed_back', '已现场反馈'), ('settled', '已完成'), ('cancelled', '已取消')], default='planned', max_length=12, verbose_name='状态')),
                    ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                    ('from_on', models.DateField(verbose_name='开始日期')),
                    ('until_on', models.DateField(verbose_name='结束日期')),
                    ('announced', models.BooleanField(default=True, verbose_name='事先通知')),
                    ('agenda', models.TextField(blank=True, max_length=4000, verbose_name='日程安排')),
                    ('notified_at', models.DateTimeField(blank=True, null=True, verbose_name='通知时间')),
                    ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='进校时间')),
                    ('preliminary', models.TextField(blank=True, max_length=4000, verbose_name='初步意见')),
                    ('present', models.CharField(blank=True, max_length=500, verbose_name='反馈时在场人员')),
                    ('fed_back_at', models.DateTimeField(blank=True, null=True, verbose_name='现场反馈时间')),
                    ('statement', models.TextField(blank=True, max_length=4000, verbose_name='单位说明')),
                    ('stated_by', models.CharField(blank=True, max_length=100, verbose_name='说明人')),
                    ('stated_at', models.DateTimeField(blank=True, null=True, verbose_name='说明时间')),
                    ('conclusion', models.TextField(blank=True, max_length=4000, verbose_name='评估组意见')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='取消理由')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='site_visits_led', to='orgs.unit', verbose_name='组织单位')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='site_visits', to='orgs.unit', verbose_name='受评单位')),
                ],
                options={
                    'verbose_name': '实地评估',
                    'db_table': 'evaluations_sitevisit',
                    'ordering': ['from_on', 'id'],
                },
            ),
            migrations.CreateModel(
                name='VisitMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('leader', models.BooleanField(default=False, verbose_name='组长')),
                    ('inspector', models.BooleanField(default=True, verbose_name='督学')),
                    ('speciality', models.CharField(blank=True, max_length=60, verbose_name='专业')),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='site_visits', to=settings.AUTH_USER_MODEL)),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='visits.sitevisit')),
                ],
                options={
                    'verbose_name': '评估组成员',
                    'db_table': 'evaluations_visitmember',
                    'ordering': ['-leader', 'id'],
                },
            ),
            migrations.CreateModel(
                name='VisitRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('interview', '座谈访谈'), ('lesson', '听课'), ('papers', '查阅资料'), ('tour', '现场察看'), ('questionnaire', '问卷')], max_length=16, verbose_name='方式')),
                    ('title', models.CharField(max_length=120, verbose_name='内容')),
                    ('text', models.TextField(blank=True, max_length=10000, verbose_name='记录')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='有关指标')),
                    ('people', models.PositiveIntegerField(blank=True, null=True, verbose_name='人数')),
                    ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='评分')),
                    ('counts', models.JSONField(default=dict, verbose_name='问卷统计')),
                    ('token', models.UUIDField(blank=True, null=True, unique=True, verbose_name='本机编号')),
                    ('by', models.CharField(max_length=100, verbose_name='记录人')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                    ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                    ('by_account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='visits.sitevisit')),
                ],
                options={
                    'verbose_name': '实地记录',
                    'db_table': 'evaluations_visitrecord',
                    'ordering': ['visit', 'id'],
                },
            ),
            migrations.CreateModel(
                name='VisitFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(blank=True, max_length=40, verbose_name='有关指标')),
                    ('name', models.CharField(max_length=200, verbose_name='文件名')),
                    ('by', models.CharField(max_length=100, verbose_name='上传人')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='visits.sitevisit')),
                    ('record', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='visits.visitrecord')),
                ],
                options={
                    'verbose_name': '实地照片材料',
                    'db_table': 'evaluations_visitfile',
                    'ordering': ['visit', 'id'],
                },
            ),
            migrations.AddConstraint(
                model_name='sitevisit',
                constraint=models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='site_visit_in_order'),
            ),
            migrations.AddConstraint(
                model_name='sitevisit',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['fed_back', 'settled']), _negated=True), models.Q(('fed_back_at__isnull', False), models.Q(('preliminary', ''), _negated=True)), _connector='OR'), name='site_visit_fed_back_has_opinion'),
            ),
            migrations.AddConstraint(
                model_name='sitevisit',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'settled'), _negated=True), models.Q(('settled_at__isnull', False), models.Q(('conclusion', ''), _negated=True)), _connector='OR'), name='site_visit_settled_has_conclusion'),
            ),
            migrations.AddConstraint(
                model_name='sitevisit',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='site_visit_cancelled_why'),
            ),
            migrations.AddConstraint(
                model_name='visitmember',
                constraint=models.UniqueConstraint(fields=('visit', 'account'), name='visit_member_once'),
            ),
            migrations.AddConstraint(
                model_name='visitmember',
                constraint=models.UniqueConstraint(condition=models.Q(('leader', True)), fields=('visit',), name='visit_one_leader'),
            ),
        ]),
        content_types('evaluations', 'visits', 'sitevisit', 'visitmember', 'visitrecord', 'visitfile'),
    ]
