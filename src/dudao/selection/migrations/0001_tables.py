"""Cycle plans, draws, recusals and teams come from the app `evaluations`: their tables stay, with every row, constraint and trigger."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
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
                name='CyclePlan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=120, verbose_name='名称')),
                    ('objects_kind', models.CharField(choices=[('compulsory', '义务教育学校'), ('kindergartens', '幼儿园'), ('seniors', '高中阶段学校')], max_length=16, verbose_name='督导对象')),
                    ('first_term', models.PositiveSmallIntegerField(verbose_name='第一个学期')),
                    ('years', models.PositiveSmallIntegerField(verbose_name='年数')),
                    ('rules', models.JSONField(default=dict, verbose_name='规则')),
                    ('state', models.CharField(choices=[('draft', '待测算'), ('solved', '待批准'), ('approved', '执行中'), ('discarded', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                    ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                    ('pending', models.PositiveIntegerField(default=0, verbose_name='未排入的固定日期')),
                    ('levels', models.JSONField(default=list, verbose_name='求解结果')),
                    ('unmet', models.JSONField(default=list, verbose_name='未满足的要求')),
                    ('digest', models.CharField(blank=True, max_length=64, verbose_name='摘要')),
                    ('solved_at', models.DateTimeField(blank=True, null=True, verbose_name='测算时间')),
                    ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='批准时间')),
                    ('approved_by', models.CharField(blank=True, max_length=100, verbose_name='批准人')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='作废理由')),
                    ('created_by', models.CharField(blank=True, max_length=100, verbose_name='编制人')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='建立时间')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycle_plans', to='orgs.unit', verbose_name='编制单位')),
                ],
                options={
                    'verbose_name': '周期规划',
                    'db_table': 'evaluations_cycleplan',
                    'ordering': ['-first_term', '-id'],
                },
            ),
            migrations.CreateModel(
                name='CycleEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('term', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='学期')),
                    ('risk', models.PositiveSmallIntegerField(default=0, verbose_name='风险分')),
                    ('risk_words', models.TextField(blank=True, verbose_name='风险构成')),
                    ('last_visited', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='上次督导')),
                    ('not_before', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='不早于')),
                    ('not_after', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='不晚于')),
                    ('fixed_term', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='固定学期')),
                    ('fixed_reason', models.CharField(blank=True, max_length=200, verbose_name='固定理由')),
                    ('why', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                    ('left_why', models.CharField(blank=True, max_length=200, verbose_name='退出原因')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='县市区')),
                    ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycle_entries', to='orgs.unit', verbose_name='学校')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='selection.cycleplan')),
                ],
                options={
                    'verbose_name': '周期规划学校',
                    'db_table': 'evaluations_cycleentry',
                    'ordering': ['term', '-risk', 'id'],
                },
            ),
            migrations.CreateModel(
                name='CycleChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='次数')),
                    ('state', models.CharField(choices=[('proposed', '待采用'), ('applied', '已采用'), ('dropped', '未采用')], default='proposed', max_length=10, verbose_name='状态')),
                    ('reason', models.CharField(max_length=500, verbose_name='事由')),
                    ('base', models.PositiveIntegerField(verbose_name='所据版本')),
                    ('moves', models.JSONField(default=list, verbose_name='变动')),
                    ('joined', models.JSONField(default=list, verbose_name='新增')),
                    ('left', models.JSONField(default=list, verbose_name='退出')),
                    ('before', models.JSONField(default=list, verbose_name='原求解结果')),
                    ('levels', models.JSONField(default=list, verbose_name='求解结果')),
                    ('unmet', models.JSONField(default=list, verbose_name='未满足的要求')),
                    ('result', models.JSONField(default=dict, verbose_name='排定结果')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='测算时间')),
                    ('made_by', models.CharField(max_length=100, verbose_name='测算人')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                    ('settled_by', models.CharField(blank=True, max_length=100, verbose_name='决定人')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='selection.cycleplan')),
                ],
                options={
                    'verbose_name': '周期规划调整',
                    'db_table': 'evaluations_cyclechange',
                    'ordering': ['-number'],
                },
            ),
            migrations.CreateModel(
                name='Draw',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='公开编号')),
                    ('title', models.CharField(max_length=120, verbose_name='名称')),
                    ('kind', models.CharField(choices=[('objects', '抽检查对象'), ('inspectors', '抽督学')], max_length=12, verbose_name='类别')),
                    ('state', models.CharField(choices=[('draft', '准备中'), ('committed', '已承诺'), ('drawn', '已抽取'), ('published', '已公布'), ('void', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                    ('criteria', models.JSONField(default=dict, verbose_name='范围')),
                    ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='公布的列')),
                    ('strata_column', models.CharField(blank=True, max_length=40, verbose_name='分层')),
                    ('numbers', models.JSONField(default=dict, verbose_name='数量')),
                    ('commitment', models.CharField(blank=True, max_length=64, verbose_name='承诺值')),
                    ('frame_digest', models.CharField(blank=True, max_length=64, verbose_name='抽样框摘要')),
                    ('seed', models.CharField(blank=True, max_length=64, verbose_name='随机种子')),
                    ('words', models.CharField(blank=True, max_length=200, verbose_name='现场公布的号码')),
                    ('committed_at', models.DateTimeField(blank=True, null=True, verbose_name='承诺时间')),
                    ('drawn_at', models.DateTimeField(blank=True, null=True, verbose_name='抽取时间')),
                    ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='公布时间')),
                    ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='作废理由')),
                    ('created_by', models.CharField(max_length=100, verbose_name='建立人')),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='建立时间')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='evaluations.campaign', verbose_name='督导项目')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='orgs.unit', verbose_name='组织单位')),
                ],
                options={
                    'verbose_name': '随机抽取',
                    'db_table': 'evaluations_draw',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='DrawMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveIntegerField(verbose_name='序号')),
                    ('identifier', models.CharField(max_length=40, verbose_name='编号')),
                    ('name', models.CharField(max_length=120, verbose_name='名称')),
                    ('stratum', models.CharField(blank=True, max_length=120, verbose_name='层')),
                    ('cells', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(blank=True, max_length=200), default=list, size=None, verbose_name='公布的内容')),
                    ('excluded', models.CharField(blank=True, max_length=200, verbose_name='排除理由')),
                    ('ticket', models.CharField(blank=True, max_length=64, verbose_name='号签')),
                    ('drawn', models.BooleanField(default=False, verbose_name='抽中')),
                    ('override', models.CharField(blank=True, choices=[('in', '调入'), ('out', '调出')], max_length=4, verbose_name='人工调整')),
                    ('override_reason', models.CharField(blank=True, max_length=500, verbose_name='调整理由')),
                    ('override_by', models.CharField(blank=True, max_length=100, verbose_name='调整人')),
                    ('override_at', models.DateTimeField(blank=True, null=True, verbose_name='调整时间')),
                    ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='selection.draw')),
                    ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                ],
                options={
                    'verbose_name': '抽取对象',
                    'db_table': 'evaluations_drawmember',
                    'ordering': ['draw', 'position'],
                },
            ),
            migrations.CreateModel(
                name='RecusalDeclaration',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('relation', models.CharField(choices=[('kin', '近亲属任该单位主要负责人'), ('present', '现在该单位任职'), ('former', '曾在该单位任职'), ('own', '是该校的责任督学'), ('asked', '该单位申请其回避'), ('other', '其他可能影响公正的情形')], max_length=10, verbose_name='情形')),
                    ('detail', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                    ('from_on', models.DateField(verbose_name='自')),
                    ('until_on', models.DateField(blank=True, null=True, verbose_name='至')),
                    ('state', models.CharField(choices=[('declared', '待认定'), ('approved', '已认定'), ('rejected', '不予认定'), ('ended', '已解除')], default='declared', max_length=10, verbose_name='状态')),
                    ('declared_by', models.CharField(max_length=100, verbose_name='申报人')),
                    ('declared_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='申报时间')),
                    ('decided_by', models.CharField(blank=True, max_length=100, verbose_name='认定人')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='认定时间')),
                    ('opinion', models.CharField(blank=True, max_length=500, verbose_name='理由')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to=settings.AUTH_USER_MODEL, verbose_name='督学')),
                    ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='orgs.unit', verbose_name='回避单位')),
                ],
                options={
                    'verbose_name': '回避申报',
                    'db_table': 'evaluations_recusaldeclaration',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='TeamProposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_on', models.DateField(verbose_name='开始')),
                    ('until_on', models.DateField(verbose_name='结束')),
                    ('campaigns', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None, verbose_name='项目')),
                    ('places', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None, verbose_name='地区')),
                    ('size', models.PositiveSmallIntegerField(default=3, verbose_name='每组督学')),
                    ('limit', models.PositiveSmallIntegerField(default=3, verbose_name='每人每周天数')),
                    ('days', models.PositiveSmallIntegerField(default=1, verbose_name='每次天数')),
                    ('announced', models.BooleanField(default=True, verbose_name='事先通知')),
                    ('state', models.CharField(choices=[('draft', '组队中'), ('ready', '待采用'), ('applied', '已采用'), ('dropped', '未采用')], default='draft', max_length=10, verbose_name='状态')),
                    ('wants', models.PositiveIntegerField(default=0, verbose_name='项目要求')),
                    ('rows', models.JSONField(default=list, verbose_name='安排')),
                    ('levels', models.JSONField(default=list, verbose_name='求解结果')),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                    ('made_by', models.CharField(max_length=100, verbose_name='编制人')),
                    ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                    ('settled_by', models.CharField(blank=True, max_length=100, verbose_name='决定人')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_proposals', to='orgs.unit', verbose_name='组织单位')),
                ],
                options={
                    'verbose_name': '组队方案',
                    'db_table': 'evaluations_teamproposal',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='Travel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='分钟')),
                    ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='travels', to='orgs.unit', verbose_name='督导机构')),
                    ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='一地')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='另一地')),
                ],
                options={
                    'verbose_name': '路程',
                    'db_table': 'evaluations_travel',
                    'ordering': ['one', 'other'],
                },
            ),
            migrations.AddConstraint(
                model_name='cycleplan',
                constraint=models.UniqueConstraint(fields=('office', 'title'), name='cycle_title_once'),
            ),
            migrations.AddConstraint(
                model_name='cycleplan',
                constraint=models.CheckConstraint(condition=models.Q(('years__gte', 1), ('years__lte', 10)), name='cycle_years'),
            ),
            migrations.AddConstraint(
                model_name='cycleplan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['solved', 'approved']), _negated=True), models.Q(('solved_at__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='cycle_solved_has_digest'),
            ),
            migrations.AddConstraint(
                model_name='cycleplan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_at__isnull', False), models.Q(('approved_by', ''), _negated=True)), _connector='OR'), name='cycle_approved_by_somebody'),
            ),
            migrations.AddConstraint(
                model_name='cycleplan',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'discarded'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='cycle_discarded_why'),
            ),
            migrations.AddIndex(
                model_name='cycleentry',
                index=models.Index(fields=['plan', 'county', 'term'], name='cycle_entry_cell'),
            ),
            migrations.AddConstraint(
                model_name='cycleentry',
                constraint=models.UniqueConstraint(fields=('plan', 'school'), name='cycle_entry_once'),
            ),
            migrations.AddConstraint(
                model_name='cycleentry',
                constraint=models.CheckConstraint(condition=models.Q(('risk__lte', 100)), name='cycle_entry_risk'),
            ),
            migrations.AddConstraint(
                model_name='cycleentry',
                constraint=models.CheckConstraint(condition=models.Q(('fixed_term__isnull', True), models.Q(('fixed_reason', ''), _negated=True), _connector='OR'), name='cycle_entry_fixed_has_reason'),
            ),
            migrations.AddConstraint(
                model_name='cycleentry',
                constraint=models.CheckConstraint(condition=models.Q(('not_before__isnull', True), ('not_after__isnull', True), ('not_after__gte', models.F('not_before')), _connector='OR'), name='cycle_entry_window_in_order'),
            ),
            migrations.AddConstraint(
                model_name='cyclechange',
                constraint=models.UniqueConstraint(fields=('plan', 'number'), name='cycle_change_number_once'),
            ),
            migrations.AddConstraint(
                model_name='cyclechange',
                constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('plan',), name='cycle_change_one_open'),
            ),
            migrations.AddConstraint(
                model_name='cyclechange',
                constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='cycle_change_has_reason'),
            ),
            migrations.AddConstraint(
                model_name='cyclechange',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='cycle_change_settled_is_dated'),
            ),
            migrations.AddConstraint(
                model_name='draw',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'void']), models.Q(models.Q(('commitment', ''), _negated=True), models.Q(('frame_digest', ''), _negated=True), models.Q(('seed', ''), _negated=True), ('committed_at__isnull', False)), _connector='OR'), name='draw_committed_is_fixed'),
            ),
            migrations.AddConstraint(
                model_name='draw',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['drawn', 'published']), _negated=True), ('drawn_at__isnull', False), _connector='OR'), name='draw_drawn_is_dated'),
            ),
            migrations.AddConstraint(
                model_name='draw',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='draw_published_is_dated'),
            ),
            migrations.AddConstraint(
                model_name='draw',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'void'), _negated=True), models.Q(models.Q(('reason', ''), _negated=True), ('voided_at__isnull', False)), _connector='OR'), name='draw_void_has_reason'),
            ),
            migrations.AddConstraint(
                model_name='draw',
                constraint=models.CheckConstraint(condition=models.Q(('drawn_at__isnull', True), ('drawn_at__gte', models.F('committed_at')), _connector='OR'), name='draw_drawn_after_promise'),
            ),
            migrations.AddIndex(
                model_name='drawmember',
                index=models.Index(fields=['draw', 'stratum'], name='draw_member_stratum'),
            ),
            migrations.AddIndex(
                model_name='drawmember',
                index=models.Index(fields=['unit'], name='draw_member_unit'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.UniqueConstraint(fields=('draw', 'identifier'), name='draw_member_identifier_once'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.UniqueConstraint(fields=('draw', 'position'), name='draw_member_position_once'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.UniqueConstraint(fields=('draw', 'unit'), name='draw_member_unit_once'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.UniqueConstraint(fields=('draw', 'account'), name='draw_member_account_once'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', True), ('account__isnull', True), _connector='XOR'), name='draw_member_is_unit_or_person'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.CheckConstraint(condition=models.Q(('excluded', ''), models.Q(('drawn', False), ('override', ''), ('ticket', '')), _connector='OR'), name='draw_member_excluded_is_out'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.CheckConstraint(condition=models.Q(('drawn', False), models.Q(('ticket', ''), _negated=True), _connector='OR'), name='draw_member_drawn_by_ticket'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('override', ''), ('override_at__isnull', True), ('override_reason', '')), models.Q(models.Q(('override', ''), _negated=True), models.Q(('override_reason', ''), _negated=True), ('override_at__isnull', False)), _connector='OR'), name='draw_member_override_has_reason'),
            ),
            migrations.AddConstraint(
                model_name='drawmember',
                constraint=models.CheckConstraint(condition=models.Q(('override', ''), models.Q(('drawn', False), ('override', 'in')), models.Q(('drawn', True), ('override', 'out')), _connector='OR'), name='draw_member_override_changes'),
            ),
            migrations.AddConstraint(
                model_name='recusaldeclaration',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['declared', 'approved'])), fields=('account', 'unit', 'relation'), name='recusal_open_once'),
            ),
            migrations.AddConstraint(
                model_name='recusaldeclaration',
                constraint=models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='recusal_in_order'),
            ),
            migrations.AddConstraint(
                model_name='recusaldeclaration',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'declared')), models.Q(models.Q(('state', 'declared'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='recusal_decided_is_dated'),
            ),
            migrations.AddConstraint(
                model_name='recusaldeclaration',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['rejected', 'ended']), _negated=True), models.Q(('opinion', ''), _negated=True), _connector='OR'), name='recusal_rejected_why'),
            ),
            migrations.AddConstraint(
                model_name='teamproposal',
                constraint=models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='teams_in_order'),
            ),
            migrations.AddConstraint(
                model_name='teamproposal',
                constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('limit__gte', 1), ('size__gte', 3)), name='teams_sizes'),
            ),
            migrations.AddConstraint(
                model_name='teamproposal',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', ['draft', 'ready'])), models.Q(('settled_at__isnull', False), ('state__in', ['applied', 'dropped'])), _connector='OR'), name='teams_settled_is_dated'),
            ),
            migrations.AddConstraint(
                model_name='travel',
                constraint=models.UniqueConstraint(fields=('office', 'one', 'other'), name='travel_once'),
            ),
            migrations.AddConstraint(
                model_name='travel',
                constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='travel_smaller_first'),
            ),
            migrations.AddConstraint(
                model_name='travel',
                constraint=models.CheckConstraint(condition=models.Q(('minutes__lte', 600)), name='travel_minutes'),
            ),
        ]),
        content_types('evaluations', 'selection', 'cycleplan', 'cycleentry', 'cyclechange', 'draw', 'drawmember', 'recusaldeclaration', 'teamproposal', 'travel'),
    ]
