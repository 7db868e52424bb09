import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# The planner must know what the words of a search cost.
FUNCTION = """
CREATE FUNCTION orgs_words(words text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 100
AS $$ BEGIN RETURN string_to_array(words, ' '); END $$
"""


class Migration(migrations.Migration):

    replaces = [('orgs', '0001_initial'), ('orgs', '0002_calendar_and_order'), ('orgs', '0003_unit_import'), ('orgs', '0004_search_words'), ('orgs', '0005_search_words_cost')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION orgs_words(text)"),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='orgs.unit', verbose_name='上级')),
                ('path', models.TextField(editable=False, unique=True, verbose_name='路径')),
                ('depth', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='层级')),
                ('kind', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县（区、市）'), ('zone', '功能区'), ('township', '乡镇（街道）'), ('department', '部门（成员单位）'), ('office', '督导机构'), ('school', '学校'), ('teaching_point', '教学点'), ('kindergarten', '幼儿园'), ('other', '其他')], max_length=20, verbose_name='类别')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('short_name', models.CharField(blank=True, max_length=60, verbose_name='简称')),
                ('sort_no', models.PositiveIntegerField(default=1000, verbose_name='排序号')),
                ('pinyin', models.CharField(blank=True, help_text='按名称自动生成，多音字可以手工改正', max_length=400, verbose_name='拼音')),
                ('initials', models.CharField(blank=True, max_length=120, verbose_name='拼音首字母')),
                ('sort_key', models.TextField(blank=True, db_collation='C', editable=False, verbose_name='排序键')),
                ('search_text', models.TextField(blank=True, editable=False, verbose_name='检索文本')),
                ('institution_code', models.CharField(blank=True, max_length=10, verbose_name='学校（机构）标识码')),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('region_code', models.CharField(blank=True, help_text='GB/T 2260；功能区没有', max_length=12, verbose_name='行政区划代码')),
                ('local_code', models.CharField(blank=True, help_text='没有国标代码的单位自编', max_length=20, verbose_name='本地代码')),
                ('school_type', models.CharField(blank=True, help_text='GB/T 33782 表 4', max_length=3, verbose_name='办学类型')),
                ('organizer', models.CharField(blank=True, max_length=20, verbose_name='举办者')),
                ('ownership', models.CharField(blank=True, choices=[('public', '公办'), ('private', '民办')], max_length=10, verbose_name='公民办')),
                ('inclusive', models.BooleanField(blank=True, null=True, verbose_name='普惠性')),
                ('urban_rural', models.CharField(blank=True, help_text='GB/T 33782 表 5', max_length=3, verbose_name='城乡类型')),
                ('boarding', models.BooleanField(blank=True, null=True, verbose_name='寄宿制')),
                ('founded', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='建校年份')),
                ('valid_from', models.DateField(verbose_name='设立日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='撤销日期')),
                ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
            ],
            options={
                'verbose_name': '机构',
                'ordering': ['sort_no', 'sort_key', 'id'],
                'indexes': [models.Index(fields=['path'], name='unit_path_prefix', opclasses=['text_pattern_ops']), models.Index(fields=['initials'], name='unit_initials_prefix', opclasses=['varchar_pattern_ops']), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('search_text'), function='orgs_words', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), name='unit_words'), models.Index(fields=['parent', 'sort_no', 'sort_key'], name='unit_children'), models.Index(fields=['sort_no', 'sort_key', 'id'], name='unit_order'), models.Index(fields=['kind', 'sort_no', 'sort_key', 'id'], name='unit_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='unit_ends_after_start'), models.UniqueConstraint(condition=models.Q(('institution_code', ''), _negated=True), fields=('institution_code',), name='unit_institution_code'), models.UniqueConstraint(condition=models.Q(('uscc', ''), _negated=True), fields=('uscc',), name='unit_uscc'), models.UniqueConstraint(condition=models.Q(('local_code', ''), _negated=True), fields=('local_code',), name='unit_local_code')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='orgs.unit')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('position', models.CharField(max_length=60, verbose_name='职务')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='电话')),
                ('leader', models.BooleanField(default=False, verbose_name='单位负责人')),
                ('sort_no', models.PositiveSmallIntegerField(default=100, verbose_name='排序号')),
            ],
            options={
                'verbose_name': '联系人',
                'ordering': ['sort_no', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='special_days', to='orgs.unit', verbose_name='地区')),
                ('day', models.DateField(verbose_name='日期')),
                ('working', models.BooleanField(verbose_name='上班')),
                ('name', models.CharField(max_length=60, verbose_name='事由')),
                ('source', models.CharField(blank=True, help_text='例如国务院办公厅通知的文号', max_length=120, verbose_name='依据')),
            ],
            options={
                'verbose_name': '放假与调休',
                'ordering': ['unit', 'day'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'day'), name='special_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='orgs.unit')),
                ('level', models.CharField(choices=[('preschool', '学前'), ('primary', '小学'), ('junior', '初中'), ('senior', '高中'), ('vocational', '中职'), ('special', '特教')], max_length=12, verbose_name='学段')),
            ],
            options={
                'verbose_name': '学段',
                'constraints': [models.UniqueConstraint(fields=('unit', 'level'), name='stage_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='orgs.unit')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='orgs.unit')),
                ('how', models.CharField(choices=[('merged', '并入'), ('split', '分设')], max_length=10, verbose_name='方式')),
                ('day', models.DateField(verbose_name='日期')),
            ],
            options={
                'verbose_name': '机构承继',
                'constraints': [models.UniqueConstraint(fields=('source', 'target', 'how'), name='unit_link_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='other_names', to='orgs.unit')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('sort', models.CharField(choices=[('alias', '别名'), ('former', '曾用名')], max_length=10, verbose_name='类型')),
            ],
            options={
                'verbose_name': '其他名称',
                'constraints': [models.UniqueConstraint(fields=('unit', 'name'), name='unit_name_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spans', to='orgs.unit')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit')),
                ('kind', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '县（区、市）'), ('zone', '功能区'), ('township', '乡镇（街道）'), ('department', '部门（成员单位）'), ('office', '督导机构'), ('school', '学校'), ('teaching_point', '教学点'), ('kindergarten', '幼儿园'), ('other', '其他')], max_length=20, verbose_name='类别')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(null=True, verbose_name='止')),
                ('cause', models.CharField(help_text='动作名，例如 unit.rename', max_length=60, verbose_name='缘由')),
            ],
            options={
                'verbose_name': '机构沿革',
                'ordering': ['unit', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'valid_from'), name='span_starts_once'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('unit',), name='span_one_open'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='span_ends_after_start')],
            },
        ),
    ]
