from wagtail.snippets.models import register_snippet

from stories.viewsets import FigureViewSet

register_snippet(FigureViewSet)
