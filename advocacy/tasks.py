from django_tasks import task

from advocacy.models import Delivery
from home.outbox import drain


@task()
def drain_deliveries() -> int:
    """Send the letters that are due."""
    return drain(Delivery)
