from django_tasks import task

from home.models import OutboxMail
from home.outbox import drain


@task()
def drain_mail() -> int:
    """Send what is due in the site's own outbox."""
    return drain(OutboxMail)
