"""What staff see of money, and that nobody changes it by hand."""

from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from donations.models import Donation, LedgerEntry, RecurringGift, StripeEvent

pytestmark = pytest.mark.django_db
LISTS = {
    "gifts": Donation, "recurring_gifts": RecurringGift, "ledger": LedgerEntry, "stripe_events": StripeEvent,
}  # fmt: skip


def login(client, *groups: str, superuser: bool = False) -> None:
    user = get_user_model().objects.create(username=uuid4().hex, is_superuser=superuser, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    client.force_login(user)


@pytest.fixture
def money(begin, account, work):
    """A monthly gift and a refunded one, with all that hangs on them."""
    account.pay(begin(frequency="monthly").url)
    account.pay(begin(amount=123456, story={"story_key": uuid4(), "story_title": "Julio"}).url)
    work()
    account.press("refund", Donation.objects.get(amount=123456).payment_id)
    work()


def test_finance_sees_every_list_and_every_row(client, money):
    login(client, "Finance")
    for name, model in LISTS.items():
        assert client.get(reverse(f"{name}:index")).status_code == 200
        for row in model.objects.all():
            assert client.get(reverse(f"{name}:inspect", args=[row.pk])).status_code == 200


def test_gift_shows_amount_history_and_books(client, money):
    login(client, "Finance")
    gift = Donation.objects.get(amount=123456)
    listing = client.get(reverse("gifts:index")).content.decode()
    assert gift.reference in listing
    assert "$1,234.56" in listing
    assert reverse("gifts:inspect", args=[gift.pk]) in listing
    assert "Julio" in listing
    page = client.get(reverse("gifts:inspect", args=[gift.pk])).content.decode()
    assert "$1,234.56" in page
    assert "charge.refunded evt_" in page
    assert "-$1,234.56" in page
    ledger = LedgerEntry.objects.get(donation=gift, kind="refund")
    assert "-$1,234.56" in client.get(reverse("ledger:inspect", args=[ledger.pk])).content.decode()


@pytest.fixture
def facts(site):
    """One row of each kind."""
    gift = RecurringGift.objects.create(subscription_id="sub_1", state="active", amount=2500, currency="USD")
    donation = Donation.objects.create(
        amount=2500, currency="USD", page_key=uuid4(), page_title="Give", language="en", recurring_gift=gift
    )
    LedgerEntry.objects.create(
        donation=donation, kind="charge", balance_transaction="txn_1", amount=2500, currency="USD",
        settled_amount=2500, settled_currency="USD", happened_at=timezone.now(),
    )  # fmt: skip
    StripeEvent.objects.create(
        event_id="evt_1",
        type="invoice.paid",
        livemode=False,
        payload={"a": "<b>"},
        happened_at=timezone.now(),
    )


def test_payload_is_shown_harmlessly(client, facts):
    login(client, "Finance")
    html = client.get(reverse("stripe_events:inspect", args=[StripeEvent.objects.get().pk])).content.decode()
    assert "&lt;b&gt;" in html


def test_gift_is_found_by_its_number_payment_or_story(client, facts):
    login(client, "Finance")
    other = Donation.objects.get()
    gift = Donation.objects.create(
        amount=700, currency="USD", page_key=uuid4(), page_title="Give", language="en", charge_id="ch_777",
        story_title="Julio",
    )  # fmt: skip
    for query in (gift.reference, gift.reference[:7], str(gift.public_id), "ch_777", "julio"):
        html = client.get(reverse("gifts:index"), {"q": query}).content.decode()
        assert gift.reference in html
        assert other.reference not in html


@pytest.mark.parametrize("query", ["zz", "%", "' or 1=1", "x" * 200, "ffff" * 20])
def test_search_for_nonsense_finds_nothing_and_breaks_nothing(client, facts, query):
    login(client, "Finance")
    answer = client.get(reverse("gifts:index"), {"q": query})
    assert answer.status_code == 200
    assert Donation.objects.get().reference not in answer.content.decode()


def test_lists_can_be_filtered(client, facts):
    login(client, "Finance")
    reference = Donation.objects.get().reference
    assert reference in client.get(reverse("gifts:index"), {"state": "created"}).content.decode()
    assert reference not in client.get(reverse("gifts:index"), {"state": "refunded"}).content.decode()


@pytest.mark.parametrize("group", ["Editors", "Moderators", "Support"])
def test_other_staff_see_no_money(client, facts, group):
    login(client, group)
    for name, model in LISTS.items():
        assert client.get(reverse(f"{name}:index")).status_code in (302, 403)
        assert client.get(reverse(f"{name}:inspect", args=[model.objects.get().pk])).status_code in (302, 403)
    assert "Recurring gifts" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_adds_changes_or_deletes_a_fact(client, facts, superuser):
    login(client, *([] if superuser else ["Finance"]), superuser=superuser)
    for name, model in LISTS.items():
        before = list(model.objects.values())
        for act, args in (("add", []), ("edit", [before[0]["id"]]), ("delete", [before[0]["id"]])):
            address = reverse(f"{name}:{act}", args=args)
            for call in (client.get, client.post):
                answer = call(address)
                assert (answer.status_code, answer.headers.get("Location")) in ((403, None), (302, "/admin/"))
        assert list(model.objects.values()) == before


def test_exports_hold_nothing(client, facts):
    login(client, "Finance")
    for name in LISTS:
        answer = client.get(reverse(f"{name}:index"), {"export": "csv"})
        assert not b"".join(answer.streaming_content).strip()


def test_finance_edits_no_pages(client, give_page):
    login(client, "Finance")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[give_page.pk])).status_code == 302


def test_amounts_on_the_page_form_are_in_the_pages_currency(client, give_page):
    login(client, superuser=True)
    html = client.get(reverse("wagtailadmin_pages:edit", args=[give_page.pk])).content.decode()
    assert "25  50  100  250" in html
