"""Who among the staff may do what. Each app names its own roles; an editor sees no money and no letters."""

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

# Wagtail makes Editors and Moderators itself; both work on pages and pictures only.
ROLES: Mapping[str, Sequence[str]] = {
    "Editors": ["wagtailadmin.access_admin"],
    "Moderators": ["wagtailadmin.access_admin", "home.change_sitewords"],
    "Support": ["wagtailadmin.access_admin", "home.view_outboxmail"],
}


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
