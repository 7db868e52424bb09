import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('papers', '0001_initial'), ('papers', '0002_life_of_a_paper'), ('papers', '0003_issued_is_frozen'), ('papers', '0004_lists_of_the_latest'), ('papers', '0005_about_a_person')]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('orgs', '0001_tables'),
        ('people', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='orgs.unit', verbose_name='发文单位')),
                ('kind', models.CharField(choices=[('notice', '督导通知'), ('self_notice', '自评通知'), ('opinion', '督导意见书'), ('rectification', '整改通知书'), ('consultation', '协商意见书'), ('circular', '督导通报'), ('report', '督导报告'), ('talk_notice', '约谈通知'), ('talk_record', '约谈纪要'), ('accountability', '问责决定'), ('look_back', '回头看报告'), ('publicity', '公示'), ('brief', '工作简报'), ('visit_record', '责任督学工作记录表')], max_length=20, verbose_name='文种')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('state', models.CharField(choices=[('draft', '起草中'), ('submitted', '待核稿'), ('returned', '退回修改'), ('checked', '待签发'), ('signed', '待印发'), ('issued', '已印发'), ('withdrawn', '已撤回'), ('discarded', '已作废')], default='draft', max_length=12, verbose_name='状态')),
                ('source_label', models.CharField(blank=True, max_length=300, verbose_name='来源')),
                ('source_url', models.CharField(blank=True, max_length=300, verbose_name='来源链接')),
                ('source_key', models.CharField(blank=True, db_index=True, max_length=80, verbose_name='来源标识')),
                ('values', models.JSONField(default=dict, verbose_name='内容')),
                ('facts', models.JSONField(default=list, verbose_name='数字依据')),
                ('acknowledged', models.JSONField(blank=True, default=list, verbose_name='差异说明')),
                ('recipients', models.JSONField(default=list, help_text='单位编号', verbose_name='主送单位')),
                ('about_person', models.BooleanField(default=False, verbose_name='涉及个人')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='本人账号')),
                ('reply_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='签收期限（天）')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                ('seal', models.CharField(choices=[('none', '不用印'), ('scan', '打印盖章后扫描'), ('image', '手写签名图片'), ('service', '电子签章服务')], default='scan', max_length=8, verbose_name='用印方式')),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='签发日期')),
                ('issued_at', models.DateTimeField(blank=True, null=True, verbose_name='印发时间')),
                ('pdf', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('sealed', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='文件摘要')),
                ('verify_code', models.CharField(blank=True, max_length=20, verbose_name='核验码')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='papers.paper')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='起草时间')),
            ],
            options={
                'verbose_name': '文书',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['unit', 'state'], name='paper_unit_state'), models.Index(fields=['-created_at', '-id'], name='paper_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['issued', 'withdrawn']), _negated=True), models.Q(('issued_at__isnull', False), ('pdf__isnull', False), models.Q(('digest', ''), _negated=True), models.Q(('verify_code', ''), _negated=True)), _connector='OR'), name='paper_issued_is_frozen'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['signed', 'issued', 'withdrawn']), _negated=True), ('signed_on__isnull', False), _connector='OR'), name='paper_signed_is_dated'), models.CheckConstraint(condition=models.Q(('about_person', True), ('person__isnull', True), _connector='OR'), name='paper_of_person_is_about_person'), models.UniqueConstraint(condition=models.Q(('verify_code', ''), _negated=True), fields=('verify_code',), name='paper_verify_code')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='papers.paper')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='orgs.unit', verbose_name='收文单位')),
                ('state', models.CharField(choices=[('sent', '待签收'), ('signed', '已签收')], default='sent', max_length=10, verbose_name='状态')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='签收期限')),
                ('sent_at', models.DateTimeField(auto_now_add=True, verbose_name='送达时间')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='签收时间')),
                ('signed_by', models.CharField(blank=True, max_length=100, verbose_name='签收人')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='催签时间')),
            ],
            options={
                'verbose_name': '收文',
                'ordering': ['unit__path', 'id'],
                'indexes': [models.Index(fields=['-sent_at', '-id'], name='delivery_latest')],
                'constraints': [models.UniqueConstraint(fields=('paper', 'unit'), name='delivery_once'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('state', 'sent')), models.Q(('state', 'signed'), ('signed_at__isnull', False)), _connector='OR'), name='delivery_signed_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Number',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='发文单位')),
                ('code_word', models.CharField(max_length=30, verbose_name='机关代字')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='number', to='papers.paper', verbose_name='文书')),
                ('reserved_at', models.DateTimeField(auto_now_add=True, verbose_name='取号时间')),
                ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='作废理由')),
            ],
            options={
                'verbose_name': '发文字号',
                'ordering': ['-year', '-number'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'code_word', 'year', 'number'), name='paper_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='paper_number_from_one')],
            },
        ),
        migrations.CreateModel(
            name='OfficeStyle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_styles', to='orgs.unit', verbose_name='单位')),
                ('signature', models.CharField(help_text='落款和版记用的机关全称', max_length=100, verbose_name='署名')),
                ('masthead', models.CharField(blank=True, help_text='红头文字，不用红头的留空', max_length=60, verbose_name='发文机关标志')),
                ('code_word', models.CharField(help_text='如“岳政教督办”', max_length=30, verbose_name='机关代字')),
                ('code_words', models.JSONField(blank=True, default=dict, help_text='不同于上面的；留空的文种不编号', verbose_name='各文种的机关代字')),
                ('layout', models.JSONField(blank=True, default=dict, verbose_name='版式调整')),
                ('valid_from', models.DateField(verbose_name='启用日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='停用日期')),
            ],
            options={
                'verbose_name': '文书版式',
                'ordering': ['unit', '-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='paper_style_ends_after_start'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('unit',), name='paper_style_one_in_use')],
            },
        ),
        migrations.CreateModel(
            name='PaperVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='papers.paper')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='Word 文件')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('made_by', models.CharField(max_length=100, verbose_name='修改人')),
                ('is_uploaded', models.BooleanField(default=False, verbose_name='人工修改')),
            ],
            options={
                'verbose_name': '文稿版本',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'number'), name='paper_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_templates', to='orgs.unit', verbose_name='单位')),
                ('kind', models.CharField(choices=[('notice', '督导通知'), ('self_notice', '自评通知'), ('opinion', '督导意见书'), ('rectification', '整改通知书'), ('consultation', '协商意见书'), ('circular', '督导通报'), ('report', '督导报告'), ('talk_notice', '约谈通知'), ('talk_record', '约谈纪要'), ('accountability', '问责决定'), ('look_back', '回头看报告'), ('publicity', '公示'), ('brief', '工作简报'), ('visit_record', '责任督学工作记录表')], max_length=20, verbose_name='文种')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='模板文件')),
                ('in_use', models.BooleanField(default=False, verbose_name='使用中')),
                ('missing', models.JSONField(blank=True, default=list, verbose_name='缺少的内容')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('uploaded_by', models.CharField(max_length=100, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '文书模板',
                'ordering': ['kind', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('in_use', True)), fields=('unit', 'kind'), name='paper_template_one_in_use')],
            },
        ),
    ]
