"""Each payment gets what its proof is printed again by: its code, which follows from its id, the account's digest, the provider's name and the period."""


from django.apps.registry import Apps
from django.db import migrations, models

from sync.contract.bills import PaymentId
from sync.contract.paid_bills import code_of


def give_codes(apps: Apps, _editor: object) -> None:
    """Payments from before have a code, too; their account cannot be known any more."""
    for row in apps.get_model("utilities", "PaymentRow").objects.filter(proof=None).iterator():
        row.proof = code_of(PaymentId(str(row.payment_id)))
        row.save(update_fields=["proof"])


class Migration(migrations.Migration):
    dependencies = (("utilities", "0002_only_grows"),)
    operations = (
        migrations.AddField("paymentrow", "proof", models.CharField(max_length=16, null=True, unique=True)),
        migrations.AddField("paymentrow", "account", models.CharField(blank=True, max_length=64, default=""), preserve_default=False),
        migrations.AddField("paymentrow", "provider", models.CharField(blank=True, max_length=60, default=""), preserve_default=False),
        migrations.AddField("paymentrow", "period", models.CharField(blank=True, max_length=40, default=""), preserve_default=False),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField("paymentrow", "proof", models.CharField(max_length=16, unique=True)),
        migrations.AddIndex("paymentrow", models.Index(fields=["account", "paid_at"], name="payments_by_account")),
    )
