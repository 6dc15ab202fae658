"""What staff see of letters. They are facts: nobody adds, changes or deletes them here."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from advocacy.models import Congress, Delivery, Letter, Official
from home.viewsets import FactViewSet

# What a letter's writer said and where they live: only for staff who may read letters.
PERSONAL = ("name", "email", "street", "city", "own_words")


class LetterInspectView(generic.InspectView):
    def get_fields(self) -> list[str]:
        fields = super().get_fields()
        if self.request.user.has_perm("advocacy.read_letter"):
            return fields
        return [name for name in fields if name not in PERSONAL]


class LetterViewSet(FactViewSet):
    model = Letter
    icon = "mail"
    menu_label = _("Letters")
    list_display = ["campaign_title", "region", "district", "state", DateColumn("created_at"), "matched_by"]
    list_filter = ["state", "region", "matched_by", "language", "campaign_title"]
    inspect_view_class = LetterInspectView
    inspect_view_fields = [
        "campaign_title",
        "state",
        "created_at",
        "confirmed_at",
        "region",
        "district",
        "zip5",
        "matched_by",
        "language",
        "story_title",
        "name",
        "email",
        "street",
        "city",
        "own_words",
        "consent",
    ]


class DeliveryViewSet(FactViewSet):
    model = Delivery
    icon = "upload"
    menu_label = _("Deliveries")
    list_display = [
        "office",
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        "attempts",
        "reason",
        DateColumn("created_at"),
        DateColumn("settled_at"),
    ]
    list_filter = ["state", "channel"]
    inspect_view_fields = [
        "office",
        "address",
        "channel",
        "state",
        "attempts",
        "reason",
        "message_id",
        "due_at",
        "created_at",
        "settled_at",
    ]


class OfficialViewSet(FactViewSet):
    model = Official
    icon = "user"
    menu_label = _("People in office")
    list_display = ["name", "title", "state", "district", "party", "email", "valid_from", "valid_to"]
    list_filter = ["chamber", "state", "is_fictional"]
    search_fields = ["name"]
    inspect_view_fields = [
        "name",
        "title",
        "chamber",
        "state",
        "district",
        "party",
        "email",
        "phone",
        "valid_from",
        "valid_to",
        "is_fictional",
    ]


class CongressViewSet(FactViewSet):
    model = Congress
    icon = "calendar"
    menu_label = _("Congresses")
    list_display = ["number", "starts", "ends", "is_fictional"]
    inspect_view_fields = ["number", "starts", "ends", "is_fictional"]


class LetterGroup(ViewSetGroup):
    menu_label = _("Letters")
    menu_icon = "mail"
    menu_order = 310
    items = (
        LetterViewSet("letters"),
        DeliveryViewSet("deliveries"),
        OfficialViewSet("officials"),
        CongressViewSet("congresses"),
    )
