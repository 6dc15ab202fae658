from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from home.images import without_metadata


class Picture(AbstractImage):
    """A picture whose original keeps nothing but its pixels.

    Where it was taken, when and with which camera is removed before the file is stored, in save(), so
    that uploads, choosers, imports and the shell are all covered.
    """

    credit = models.CharField(_("credit"), max_length=160, blank=True, help_text=_("Who drew or took it."))

    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_image", "Can choose image")]

    def save(self, *args, **kwargs) -> None:
        if self.file and not self.file._committed:
            self.file = ContentFile(without_metadata(self.file.file), name=self.file.name)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition"
            )
        ]
