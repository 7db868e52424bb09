import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('evidence', '0001_library')]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('orgs', '0001_tables'),
        ('people', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_items', to='orgs.unit', verbose_name='单位')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('category', models.CharField(blank=True, max_length=60, verbose_name='类别')),
                ('number', models.CharField(blank=True, max_length=80, verbose_name='文号或证号')),
                ('issuer', models.CharField(blank=True, max_length=120, verbose_name='发文或发证机关')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='发文或发证日期')),
                ('effective_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('effective_until', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name='标签')),
                ('note', models.CharField(blank=True, max_length=1000, verbose_name='说明')),
                ('state', models.CharField(choices=[('active', '在库'), ('withdrawn', '已撤下')], default='active', max_length=10, verbose_name='状态')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='撤下日期')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='入库时间')),
                ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
            ],
            options={
                'verbose_name': '佐证材料',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['unit', 'state', 'category'], name='evidence_unit_state'), models.Index(condition=models.Q(('effective_until__isnull', False), ('state', 'active')), fields=['effective_until'], name='evidence_ending')],
                'constraints': [models.CheckConstraint(condition=models.Q(('effective_until__isnull', True), ('effective_from__isnull', True), ('effective_until__gte', models.F('effective_from')), _connector='OR'), name='evidence_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_on__isnull', False)), models.Q(('state', 'active'), ('withdrawn_on__isnull', True)), _connector='OR'), name='evidence_withdrawn_has_date')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='evidence.evidence', verbose_name='佐证材料')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='单位')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('size', models.BigIntegerField(verbose_name='字节数')),
                ('media_type', models.CharField(max_length=120, verbose_name='类型')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by_name', models.CharField(max_length=100, verbose_name='上传人')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='上传时间')),
                ('scan', models.CharField(choices=[('off', '未扫描'), ('pending', '待扫描'), ('clean', '扫描通过'), ('blocked', '发现病毒')], default='off', max_length=10, verbose_name='病毒扫描')),
                ('scanned_at', models.DateTimeField(null=True, verbose_name='扫描时间')),
                ('pages', models.PositiveIntegerField(null=True, verbose_name='页数')),
                ('preview', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('preview_state', models.CharField(choices=[('none', '不转换'), ('wanted', '等待转换'), ('made', '已转换'), ('failed', '不能转换')], default='none', max_length=10, verbose_name='预览')),
            ],
            options={
                'verbose_name': '佐证材料版本',
                'ordering': ['-number'],
                'indexes': [models.Index(condition=models.Q(('scan', 'pending')), fields=['id'], name='evidence_unscanned')],
                'constraints': [models.UniqueConstraint(fields=('evidence', 'number'), name='evidence_version_once'), models.UniqueConstraint(fields=('unit', 'file'), name='evidence_bytes_once'), models.CheckConstraint(condition=models.Q(('scan__in', ['off', 'pending']), ('scanned_at__isnull', False), _connector='OR'), name='evidence_scan_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('preview__isnull', False), ('preview_state', 'made')), models.Q(models.Q(('preview_state', 'made'), _negated=True), ('preview__isnull', True)), _connector='OR'), name='evidence_preview_has_file')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='evidence.evidenceversion', verbose_name='版本')),
                ('key', models.CharField(max_length=120, verbose_name='用处')),
                ('label', models.CharField(max_length=300, verbose_name='用于')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='页面')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='使用单位')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by_name', models.CharField(max_length=100, verbose_name='引用人')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='引用时间')),
                ('frozen_at', models.DateTimeField(null=True, verbose_name='锁定时间')),
            ],
            options={
                'verbose_name': '佐证材料引用',
                'ordering': ['key', 'id'],
                'indexes': [models.Index(fields=['key'], name='evidence_link_key', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('version', 'key'), name='evidence_link_once')],
            },
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='适用范围')),
                ('unit_mb', models.PositiveIntegerField(verbose_name='每个单位的容量（MB）')),
                ('file_mb', models.PositiveIntegerField(verbose_name='单个文件上限（MB）')),
                ('valid_from', models.DateField(verbose_name='自')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='至')),
                ('source', models.CharField(max_length=300, verbose_name='依据')),
            ],
            options={
                'verbose_name': '资料库容量',
                'ordering': ['-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'valid_from'), name='evidence_limit_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='evidence_limit_ends'), models.CheckConstraint(condition=models.Q(('file_mb__gte', 1), ('unit_mb__gte', models.F('file_mb'))), name='evidence_limit_file_fits')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='单位')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.evidence', verbose_name='佐证材料')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('size', models.BigIntegerField(verbose_name='字节数')),
                ('modified', models.BigIntegerField(default=0, help_text='毫秒，用来认出重新选择的是不是同一个文件', verbose_name='文件修改时间')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('received', models.BigIntegerField(default=0, verbose_name='已收到')),
                ('state', models.CharField(choices=[('open', '上传中'), ('done', '已回执'), ('refused', '未接收'), ('cancelled', '已取消')], default='open', max_length=10, verbose_name='状态')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.evidenceversion', verbose_name='版本')),
                ('outcome', models.CharField(blank=True, choices=[('new', '新材料'), ('version', '新版本'), ('existing', '资料库已有'), ('restored', '已恢复')], max_length=10, verbose_name='结果')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='开始时间')),
                ('expires_at', models.DateTimeField(verbose_name='保留到')),
            ],
            options={
                'verbose_name': '上传',
                'ordering': ['-created_at'],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['account', 'unit'], name='upload_open'), models.Index(condition=models.Q(('state', 'open')), fields=['expires_at'], name='upload_expiring')],
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='upload_has_size'), models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('size'))), name='upload_received_in_size'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('version__isnull', False), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'done'), _negated=True), ('version__isnull', True), ('outcome', '')), _connector='OR'), name='upload_done_has_version')],
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='current',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.evidenceversion', verbose_name='当前版本'),
        ),
    ]
