"""The public way of a letter: step by step, without a session and with nothing personal in an address."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from advocacy import lookup, services
from advocacy.channels.email import letter_context
from advocacy.forms import OTHER, LetterForm, PlaceForm, StateForm, ZipForm
from advocacy.models import Letter, LetterCampaignPage, LetterState

# What one step hands to the next; each is checked again whenever it arrives.
CARRIED = ("zip", "place", "own_words", "name", "email", "street", "city", "token", "from")


@never_cache
@sensitive_post_parameters()
@sensitive_variables()
def write(request: HttpRequest, page_pk: int) -> HttpResponse:
    """One step of the letter; the answer is the next step, or the same with what is wrong beside it."""
    page = get_object_or_404(LetterCampaignPage.objects.live().public().select_related("locale"), pk=page_pk)
    if request.method != "POST":
        return redirect(page.get_url(request))
    step, carried = request.POST.get("step"), {name: request.POST.get(name, "") for name in CARRIED}
    if not page.is_open:
        return _show(request, page, "zip", ZipForm(initial=carried), carried, status=422)
    if "change" in request.POST:
        return _show(request, page, "zip", ZipForm(initial=carried), carried)
    zip_form = ZipForm(request.POST)
    if not zip_form.is_valid():
        return _show(request, page, "zip", zip_form, carried, status=422)
    carried["zip"] = zip_form.cleaned_data["zip"]
    if step == "zip":
        carried["place"] = ""
    if step == "place":
        return _place(request, page, carried)
    if step == "state":
        return _state(request, page, carried)
    representation = lookup.resolve(carried["zip"], carried["place"], on=timezone.localdate())
    if representation is None:
        candidates = lookup.by_zip(carried["zip"], on=timezone.localdate())
        if candidates.choices:
            return _show(
                request, page, "place", PlaceForm(candidates=candidates), carried, candidates=candidates
            )
        return _show(request, page, "state", StateForm(), carried)
    if step == "letter":
        return _letter(request, page, carried, representation)
    return _show_letter(request, page, carried, representation)


def _place(request: HttpRequest, page: LetterCampaignPage, carried: dict[str, str]) -> HttpResponse:
    candidates = lookup.by_zip(carried["zip"], on=timezone.localdate())
    form = PlaceForm(request.POST, candidates=candidates)
    if not form.is_valid():
        return _show(request, page, "place", form, carried, status=422, candidates=candidates)
    if form.cleaned_data["place"] == OTHER:
        return _show(request, page, "state", StateForm(), carried, known=True)
    carried["place"] = form.cleaned_data["place"]
    chosen = next(choice for choice in candidates.choices if choice.place == carried["place"])
    return _show_letter(request, page, carried, chosen)


def _state(request: HttpRequest, page: LetterCampaignPage, carried: dict[str, str]) -> HttpResponse:
    form = StateForm(request.POST)
    if not form.is_valid():
        return _show(request, page, "state", form, carried, status=422)
    carried["place"] = form.cleaned_data["place"]
    representation = lookup.by_place(carried["place"], on=timezone.localdate())
    return _show_letter(request, page, carried, representation)


def _letter(
    request: HttpRequest,
    page: LetterCampaignPage,
    carried: dict[str, str],
    representation: lookup.Representation,
) -> HttpResponse:
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _show_letter(request, page, carried, representation, form=form, status=422)
    try:
        services.start_letter(
            page=page,
            fields={**form.cleaned_data, "zip": carried["zip"]},
            representation=representation,
            consent=consent(page),
            source=carried["from"],
            language=get_language(),
        )
    except services.NobodyToWriteTo:
        return _show_letter(request, page, carried, representation, form=form, status=422)
    return _see_other(reverse("advocacy:check", args=[page.pk]))


def consent(page: LetterCampaignPage) -> str:
    """What the writer agrees to, as it stands above the button and on the letter."""
    return _(
        "When you confirm by email, your letter goes to the offices named here with your name, address and "
        "email, so that they can see you live in their district and answer you. We keep it for that, and "
        "add you to no list."
    )


def _show_letter(
    request: HttpRequest,
    page: LetterCampaignPage,
    carried: dict[str, str],
    representation: lookup.Representation,
    *,
    form: LetterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if form is None:
        form = LetterForm(initial={**carried, "token": carried["token"] or uuid.uuid4()})
    office_page = page.office_page
    return _show(
        request,
        page,
        "letter",
        form,
        carried,
        status=status,
        representation=representation,
        targets=services.targets(page, representation),
        office_page=office_page,
        in_other_language=office_page != page,
        consent=consent(page),
    )


def _show(
    request: HttpRequest,
    page: LetterCampaignPage,
    step: str,
    form: ZipForm | PlaceForm | StateForm | LetterForm,
    carried: dict[str, str],
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    hidden = [(name, value) for name, value in carried.items() if name not in form.fields and value]
    return page.render_form(
        request, status=status, step=step, form=form, carried=hidden, zip=carried["zip"], **context
    )


@require_safe
@never_cache
def check(request: HttpRequest, page_pk: int) -> HttpResponse:
    """ "Check your mail": the same for everybody."""
    page = get_object_or_404(LetterCampaignPage.objects.live().public(), pk=page_pk)
    return render(request, "advocacy/check.html", {"page": page, "days": services.LINK_LASTS.days})


@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button, for scanners follow links; only the button confirms.

    Its referrer policy stays the site's: with "no-referrer" a browser hides the form's origin, and the
    protection against forged forms would refuse it.
    """
    try:
        if request.method == "POST":
            found = services.confirm_letter(token=token, now=timezone.now())
            return _see_other(reverse("advocacy:letter", args=[found.access_key]))
        found = services.read_token(token)
    except services.LinkInvalid:
        return _private(render(request, "advocacy/link_invalid.html", status=404))
    except services.LinkExpired:
        return _private(render(request, "advocacy/link_expired.html", {"token": token}, status=410))
    except services.CampaignNotOpen:
        return _private(render(request, "advocacy/campaign_closed.html", status=409))
    context = {
        "letter": found,
        "token": token,
        "waits": found.state == LetterState.AWAITING_CONFIRMATION,
        **letter_context(found, salutation=""),
    }
    return _private(render(request, "advocacy/confirm.html", context))


@require_POST
@never_cache
def renew(request: HttpRequest, token: str) -> HttpResponse:
    try:
        services.renew_link(token=token, now=timezone.now())
    except services.LinkInvalid:
        return _private(render(request, "advocacy/link_invalid.html", status=404))
    return _see_other(reverse("advocacy:renewed"))


@require_safe
@never_cache
def renewed(request: HttpRequest) -> HttpResponse:
    return render(request, "advocacy/renewed.html", {"days": services.LINK_LASTS.days})


@require_safe
@never_cache
def letter(request: HttpRequest, access_key: str) -> HttpResponse:
    """The writer's own page: what is known of each office. Whoever has the address may read it."""
    found = get_object_or_404(Letter.objects.exclude(confirmed_at=None), access_key=access_key)
    campaign = services.campaign_page(found)
    context = {
        "letter": found,
        "deliveries": found.deliveries.order_by("pk").prefetch_related("events"),
        "campaign": campaign,
        "share_url": request.build_absolute_uri(campaign.get_url(request)) if campaign else "",
        **letter_context(found, salutation=""),
    }
    response = _private(render(request, "advocacy/letter.html", context))
    # Nothing on this page posts a form, and its address is the key to it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _see_other(url: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": url})
