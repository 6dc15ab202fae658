"""What staff see of money. These are facts: nobody adds, changes or deletes them here."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from donations.models import Donation, LedgerEntry, RecurringGift, StripeEvent
from donations.money import format_money
from home.viewsets import FactViewSet


def _money(amount: int, currency: str) -> str:
    return format_money(amount, currency, get_language() or "en", exact=True)


def _amount(field: str = "amount", currency: str = "currency") -> Callable[[Model], str]:
    return lambda row: _money(getattr(row, field), getattr(row, currency))


def _state() -> Column:
    return Column("state", label=_("State"), accessor="get_state_display", sort_key="state")


def _rows(lines: list[str]) -> str:
    """Lines of a history as a list."""
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


class MoneyInspectView(generic.InspectView):
    """Amounts as people read them."""

    def get_amount_display_value(self) -> str:
        return _money(self.object.amount, self.object.currency)


class DonationIndexView(generic.IndexView):
    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        """Also by the number on the receipt, whole or its beginning."""
        found = super().search_queryset(queryset)
        digits = (self.search_query or "").replace("-", "").strip().lower()
        try:
            first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
        except ValueError:
            return found
        if len(digits) < 4:
            return found
        return found | queryset.filter(Q(public_id__gte=first, public_id__lte=last))


class DonationInspectView(MoneyInspectView):
    LABELS = {"history": _("History"), "ledger": _("Ledger")}

    def get_field_label(self, field_name: str, field: Any) -> str:
        return self.LABELS.get(field_name) or super().get_field_label(field_name, field)

    def get_history_display_value(self) -> str:
        events = self.object.events.all()
        return _rows(
            [f"{e.happened_at:%Y-%m-%d %H:%M:%S %Z}  {e.get_state_display()}: {e.evidence}" for e in events]
        )

    def get_ledger_display_value(self) -> str:
        entries = self.object.ledger.order_by("happened_at", "pk")
        return _rows(
            [
                f"{entry.get_kind_display()}: {_money(entry.settled_amount, entry.settled_currency)}"
                f" ({entry.balance_transaction})"
                for entry in entries
            ]
        )


class RecurringGiftIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("supporter")


class LedgerIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("donation")


class LedgerInspectView(MoneyInspectView):
    def get_settled_amount_display_value(self) -> str:
        return _money(self.object.settled_amount, self.object.settled_currency)


class StripeEventIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().defer("payload")


class StripeEventInspectView(generic.InspectView):
    def get_payload_display_value(self) -> str:
        return format_html("<pre>{}</pre>", json.dumps(self.object.payload, indent=2, ensure_ascii=False))


class DonationViewSet(FactViewSet):
    model = Donation
    icon = "pick"
    menu_label = _("Gifts")
    index_view_class = DonationIndexView
    inspect_view_class = DonationInspectView
    list_display = [
        "reference",
        "name",
        Column("amount", label=_("Amount"), accessor=_amount(), sort_key="amount"),
        Column("frequency", label=_("How often"), accessor="get_frequency_display", sort_key="frequency"),
        _state(),
        Column("story_title", label=_("Moved by"), sort_key="story_title"),
        DateColumn("created_at", label=_("Created"), sort_key="created_at"),
    ]
    list_filter = ["state", "frequency", "currency", "livemode", "created_at"]
    search_fields = ["name", "email", "story_title", "checkout_id", "payment_id", "charge_id", "invoice_id"]
    inspect_view_fields = [
        "reference",
        "state",
        "amount",
        "frequency",
        "livemode",
        "name",
        "email",
        "language",
        "supporter",
        "page_title",
        "story_title",
        "recurring_gift",
        "created_at",
        "succeeded_at",
        "due_at",
        "history",
        "ledger",
        "checkout_id",
        "payment_id",
        "charge_id",
        "invoice_id",
    ]


class RecurringGiftViewSet(FactViewSet):
    model = RecurringGift
    icon = "repeat"
    menu_label = _("Recurring gifts")
    index_view_class = RecurringGiftIndexView
    inspect_view_class = MoneyInspectView
    list_display = [
        "reference",
        "supporter",
        Column("amount", label=_("Amount"), accessor=_amount(), sort_key="amount"),
        _state(),
        DateColumn("paid_until", label=_("Paid until"), sort_key="paid_until"),
        DateColumn("created_at", label=_("Since"), sort_key="created_at"),
    ]
    list_filter = ["state", "currency", "created_at"]
    search_fields = ["subscription_id", "customer_id", "supporter__name", "supporter__email"]
    inspect_view_fields = [
        "state",
        "amount",
        "supporter",
        "paid_until",
        "created_at",
        "cancelled_at",
        "donations",
        "subscription_id",
        "customer_id",
    ]


class LedgerViewSet(FactViewSet):
    model = LedgerEntry
    icon = "list-ol"
    menu_label = _("Ledger")
    index_view_class = LedgerIndexView
    inspect_view_class = LedgerInspectView
    list_display = [
        "balance_transaction",
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("amount", label=_("Amount"), accessor=_amount(), sort_key="amount"),
        Column(
            "settled_amount",
            label=_("Settled"),
            accessor=_amount("settled_amount", "settled_currency"),
            sort_key="settled_amount",
        ),
        Column("donation", label=_("Donation")),
        DateColumn("happened_at", label=_("Time"), sort_key="happened_at"),
    ]
    list_filter = ["kind", "currency", "happened_at"]
    search_fields = ["balance_transaction", "donation__charge_id", "donation__payment_id"]
    inspect_view_fields = [
        "kind",
        "donation",
        "amount",
        "currency",
        "settled_amount",
        "settled_currency",
        "balance_transaction",
        "happened_at",
        "recorded_at",
    ]


class StripeEventViewSet(FactViewSet):
    model = StripeEvent
    icon = "rotate"
    menu_label = _("Stripe events")
    index_view_class = StripeEventIndexView
    inspect_view_class = StripeEventInspectView
    list_display = [
        "event_id",
        Column("type", label=_("Type"), sort_key="type"),
        _state(),
        "attempts",
        "error",
        DateColumn("received_at", label=_("Received"), sort_key="received_at"),
    ]
    list_filter = ["state", "livemode", "received_at"]
    search_fields = ["event_id", "type", "object_id", "error"]
    inspect_view_fields = [
        "event_id",
        "type",
        "object_id",
        "state",
        "attempts",
        "error",
        "due_at",
        "livemode",
        "api_version",
        "happened_at",
        "received_at",
        "settled_at",
        "payload",
    ]


class MoneyGroup(ViewSetGroup):
    menu_label = _("Donations")
    menu_icon = "pick"
    menu_order = 300
    items: Any = (
        DonationViewSet("gifts"),
        RecurringGiftViewSet("recurring_gifts"),
        LedgerViewSet("ledger"),
        StripeEventViewSet("stripe_events"),
    )
