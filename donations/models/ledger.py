from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .donations import Donation
from .history import WrittenOnceModel


class LedgerKind(models.TextChoices):
    CHARGE = "charge", _("charge")
    FEE = "fee", _("fee")
    REFUND = "refund", _("refund")
    REFUND_FAILED = "refund_failed", _("refund returned")
    DISPUTE = "dispute", _("dispute")
    DISPUTE_REVERSAL = "dispute_reversal", _("dispute won")
    PAYOUT = "payout", _("payout")


class LedgerEntry(WrittenOnceModel):
    """One movement of money, as Stripe's balance has it. Amounts are signed minor units: in plus, out minus.

    A fee is an entry of its own. Charges, fees and refunds that succeeded are entered; over these the sum of
    `settled_amount` is Stripe's balance.
    """

    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="ledger", verbose_name=_("donation")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=LedgerKind)
    balance_transaction = models.CharField(_("balance transaction"), max_length=255)
    amount = models.BigIntegerField(_("amount"), help_text=_("In the currency's smallest unit."))
    currency = models.CharField(_("currency"), max_length=3)
    settled_amount = models.BigIntegerField(_("settled amount"))
    settled_currency = models.CharField(_("settlement currency"), max_length=3)
    happened_at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta(WrittenOnceModel.Meta):
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["balance_transaction", "kind"], name="ledger_entry_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=LedgerKind.values), name="ledger_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="charge") | models.Q(amount__gt=0), name="ledger_charge_comes_in"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="refund") | models.Q(amount__lt=0), name="ledger_refund_goes_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.balance_transaction}"
