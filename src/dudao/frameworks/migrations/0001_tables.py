import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('frameworks', '0001_initial'), ('frameworks', '0002_published_is_frozen'), ('frameworks', '0003_trials'), ('frameworks', '0004_uploads')]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('orgs', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Framework',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frameworks', to='orgs.unit', verbose_name='所属单位')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('pack', models.CharField(blank=True, max_length=80, verbose_name='标准文件')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '指标体系',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('pack', ''), _negated=True), fields=('unit', 'pack'), name='framework_pack_once')],
            },
        ),
        migrations.CreateModel(
            name='FrameworkVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='frameworks.framework', verbose_name='指标体系')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('retired', '已停用')], default='draft', max_length=12, verbose_name='状态')),
                ('basis', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='frameworks.frameworkversion', verbose_name='来自版本')),
                ('whole', models.JSONField(default=dict, verbose_name='整体设置')),
                ('revision', models.PositiveIntegerField(default=0, editable=False, verbose_name='修改次数')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='摘要')),
                ('pack_digest', models.CharField(blank=True, max_length=64, verbose_name='标准文件摘要')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
            ],
            options={
                'verbose_name': '指标体系版本',
                'ordering': ['-number', '-id'],
                'constraints': [models.UniqueConstraint(fields=('framework', 'number'), name='framework_version_number'), models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('published_at__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('published_at__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='framework_published_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='FrameworkUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='所属单位')),
                ('framework', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='frameworks.framework', verbose_name='指标体系')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='上传的文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('state', models.CharField(choices=[('ready', '待确认'), ('faulty', '有错误'), ('done', '已导入'), ('discarded', '已放弃')], max_length=10, verbose_name='状态')),
                ('kept', models.JSONField(default=dict, verbose_name='读出的内容')),
                ('notes', models.JSONField(default=list, verbose_name='提示')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='frameworks.frameworkversion', verbose_name='导入成的版本')),
                ('uploaded_by', models.CharField(max_length=100, verbose_name='上传人')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('imported_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
            ],
            options={
                'verbose_name': '导入的指标体系',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('imported_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('imported_at__isnull', True)), _connector='OR'), name='framework_upload_done_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='frameworks.frameworkversion')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='frameworks.indicator')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('path', models.CharField(max_length=80, verbose_name='位置')),
                ('code', models.CharField(max_length=40, verbose_name='代码')),
                ('name', models.CharField(max_length=300, verbose_name='指标')),
                ('points', models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True, verbose_name='分值')),
                ('weight', models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True, verbose_name='权重')),
                ('cap', models.DecimalField(blank=True, decimal_places=8, max_digits=20, null=True, verbose_name='最高得分')),
                ('kind', models.CharField(blank=True, max_length=12, verbose_name='计分方式')),
                ('rule', models.JSONField(blank=True, null=True, verbose_name='计分规则')),
                ('more', models.JSONField(default=dict, verbose_name='其他设置')),
                ('applies', models.CharField(blank=True, max_length=500, verbose_name='适用条件')),
                ('otherwise', models.CharField(blank=True, max_length=12, verbose_name='不适用时')),
                ('text', models.TextField(blank=True, verbose_name='标准与考核方式')),
                ('evidence', models.JSONField(default=list, verbose_name='佐证材料')),
            ],
            options={
                'verbose_name': '指标',
                'ordering': ['path'],
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='framework_indicator_code'), models.CheckConstraint(condition=models.Q(('points__isnull', True), ('points__gte', Decimal('0')), _connector='OR'), name='framework_points')],
            },
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='试算单位')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trials', to='frameworks.frameworkversion', verbose_name='版本')),
                ('title', models.CharField(max_length=120, verbose_name='名称')),
                ('system', models.JSONField(verbose_name='体系内容')),
                ('system_digest', models.CharField(max_length=64, verbose_name='体系摘要')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file_digest', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('main', models.CharField(max_length=40, verbose_name='得分表')),
                ('sources', models.JSONField(default=list, verbose_name='评分来源')),
                ('notes', models.JSONField(default=list, verbose_name='读取说明')),
                ('size', models.PositiveIntegerField(default=0, verbose_name='单位数')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='试算时间')),
                ('made_by', models.CharField(max_length=100, verbose_name='试算人')),
            ],
            options={
                'verbose_name': '试算',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TrialSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='frameworks.trial')),
                ('position', models.PositiveIntegerField(verbose_name='次序')),
                ('line', models.PositiveIntegerField(verbose_name='行号')),
                ('name', models.CharField(max_length=100, verbose_name='单位')),
                ('cells', models.JSONField(default=dict, verbose_name='填报内容')),
                ('result', models.JSONField(default=dict, verbose_name='结果')),
                ('total', models.DecimalField(decimal_places=8, max_digits=40, null=True, verbose_name='总分')),
                ('rank', models.PositiveIntegerField(null=True, verbose_name='名次')),
                ('grade', models.CharField(blank=True, max_length=100, verbose_name='等次')),
                ('open_count', models.PositiveIntegerField(default=0, verbose_name='没有得分的指标')),
            ],
            options={
                'verbose_name': '试算单位',
                'ordering': ['trial', 'position'],
                'constraints': [models.UniqueConstraint(fields=('trial', 'position'), name='trial_position_once'), models.UniqueConstraint(fields=('trial', 'name'), name='trial_subject_once')],
            },
        ),
    ]
