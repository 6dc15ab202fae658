"""Campaign staff see what became of letters; words and addresses are for those who may read them."""

ROLES = {
    "Campaign staff": [
        "wagtailadmin.access_admin",
        "advocacy.view_congress",
        "advocacy.view_official",
        "advocacy.view_letter",
        "advocacy.view_delivery",
    ],
    "Letter readers": [
        "wagtailadmin.access_admin",
        "advocacy.view_letter",
        "advocacy.view_delivery",
        "advocacy.read_letter",
    ],
}
