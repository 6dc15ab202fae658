"""The staff's side: its look, the words of the site, the mails."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from home.models import OutboxMail
from home.permissions import LookOnly
from home.viewsets import OutboxMailViewSet, SiteWordsViewSet

register_permission_policy(OutboxMail, LookOnly(OutboxMail))
register_snippet(SiteWordsViewSet)


@hooks.register("register_admin_viewset")
def register_mails() -> OutboxMailViewSet:
    return OutboxMailViewSet("mails")


@hooks.register("insert_global_admin_css")
def house_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
