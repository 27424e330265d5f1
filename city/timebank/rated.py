"""A resident's rating is their word that they were helped."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from city.community.models import OrderRow
from city.onewindow.models import RatingRow
from city.timebank.ledger import both_agree


@receiver(post_save, sender=RatingRow)
def on_rating(instance: RatingRow, *, created: bool, **_: Any) -> None:  # noqa: ANN401 - Django's signature
    """Book the request if its provider has named who helped."""
    order = OrderRow.objects.filter(case=instance.case_id).select_related("case", "provider").first()
    if created and order is not None:
        both_agree(order)
