"""Rows that are written once: books and histories are corrected by a new entry, never by a change."""

from django.db import models


class WrittenOnce(Exception):
    """Somebody tried to change or remove a row of a history."""


class WrittenOnceQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise WrittenOnce(f"{self.model.__name__} rows are never changed.")

    def delete(self):
        raise WrittenOnce(f"{self.model.__name__} rows are never removed.")


class WrittenOnceModel(models.Model):
    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        abstract = True
        # related managers and the admin go through the same door
        base_manager_name = "objects"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise WrittenOnce(f"{type(self).__name__} rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise WrittenOnce(f"{type(self).__name__} rows are never removed.")
