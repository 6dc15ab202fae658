from wagtail.snippets.views.snippets import SnippetViewSet

from stories.models import Figure


class FigureViewSet(SnippetViewSet):
    """Sourced numbers: each with the year and the place it comes from."""

    model = Figure
    icon = "doc-full"
    list_display = ["label", "display", "unit", "source", "year"]
    search_fields = ["label", "source"]
