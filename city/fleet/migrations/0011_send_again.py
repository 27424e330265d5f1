from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0010_carried'),
    ]

    operations = [
        migrations.AlterField(
            model_name='orderrow',
            name='act',
            field=models.CharField(choices=[('restart', '重启程序'), ('restart_device', '重启设备程序'), ('restart_machine', '重启整机'), ('collect_logs', '收集日志'), ('out_of_service', '停用'), ('screenshot', '待机画面'), ('send_again', '重送拒收的件')], max_length=16),
        ),
    ]
