from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Locale

from campaigns.services import attribution
from donations.forms import DonationForm
from donations.models import Donation, DonationPage, DonationState
from donations.money import format_plain
from donations.services import fulfil, start_checkout
from donations.stripe_gateway import PaymentRefused, PaymentsUnavailable


class SeeOther(HttpResponseRedirect):
    status_code = 303


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, page_pk: int) -> HttpResponse:
    """Take the form of a donation page and lead on to Stripe's."""
    page = get_object_or_404(DonationPage.objects.live().public(), pk=page_pk)
    if request.method != "POST":
        return redirect(page.get_url(request))
    form = DonationForm(request.POST, page=page)
    if not form.is_valid():
        return page.render_form(request, status=422, form=form)
    data = form.cleaned_data
    try:
        checkout = start_checkout(
            page=page,
            amount=data["amount"],
            frequency=data["frequency"],
            token=data["token"],
            story=attribution(data["story"]),
            language=get_language() or "en",
            thanks_url=_thanks_url(request, "{CHECKOUT_SESSION_ID}"),
            cancel_url=_cancel_url(request, page, data),
        )
    except PaymentRefused as error:
        if error.code in ("amount_too_small", "amount_too_large"):
            form.add_error(
                "own_amount", _("Our payment provider doesn't take this amount. Please choose another.")
            )
            return page.render_form(request, status=422, form=form)
        return _unavailable(request, page, form)
    except PaymentsUnavailable:
        return _unavailable(request, page, form)
    return SeeOther(checkout.url or _thanks_url(request, checkout.donation.checkout_id or ""))


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Where donors come back from Stripe. Says only what is known; the session's id is what opens it."""
    checkout_id = request.GET.get("session_id", "")
    if not checkout_id or not checkout_id.isprintable():
        raise Http404("no such gift")
    donation = get_object_or_404(Donation, checkout_id=checkout_id)
    if not donation.is_received:
        try:
            donation = fulfil(checkout_id, evidence="donor came back") or donation
        except (PaymentsUnavailable, PaymentRefused):
            # Not known now; the webhook and the sweep will know.
            donation.state = DonationState.PROCESSING
    pages = DonationPage.objects.live().filter(translation_key=donation.page_key)
    page = pages.filter(locale=Locale.get_active()).first() or pages.first()
    context = {
        "donation": donation,
        "page": page,
        "plain_amount": format_plain(donation.amount, donation.currency),
    }
    response = TemplateResponse(request, "donations/thanks.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _unavailable(request: HttpRequest, page: DonationPage, form: DonationForm) -> HttpResponse:
    form.add_error(
        None,
        _(
            "The payment page can't be reached just now, and you have not been charged."
            " What you chose is still here: please try again in a few minutes."
        ),
    )
    response = page.render_form(request, status=503, form=form)
    response["Retry-After"] = "120"
    return response


def _thanks_url(request: HttpRequest, checkout_id: str) -> str:
    # Not urlencoded: Stripe looks for the braces.
    return f"{request.build_absolute_uri(reverse('donations:thanks'))}?session_id={checkout_id}"


def _cancel_url(request: HttpRequest, page: DonationPage, data: dict) -> str:
    query = {
        "cancelled": "1",
        "amount": format_plain(data["amount"], page.currency),
        "frequency": data["frequency"],
    }
    if data["story"]:
        query["from"] = data["story"]
    return f"{request.build_absolute_uri(page.get_url(request))}?{urlencode(query)}"
