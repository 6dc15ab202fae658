"""Writing the books: one entry per movement of Stripe's balance, however often we hear of it."""

from datetime import datetime

from django.db import transaction

from donations import stripe_gateway as stripe
from donations.models import Donation, DonationState, LedgerEntry, LedgerKind

from .state import move


def record_payment(donation: Donation, payment: stripe.Payment) -> bool:
    """Enter a charge and its fee.

    Returns:
        False while Stripe doesn't know the fee yet: then nothing is entered.
    """
    settled = payment.settlement
    if settled is None:
        return False
    _enter(donation, LedgerKind.CHARGE, settled, amount=payment.amount, currency=payment.currency)
    _enter_fee(donation, settled)
    return True


def record_refunds(donation: Donation, payment: stripe.Payment, *, evidence: str) -> None:
    """Enter every refund of a payment; a gift that was given back whole is called refunded."""
    for refund in stripe.refunds_of(payment.charge_id):
        if refund.settlement is not None:
            amount = -refund.amount
            with transaction.atomic():
                _enter(
                    donation, LedgerKind.REFUND, refund.settlement, amount=amount, currency=refund.currency
                )
                _enter_fee(donation, refund.settlement)
    if payment.refunded_amount >= payment.amount:
        move(donation, DonationState.REFUNDED, evidence=evidence)


def _enter(donation: Donation, kind: str, settled: stripe.Settlement, *, amount: int, currency: str) -> None:
    _once(donation, kind, settled.id, amount, currency, settled.amount, settled.currency, settled.happened_at)


def _enter_fee(donation: Donation, settled: stripe.Settlement) -> None:
    if settled.fee:
        out = -settled.fee
        _once(
            donation,
            LedgerKind.FEE,
            settled.id,
            out,
            settled.currency,
            out,
            settled.currency,
            settled.happened_at,
        )


def _once(
    donation: Donation,
    kind: str,
    balance_transaction: str,
    amount: int,
    currency: str,
    settled_amount: int,
    settled_currency: str,
    happened_at: datetime,
) -> None:
    LedgerEntry.objects.get_or_create(
        balance_transaction=balance_transaction,
        kind=kind,
        defaults={
            "donation": donation,
            "amount": amount,
            "currency": currency,
            "settled_amount": settled_amount,
            "settled_currency": settled_currency,
            "happened_at": happened_at,
        },
    )
