"""The blocks that every body of words is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

RICH = ["bold", "italic", "ol", "ul", "link", "document-link"]


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("words"))
    attribution = blocks.CharBlock(label=_("who says so"), required=False, default="")

    class Meta:
        icon = "openquote"
        label = _("Pull quote")
        description = _("A sentence worth stopping at.")
        template = "components/blocks/quote.html"
        preview_value = {"text": "A child is a child first.", "attribution": ""}


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, default="")
    credit = blocks.CharBlock(label=_("credit"), required=False, default="")

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with its caption and credit.")
        template = "components/blocks/picture.html"


class FigureBlock(blocks.StructBlock):
    # The label by name: the model stands one floor up.
    figure = SnippetChooserBlock("stories.Figure", label=_("figure"))
    text = blocks.TextBlock(label=_("the sentence it proves"))

    class Meta:
        icon = "doc-full"
        label = _("Sourced figure")
        description = _("A number with its source and year, beside the sentence it proves.")
        template = "components/blocks/figure.html"


class ActBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    text = blocks.TextBlock(label=_("text"), required=False, default="")
    kind = blocks.ChoiceBlock(
        label=_("what to offer"),
        choices=[("both", _("Give and write")), ("give", _("Give")), ("write", _("Write to Congress"))],
        default="both",
    )

    class Meta:
        icon = "pick"
        label = _("Call to act")
        description = _("The two buttons, equal in size: give, write.")
        template = "components/blocks/act.html"
        preview_value = {
            "title": "What you can do",
            "text": "Two ways to stand beside a child.",
            "kind": "both",
        }


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(
        label=_("Heading"),
        icon="title",
        template="components/blocks/heading.html",
        preview_value="What happened",
        description=_("A heading inside the page."),
    )
    paragraph = blocks.RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=RICH,
        template="components/blocks/paragraph.html",
        preview_value="<p>Say what happened, say who says so, say what can be done.</p>",
        description=_("Paragraphs, lists and links."),
    )
    quote = QuoteBlock()
    picture = PictureBlock()
    figure = FigureBlock()
    act = ActBlock()
