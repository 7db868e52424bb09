"""Draws. A committed draw keeps its frame, numbers and seed; a drawn one keeps who came out. Overrides are written once and stay."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION evaluations_draw_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE'
        AND (NEW.uid, NEW.office_id, NEW.title, NEW.campaign_id, NEW.kind, NEW.criteria, NEW.columns, NEW.strata_column, NEW.numbers,
             NEW.commitment, NEW.frame_digest, NEW.seed, NEW.committed_at)
        IS NOT DISTINCT FROM (OLD.uid, OLD.office_id, OLD.title, OLD.campaign_id, OLD.kind, OLD.criteria, OLD.columns,
             OLD.strata_column, OLD.numbers, OLD.commitment, OLD.frame_digest, OLD.seed, OLD.committed_at)
        AND NEW.state <> 'draft' AND OLD.state <> 'void'
        AND ((OLD.state = 'committed' AND NEW.state <> 'published')
             OR (NEW.state <> 'committed'
                 AND (NEW.words, NEW.drawn_at) IS NOT DISTINCT FROM (OLD.words, OLD.drawn_at)
                 AND (OLD.state = 'drawn' OR NEW.state <> 'drawn')))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a committed draw is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_draw_frozen BEFORE UPDATE OR DELETE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION evaluations_draw_refuse();

CREATE FUNCTION evaluations_drawmember_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    reached text;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    SELECT state INTO reached FROM evaluations_draw WHERE id = part.draw_id;
    IF reached = 'draft' AND (TG_OP <> 'UPDATE' OR NEW.draw_id = OLD.draw_id) THEN RETURN part; END IF;
    IF TG_OP = 'UPDATE'
        AND (NEW.draw_id, NEW.position, NEW.unit_id, NEW.account_id, NEW.identifier, NEW.name, NEW.stratum, NEW.cells, NEW.excluded)
        IS NOT DISTINCT FROM (OLD.draw_id, OLD.position, OLD.unit_id, OLD.account_id, OLD.identifier, OLD.name, OLD.stratum,
             OLD.cells, OLD.excluded)
        AND ((reached = 'committed' AND NEW.override = '')
             OR (reached IN ('drawn', 'published') AND OLD.override = ''
                 AND (NEW.ticket, NEW.drawn) IS NOT DISTINCT FROM (OLD.ticket, OLD.drawn)))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a committed draw is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_drawmember_frozen BEFORE INSERT OR UPDATE OR DELETE ON evaluations_drawmember
    FOR EACH ROW EXECUTE FUNCTION evaluations_drawmember_refuse();
"""
BACKWARD = """
DROP TRIGGER evaluations_drawmember_frozen ON evaluations_drawmember;
DROP TRIGGER evaluations_draw_frozen ON evaluations_draw;
DROP FUNCTION evaluations_drawmember_refuse(); DROP FUNCTION evaluations_draw_refuse();
"""



class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0002_results_are_frozen'),
        ('orgs', '0005_search_words_cost'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('words', models.CharField(blank=True, max_length=200, verbose_name='现场的话')),
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
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='evaluations.draw')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
            ],
            options={
                'verbose_name': '抽取对象',
                'ordering': ['draw', 'position'],
            },
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
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
