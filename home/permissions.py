from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy


class LookOnly(ModelPermissionPolicy):
    """For facts: staff may see them, by the model's own "view" permission.

    Nobody may add, change or delete them in the admin; not even an administrator.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: list[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: list[str]) -> QuerySet:
        if "view" in actions:
            return super().users_with_any_permission(["view"])
        return get_user_model()._default_manager.none()
