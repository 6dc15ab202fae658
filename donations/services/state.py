"""The one place where a donation changes its state."""

from django.db import transaction

from donations.models import Donation, DonationEvent


def move(donation: Donation, state: str, *, evidence: str, **changes: object) -> bool:
    """Bring a donation to another state if the table of transitions allows it from where it now stands.

    Returns:
        Whether this call made the change. A donation that has moved on stays as it is.
    """
    before = [old for old, new in Donation.TRANSITIONS.items() if state in new]
    with transaction.atomic():
        row = Donation.objects.select_for_update().get(pk=donation.pk)
        # The condition stands in the update too, so that it holds on a database without row locks.
        moved = Donation.objects.filter(pk=row.pk, state__in=before).update(state=state, **changes)
        if moved:
            DonationEvent.objects.create(
                donation=row, from_state=row.state, state=state, evidence=evidence[:255]
            )
    donation.refresh_from_db()
    return bool(moved)
