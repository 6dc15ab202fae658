"""The blocks an infographic is made of. Each says in words what it shows."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from home.blocks import ActBlock, BodyBlock, QuoteBlock
from stories.drawings import drawing_choices

MARATHON_MILES = Decimal("26.2")


class SourcedBlock(blocks.StructBlock):
    """Anything that shows facts says where they come from."""

    title = blocks.CharBlock(label=_("title"))
    source = blocks.CharBlock(label=_("source and year"), required=False, default="")


class NumberBlock(blocks.StructBlock):
    figure = SnippetChooserBlock("stories.Figure", label=_("figure"))
    text = blocks.TextBlock(label=_("the sentence it proves"))

    class Meta:
        icon = "decimal"
        label = _("Big number")
        description = _("One sourced number, large.")
        template = "stories/blocks/number.html"


class DistanceValue(blocks.StructValue):
    def marathons(self) -> int:
        """How many whole marathons the distance (in miles) holds."""
        return int(Decimal(self["figure"].value) / MARATHON_MILES)

    def sentence(self) -> str:
        return self["text"].replace("{marathons}", str(self.marathons()))


class DistanceBlock(blocks.StructBlock):
    figure = SnippetChooserBlock("stories.Figure", label=_("distance in miles"))
    text = blocks.TextBlock(
        label=_("sentence"),
        help_text=_("{marathons} becomes the number of marathons, computed from the figure."),
    )

    class Meta:
        icon = "arrow-right"
        label = _("Distance compared")
        description = _("A distance beside the number of marathons it equals.")
        template = "stories/blocks/distance.html"
        value_class = DistanceValue


class PeopleValue(blocks.StructValue):
    def people(self) -> list[bool]:
        """One entry a person; true for those the figure is about."""
        return [i < self["filled"] for i in range(self["total"])]


class PeopleBlock(blocks.StructBlock):
    filled = blocks.IntegerBlock(label=_("how many"), min_value=0, max_value=100)
    total = blocks.IntegerBlock(label=_("of how many"), min_value=1, max_value=100)
    figure = SnippetChooserBlock("stories.Figure", label=_("figure"))
    text = blocks.TextBlock(label=_("the sentence it proves"))

    class Meta:
        icon = "group"
        label = _("People")
        description = _("Three in five, as people.")
        template = "stories/blocks/people.html"
        value_class = PeopleValue


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    text = blocks.TextBlock(label=_("text"), required=False, default="")
    drawing = blocks.ChoiceBlock(label=_("drawing"), choices=drawing_choices, required=False, default="")


class CardsBlock(SourcedBlock):
    intro = blocks.TextBlock(label=_("introduction"), required=False, default="")
    style = blocks.ChoiceBlock(
        label=_("kind"),
        choices=[
            ("reasons", _("Reasons")),
            ("countries", _("Countries")),
            ("dangers", _("Dangers")),
            ("services", _("Services")),
            ("futures", _("Futures")),
        ],
    )
    items = blocks.ListBlock(CardBlock(), label=_("cards"))

    class Meta:
        icon = "list-ul"
        label = _("Cards")
        description = _("Reasons, countries, dangers, services or futures, each with a drawing.")
        template = "stories/blocks/cards.html"


class TemperatureBlock(SourcedBlock):
    hot_f = blocks.IntegerBlock(label=_("hottest, °F"))
    hot_c = blocks.IntegerBlock(label=_("hottest, °C"))
    hot_text = blocks.CharBlock(label=_("about the heat"))
    cold_text = blocks.CharBlock(label=_("about the cold"))

    class Meta:
        icon = "warning"
        label = _("Temperature")
        description = _("Heat and cold in both units.")
        template = "stories/blocks/temperature.html"


class FunnelBlock(SourcedBlock):
    text = blocks.TextBlock(label=_("text"), required=False, default="")
    stages = blocks.ListBlock(blocks.CharBlock(label=_("stage")), label=_("stages"))
    note = blocks.CharBlock(
        label=_("note"), help_text=_("If no numbers are published, say that the shape shows order only.")
    )

    class Meta:
        icon = "order-down"
        label = _("Narrowing")
        description = _("Fewer and fewer, in order; without numbers where none are published.")
        template = "stories/blocks/funnel.html"


class RouteBlock(SourcedBlock):
    text = blocks.TextBlock(label=_("text"), required=False, default="")
    stops = blocks.ListBlock(blocks.CharBlock(label=_("place")), label=_("places, in order"))

    class Meta:
        icon = "site"
        label = _("Route")
        description = _("The line of the journey with its places.")
        template = "stories/blocks/route.html"


class BarBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("label"))
    value = blocks.IntegerBlock(label=_("value"), min_value=0)
    figure = SnippetChooserBlock("stories.Figure", label=_("figure"), required=False)


class BarsValue(blocks.StructValue):
    def rows(self) -> list[dict]:
        """Each bar with its length in percent of the longest."""
        longest = max((item["value"] for item in self["items"]), default=0) or 1
        return [
            {
                "label": b["label"],
                "value": b["value"],
                "figure": b["figure"],
                "percent": round(100 * b["value"] / longest),
            }
            for b in self["items"]
        ]


class BarsBlock(SourcedBlock):
    description = blocks.TextBlock(label=_("what the chart shows, in words"))
    items = blocks.ListBlock(BarBlock(), label=_("bars"))

    class Meta:
        icon = "order"
        label = _("Bars")
        description = _("Numbers side by side, drawn to scale.")
        template = "stories/blocks/bars.html"
        value_class = BarsValue


class MomentBlock(blocks.StructBlock):
    when = blocks.CharBlock(label=_("when"))
    text = blocks.TextBlock(label=_("what happened"))
    source = blocks.CharBlock(label=_("source"), required=False, default="")


class TimelineBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    items = blocks.ListBlock(MomentBlock(), label=_("moments"))

    class Meta:
        icon = "history"
        label = _("Timeline")
        description = _("What happened when, and who says so.")
        template = "stories/blocks/timeline.html"


class InfographicBlock(blocks.StreamBlock):
    heading = BodyBlock.base_blocks["heading"]
    paragraph = BodyBlock.base_blocks["paragraph"]
    quote = QuoteBlock()
    number = NumberBlock()
    distance = DistanceBlock()
    people = PeopleBlock()
    cards = CardsBlock()
    temperature = TemperatureBlock()
    funnel = FunnelBlock()
    route = RouteBlock()
    bars = BarsBlock()
    timeline = TimelineBlock()
    act = ActBlock()
