import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Supporter(models.Model):
    """A person who gave or wrote. One row per address; what they did are facts of their own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("email"), unique=True, help_text=_("Always in lower case."))
    name = models.CharField(_("name"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or str(self.public_id)


class Attributed(models.Model):
    """A fact that remembers which story moved the person: by the key that all its languages share.

    The title is a snapshot, so that the fact still reads well when the page is gone.
    """

    story_key = models.UUIDField(_("story"), null=True, blank=True, db_index=True)
    story_title = models.CharField(_("story's title"), max_length=255, blank=True)

    class Meta:
        abstract = True
