"""The staff's side of the ground floor."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from home.models import OutboxMail, SiteWords


class FactViewSet(ModelViewSet):
    """A list, and a page for each row, to look at: for facts, which nobody edits."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields: list[str] = []
    search_backend_name = None
    list_per_page = 50


class OutboxMailViewSet(FactViewSet):
    """The site's own mails and what became of each; neither words nor addresses."""

    model = OutboxMail
    icon = "mail"
    menu_label = _("Mails")
    menu_order = 320
    add_to_admin_menu = True
    list_display = [
        "kind",
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        "attempts",
        "reason",
        DateColumn("created_at", label=_("Created"), sort_key="created_at"),
        DateColumn("settled_at", label=_("Last change"), sort_key="settled_at"),
    ]
    list_filter = ["state", "kind", "created_at"]
    inspect_view_fields = [
        "kind",
        "state",
        "attempts",
        "reason",
        "message_id",
        "due_at",
        "created_at",
        "settled_at",
    ]


class SiteWordsViewSet(SnippetViewSet):
    """The organisation's words, help lines and where the buttons lead, once per language."""

    model = SiteWords
    icon = "globe"
    menu_label = _("Words of the site")
    list_display = ["organisation", "tagline", "locale"]
