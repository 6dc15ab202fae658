from django_tasks import task

from donations.services import process_due_events


@task()
def process_events() -> int:
    """Work off the Stripe events that are due."""
    return process_due_events()
