"""Builds the demo's content from JSON: the English first, then the Spanish as real translations.

The Spanish is stored string by string in wagtail-localize, exactly as if a translator had typed it, so
staff can go on editing it there.
"""

import json
import uuid
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files import File
from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Locale, Page, Site
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.models import Picture

Model = TypeVar("Model", bound=models.Model)
PAGE = TypeVar("PAGE", bound=Page)
IDS = uuid.UUID("6f5b7f0e-0d4f-4f2c-9a55-9d5a3c1d7a10")
IMAGES = Path(__file__).parent / "images"
CREDIT = "Puente"
PASSWORD = "puente-demo"  # noqa: S105  (a demo account on a laptop; seed_demo refuses elsewhere)


class Demo:
    """What the seeders of all apps share: locales, pictures, figures by key, and how to make a page."""

    def __init__(self) -> None:
        self.english, _created = Locale.objects.get_or_create(language_code="en")
        self.spanish, _created = Locale.objects.get_or_create(language_code="es")
        # Sourced figures by their key in the JSON; stories fill it.
        self.figures: dict[str, models.Model] = {}
        # Run when every app has seeded: what leads from the ground floor to the floors above.
        self.finishers: list[Callable[[Demo], None]] = []

    @staticmethod
    def read(file: Path) -> Any:
        return json.loads(file.read_text(encoding="utf-8"))

    @cached_property
    def home(self) -> Page:
        """The English home page, which is the root of the site."""
        return Site.objects.get(is_default_site=True).root_page.specific

    @cached_property
    def alts(self) -> dict[str, dict[str, str]]:
        """What each picture shows, by its name and language."""
        return self.read(IMAGES / "alts.json")

    def user(self, name: str, *groups: str, superuser: bool = False) -> None:
        """A member of staff of the demo; an account that exists is left as it is."""
        model = get_user_model()
        if model.objects.filter(username=name).exists():
            return
        create = model.objects.create_superuser if superuser else model.objects.create_user
        user = create(username=name, email=f"{name}@puente.example", password=PASSWORD)
        user.groups.set(Group.objects.filter(name__in=groups))

    def picture(self, name: str, title: str = "") -> Picture | None:
        """The demo's picture of that name, uploaded once."""
        if not name:
            return None
        known = Picture.objects.filter(tags__name=f"demo:{name}").first()
        if known:
            return known
        file = next(file for file in sorted(IMAGES.glob(f"{name}.*")) if file.suffix != ".json")
        with file.open("rb") as handle:
            picture = Picture(
                title=title or name.replace("-", " ").capitalize(),
                file=File(handle, name=file.name),
                credit=CREDIT,
            )
            picture.save()
        picture.tags.add(f"demo:{name}")
        return picture

    def page(
        self,
        parent: Page,
        model: type[PAGE],
        *,
        slug: str,
        en: dict,
        es: dict,
        image: str = "",
        **shared: Any,
    ) -> PAGE:
        """The page with this slug below `parent`, made in both languages if it is not there yet.

        Args:
            en, es: field values; a "body" is a list of {"type", "value"} as the JSON has it.
            image: the name of the demo's picture at the head of the page.
            shared: field values that all languages have in common.
        """
        known = model.objects.child_of(parent).filter(slug=slug).first()
        if known:
            return known
        if image:
            shared["image"] = self.picture(image)
            en, es = (
                {"image_alt": self.alts[image][code], **values} for code, values in (("en", en), ("es", es))
            )
        page = model(slug=slug, locale=self.english, **shared, **self.fields(model, en))
        parent.add_child(instance=page)
        page.save_revision().publish()
        self.translate(page, es)
        return page

    def snippet(
        self, model: type[Model], known: models.QuerySet, *, en: dict, es: dict, **shared: Any
    ) -> Model:
        """The snippet in `known`, or a new one in both languages."""
        if found := known.filter(locale=self.english).first():
            return found
        made = model(locale=self.english, **shared, **en)
        made.save()
        self.translate(made, es)
        return made

    def fields(self, model: type[models.Model], values: dict) -> dict[str, Any]:
        """Field values of a page, with each stream in the form the database keeps."""
        made = dict(values)
        for name, value in values.items():
            if isinstance(field := model._meta.get_field(name), StreamField):
                stream_block = field.stream_block
                made[name] = stream_block.to_python(self._stream(stream_block, value, name))
        return made

    def translate(self, english: models.Model, spanish_values: dict) -> None:
        """Store the Spanish of `english` as translated strings and publish the result.

        Raises:
            ValueError: the two languages differ in shape; the message names the place.
        """
        source, _created = TranslationSource.update_or_create_from_instance(english)
        translation, _created = Translation.objects.get_or_create(source=source, target_locale=self.spanish)
        twin = type(english)._default_manager.get(pk=english.pk)
        for name, value in self.fields(type(english), spanish_values).items():
            if isinstance(type(english)._meta.get_field(name), models.ManyToOneRel):
                value = self._children(twin, name, value)
            setattr(twin, name, value)
        wanted: dict[str, list[str]] = {}
        for segment in extract_segments(twin):
            if isinstance(segment, StringSegmentValue):
                wanted.setdefault(segment.path, []).append(segment.string.data)
        rows: dict[str, list[StringSegment]] = {}
        for row in (
            StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order")
        ):
            rows.setdefault(row.context.path, []).append(row)
        for path, segments in rows.items():
            texts = wanted.get(path, [])
            if len(texts) != len(segments):
                raise ValueError(
                    f"{english}: {path} has {len(segments)} English strings, {len(texts)} Spanish"
                )
            for row, text in zip(segments, texts, strict=True):
                StringTranslation.objects.update_or_create(
                    translation_of_id=row.string_id,
                    locale=self.spanish,
                    context_id=row.context_id,
                    defaults={
                        "data": text,
                        "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                        "tool_name": "",
                    },
                )
        if isinstance(english, Page):
            # Left to itself wagtail-localize publishes after the outermost transaction, from a copy of the
            # page that knows nothing of the pages made below it since.
            translation.save_target(publish=False)
            english.get_translation(self.spanish).get_latest_revision().publish()
        else:
            translation.save_target(publish=True)

    def _children(self, twin: models.Model, name: str, rows: list[dict]) -> list[models.Model]:
        """The English children of a relation with the Spanish texts laid over them."""
        children = list(getattr(twin, name).all())
        for child, texts in zip(children, rows, strict=True):
            for field, text in texts.items():
                setattr(child, field, text)
        return children

    def _stream(self, block: blocks.StreamBlock, items: list[dict], path: str) -> list[dict]:
        return [
            {
                "type": item["type"],
                "value": self._value(block.child_blocks[item["type"]], item["value"], f"{path}.{i}"),
                "id": str(uuid.uuid5(IDS, f"{path}.{i}")),
            }
            for i, item in enumerate(items)
        ]

    def _value(self, block: blocks.Block, value: Any, path: str) -> Any:
        """One block's value as the database keeps it; both languages get the same ids."""
        if isinstance(block, ImageBlock):
            return {"image": self.picture(value["image"]).pk, "alt_text": value["alt"], "decorative": False}
        if isinstance(block, blocks.StructBlock):
            if "picture" in block.child_blocks:
                value = {**value, "picture": {"image": value["image"], "alt": value["alt"]}}
            return {
                name: self._value(child, value.get(name, child.get_default()), f"{path}.{name}")
                for name, child in block.child_blocks.items()
            }
        if isinstance(block, blocks.ListBlock):
            return [
                {
                    "type": "item",
                    "value": self._value(block.child_block, item, f"{path}.{i}"),
                    "id": str(uuid.uuid5(IDS, f"{path}.{i}")),
                }
                for i, item in enumerate(value)
            ]
        if isinstance(block, SnippetChooserBlock):
            return self.figures[value].pk if value else None
        return value
