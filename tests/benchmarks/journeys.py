"""Gifts and letters from the first form to the last proof, by several visitors at once."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests
from django.db import close_old_connections
from django.db.models import Count

from advocacy.models import Delivery, Letter, LetterCampaignPage, ZipDistrict
from donations.models import Donation, DonationPage, DonationState, StripeEvent, StripeEventState
from home.models import OutboundState, OutboxMail
from tests.benchmarks.table import heading, note, percentile, show
from tests.benchmarks.visitor import Stuck, Visitor
from tests.demo import RunningDemo

VISITORS = 8
CARD = {
    "number": "4242424242424242",
    "expiry": f"12/{time.localtime().tm_year % 100 + 3}",
    "cvc": "123",
    "country": "US",
    "postal": "85701",
}
NOBODY = {"street": "1 Benchmark Street", "city": "Nowhere"}  # invented, like every name here
SECONDS = 12.0  # for which new visitors come
SETTLING = 40.0  # seconds that the last ones are waited for


# What may go wrong on a visitor's way; it is counted and shown.
SETBACKS = (Stuck, requests.RequestException, KeyError, IndexError)


@dataclass
class Outcome:
    """How many got to the end, and what that took. Times are in seconds."""

    begun: int = 0
    completed: int = 0
    seconds: float = 0
    errors: Counter = field(default_factory=Counter)
    visits: list[float] = field(default_factory=list)  # a visitor's own part, from the first page to the last
    settled_after: list[float] = field(default_factory=list)  # from the visitor's last act to the last proof
    waited_for_site: float = 0
    waited_for_sandbox: float = 0
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.completed / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Visit:
    """A visitor's part done: `key` finds the row, `at` is the clock at the last act."""

    key: str
    at: float


def measure(demo: RunningDemo) -> int:
    """Gifts, then letters. Returns how many failed."""
    outcomes = {"gifts": gifts(demo, seconds=SECONDS)}
    wait_until_idle(demo)
    outcomes["letters"] = letters(demo, seconds=SECONDS)
    wait_until_idle(demo)
    heading("Gifts and letters completed per second, end to end")
    show(
        ["", "a second", "completed", "visit p50 s", "p95 s", "proof p50 s", "p95 s", "errors"],
        [
            [
                name,
                f"{outcome.per_second:.1f}",
                f"{outcome.completed} of {outcome.begun}",
                *_middle_and_late(outcome.visits),
                *_middle_and_late(outcome.settled_after),
                str(outcome.errors.total()),
            ]
            for name, outcome in outcomes.items()
        ],
    )
    note(
        f"{VISITORS} visitors at once for {SECONDS:.0f} s, then until the last proof; the whole time counts."
        " A gift: form, Checkout session, hosted page paid, tab closed; its proof: webhook, gift received,"
        " receipt queued. A letter: ZIP code, letter, mail read, confirmed; its proof: every office's message"
        " accepted by the provider, its delivery told by webhook. “visit”: from the first page to the last"
        " act of the visitor; “proof”: from there on."
    )
    for name, outcome in outcomes.items():
        for what, count in outcome.errors.most_common():
            note(f"failed {name}: {count} × {what}")
    heading("What each takes, in ms: the sandbox's own part told apart")
    processes = list(outcomes["gifts"].cpu_seconds)
    show(
        ["", "waits for site", "for sandbox", *(f"cpu {name}" for name in processes)],
        [
            [name, *(f"{1000 * part / max(outcome.completed, 1):.0f}" for part in parts)]
            for name, outcome in outcomes.items()
            for parts in [
                [outcome.waited_for_site, outcome.waited_for_sandbox, *outcome.cpu_seconds.values()]
            ]
        ],
    )
    note(
        "“waits”: what a visitor waits for the pages of each, and the site's pages wait for the sandbox too;"
        " “cpu”: processor time per completed one, by process. The sandbox plays Stripe and the mail"
        " provider, which in the real world are other people's machines."
    )
    return sum(outcome.errors.total() for outcome in outcomes.values())


def _middle_and_late(times: list[float]) -> list[str]:
    found = [percentile(times, share) for share in (0.5, 0.95)]
    return ["–" if value is None else f"{value:.2f}" for value in found]


def gifts(demo: RunningDemo, *, seconds: float) -> Outcome:
    """Donation page, form, Checkout, card; the tab is closed there, so the webhook alone finishes it."""
    page = DonationPage.objects.live().filter(locale__language_code="en").first()
    address = demo.site + page.get_url()

    def give(visitor: Visitor, number: int) -> Visit:
        form = visitor.get(address).form("/gift/start/")
        payment = visitor.submit(form, frequency="once", once_amount=form.offered["once_amount"][0])
        person = {"email": f"benchmark-{number}@puente.example", "name": "Bench Mark"}
        paid = visitor.submit_and_leave(payment.form("/stripe/pay/"), **CARD, **person)
        if "session_id=" not in paid:
            raise Stuck("the card was not taken")
        return Visit(paid.partition("session_id=")[2], time.time())

    def settled() -> dict[str, float]:
        """When each gift was received with its receipt in the outbox, by checkout session."""
        gifts = Donation.objects.filter(state=DonationState.SUCCEEDED).values_list("checkout_id", "public_id")
        receipts = dict(OutboxMail.objects.filter(kind="receipt").values_list("key", "created_at"))
        return {
            checkout_id: receipts[key].timestamp()
            for checkout_id, public_id in gifts
            if (key := f"receipt:{public_id}") in receipts
        }

    return _crowd(demo, give, settled, seconds)


def letters(demo: RunningDemo, *, seconds: float) -> Outcome:
    """ZIP code, letter, the link from the mail, confirmation; done when every office's mailbox has one."""
    page = LetterCampaignPage.objects.live().filter(locale__language_code="en").first()
    address = demo.site + page.get_url()
    in_one = ZipDistrict.objects.values("zip5").annotate(n=Count("pk")).filter(n=1).order_by("zip5")
    # Where the demo shows an office that sends mail back, not every office would ever have its letter.
    sent_back = ZipDistrict.objects.filter(district__officials__email__startswith="bounce")
    in_one = in_one.exclude(zip5__in=sent_back.values("zip5"))
    zips = list(in_one.values_list("zip5", flat=True)[:50])

    def write(visitor: Visitor, number: int) -> Visit:
        form = visitor.get(address).form("/letter/write/")
        letter = visitor.submit(form, zip=zips[number % len(zips)])
        email = f"benchmark-{number}@puente.example"
        written = letter.form("/letter/write/")
        visitor.submit(written, **NOBODY, name="Bench Mark", email=email, own_words=f"Letter {number}.")
        confirmation = visitor.get(_link_in_mail(demo, email))
        own_page = visitor.submit_and_leave(confirmation.form("/letter/confirm/"))
        return Visit(own_page.rstrip("/").rpartition("/")[2], time.time())

    def settled() -> dict[str, float]:
        """When the last office's message was delivered, by the letter's access key."""
        waiting = Delivery.objects.exclude(state=OutboundState.DELIVERED).values("letter")
        done = Letter.objects.filter(deliveries__isnull=False).exclude(pk__in=waiting)
        times: dict[str, float] = {}
        rows = Delivery.objects.filter(letter__in=done).values_list("letter__access_key", "settled_at")
        for key, at in rows.distinct():
            times[key] = max(times.get(key, 0.0), at.timestamp())
        return times

    return _crowd(demo, write, settled, seconds)


def _link_in_mail(demo: RunningDemo, email: str) -> str:
    """The confirmation's link, as soon as the mail is in the sandbox's inbox."""
    until = time.monotonic() + SETTLING
    while time.monotonic() < until:
        inbox = requests.get(f"{demo.sandbox}/mailgun/inbox.json", params={"to": email}, timeout=10).json()
        for message in inbox["messages"]:
            for link in message["links"]:
                if "/letter/confirm/" in link:
                    return link
        time.sleep(0.05)
    raise Stuck("no confirmation mail came")


def _crowd(
    demo: RunningDemo,
    journey: Callable[[Visitor, int], Visit],
    settled: Callable[[], dict[str, float]],
    seconds: float,
) -> Outcome:
    """Visitors one after another in VISITORS lanes for `seconds`; then all is waited for until settled."""
    outcome, lock, numbers = Outcome(), threading.Lock(), iter(range(10**9))
    visits: list[Visit] = []
    hosts = demo.site.partition("//")[2], demo.sandbox.partition("//")[2]
    with Visitor() as first, contextlib.suppress(*SETBACKS):
        # Every process has done this once before the clock runs.
        journey(first, next(numbers))
    wait_until_idle(demo)
    used, began = demo.cpu_seconds(), time.time()

    def lane() -> None:
        while time.time() - began < seconds:
            with lock:
                number = next(numbers)
                outcome.begun += 1
            with Visitor() as visitor:
                arrived = time.time()
                try:
                    visit = journey(visitor, number)
                except SETBACKS as error:
                    with lock:
                        outcome.errors[f"{type(error).__name__}: {error}"[:90]] += 1
                    # A site that refuses must not be hammered.
                    time.sleep(0.2)
                    continue
                with lock:
                    visits.append(visit)
                    outcome.visits.append(visit.at - arrived)
                    outcome.waited_for_site += visitor.waited.get(hosts[0], 0.0)
                    outcome.waited_for_sandbox += visitor.waited.get(hosts[1], 0.0)

    with ThreadPoolExecutor(VISITORS) as lanes:
        for done in [lanes.submit(lane) for _lane in range(VISITORS)]:
            done.result()
    until = time.time() + SETTLING
    while True:
        proofs = settled()
        if all(visit.key in proofs for visit in visits) or time.time() > until:
            break
        time.sleep(0.1)
    after = [(visit, proofs[visit.key]) for visit in visits if visit.key in proofs]
    outcome.completed = len(after)
    outcome.settled_after = [proof - visit.at for visit, proof in after]
    outcome.seconds = max((proof for _visit, proof in after), default=time.time()) - began
    if missing := len(visits) - len(after):
        outcome.errors["not settled in time"] = missing
    now = demo.cpu_seconds()
    outcome.cpu_seconds = {name: now[name] - used[name] for name in now}
    close_old_connections()
    return outcome


def wait_until_idle(demo: RunningDemo) -> None:
    """Wait until no webhook, event or mail is under way, so that one measurement doesn't burden the next."""
    until = time.monotonic() + SETTLING
    while time.monotonic() < until:
        pending = requests.get(f"{demo.sandbox}/healthz", timeout=10).json()["pending_webhooks"]
        events = StripeEvent.objects.filter(state=StripeEventState.RECEIVED).count()
        mails = OutboxMail.objects.filter(state__in=[OutboundState.QUEUED, OutboundState.SENDING]).count()
        if not pending + events + mails:
            return
        time.sleep(0.2)
