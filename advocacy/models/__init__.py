from .congress import Chamber, Congress, District, DistrictKind, Official, Title, ZipDistrict
from .deliveries import Delivery, DeliveryEvent
from .letters import Letter, LetterState, MatchedBy
from .pages import CampaignState, LetterCampaignPage, TargetRule

__all__ = [
    "CampaignState",
    "Chamber",
    "Congress",
    "Delivery",
    "DeliveryEvent",
    "District",
    "DistrictKind",
    "Letter",
    "LetterCampaignPage",
    "LetterState",
    "MatchedBy",
    "Official",
    "TargetRule",
    "Title",
    "ZipDistrict",
]
