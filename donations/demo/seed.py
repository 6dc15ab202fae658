from pathlib import Path

from donations.models import DonationPage

COPY = Path(__file__).parent / "give.json"


def seed(demo) -> None:
    """The demo's donation page, in both languages, and somebody who looks after the money."""
    demo.user("finance", "Finance")
    copy = demo.read(COPY)
    demo.page(
        demo.home,
        DonationPage,
        slug=copy["slug"],
        image=copy["image"],
        en=copy["en"],
        es=copy["es"],
        currency="USD",
        once_amounts=[25_00, 50_00, 100_00, 250_00],
        monthly_amounts=[10_00, 20_00, 35_00, 50_00],
    )
