import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations.services import record_event
from donations.stripe_gateway import WebhookRefused

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
@never_cache
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Stripe's events. 200 once the event is stored, also if it was before or is of a type we don't use.

    400, with nothing stored, for what is not a sound event for us: a bad or old signature, a broken body, or
    live events at a test installation and the other way round, which means that the wrong endpoint or
    secret is set up. 413 for a body larger than any event. An error of our own is a 500, so that
    Stripe delivers again.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return HttpResponse(status=413)
    try:
        record_event(payload=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except WebhookRefused as error:
        logger.warning("webhook refused: %s", error)
        return HttpResponse(f"Refused: {error}.\n", status=400, content_type="text/plain")
    return HttpResponse("Stored.\n", content_type="text/plain")
