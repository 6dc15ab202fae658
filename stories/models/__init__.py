from .figures import Figure
from .infographics import InfographicPage
from .stories import StoryIndexPage, StoryPage

__all__ = ["Figure", "InfographicPage", "StoryIndexPage", "StoryPage"]
