"""Finance sees everything of money and changes nothing by hand; nobody else of the staff sees it."""

ROLES = {
    "Finance": [
        "wagtailadmin.access_admin",
        "donations.view_donation",
        "donations.view_recurringgift",
        "donations.view_ledgerentry",
        "donations.view_stripeevent",
    ]
}
