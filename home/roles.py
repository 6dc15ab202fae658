"""Who among the staff may do what. Each app names its own roles; an editor sees no money and no letters."""

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission

# Wagtail makes Editors and Moderators itself; both work on pages and pictures only.
ROLES: Mapping[str, Sequence[str]] = {
    "Editors": ["wagtailadmin.access_admin", "wagtail_localize.submit_translation"],
    "Moderators": [
        "wagtailadmin.access_admin",
        "wagtail_localize.submit_translation",
        "home.view_sitewords",
        "home.change_sitewords",
    ],
    "Support": ["wagtailadmin.access_admin", "home.view_outboxmail"],
}
# Pictures are permitted by collection; Wagtail's own migration knows only its own image model.
PICTURE_ROLES = ("Editors", "Moderators")
PICTURE_PERMISSIONS = ("add_picture", "change_picture", "choose_image")


def grant_pictures() -> None:
    """Let those who edit pages add, change and choose pictures, in every collection."""
    root = Collection.get_first_root_node()
    permissions = Permission.objects.filter(content_type__app_label="home", codename__in=PICTURE_PERMISSIONS)
    for group in Group.objects.filter(name__in=PICTURE_ROLES):
        for permission in permissions:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=permission
            )


def grant(roles: Mapping[str, Sequence[str]]) -> None:
    """Create each group and add its permissions ("app.codename"). Nothing that staff added is taken away.

    Raises:
        Permission.DoesNotExist: a role names a permission that no app has.
    """
    # Home is migrated first: the permissions of the apps after it may not be there yet.
    for app in {label.split(".")[0] for labels in roles.values() for label in labels}:
        create_permissions(apps.get_app_config(app), verbosity=0)
    for name, labels in roles.items():
        group, _created = Group.objects.get_or_create(name=name)
        for label in labels:
            app, codename = label.split(".")
            group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
