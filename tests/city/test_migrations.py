"""The migrations make the tables that the models describe."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_change_of_a_model_is_missing_in_the_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)  # ends with status 1 where one is
