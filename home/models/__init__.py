from .mail import MailEvent, Outbound, OutboundState, OutboxMail
from .pages import ActionPageMixin, HomePage, ProsePage, StandardPage
from .pictures import Picture, Rendition
from .words import HelpLine, SiteWords

__all__ = [
    "ActionPageMixin",
    "HelpLine",
    "HomePage",
    "MailEvent",
    "Outbound",
    "OutboundState",
    "OutboxMail",
    "Picture",
    "ProsePage",
    "Rendition",
    "SiteWords",
    "StandardPage",
]
