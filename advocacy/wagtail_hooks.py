from wagtail import hooks
from wagtail.permissions import register_permission_policy

from advocacy.viewsets import LetterGroup
from home.permissions import LookOnly

for viewset in LetterGroup.items:
    register_permission_policy(viewset.model, LookOnly(viewset.model))


@hooks.register("register_admin_viewset")
def register_letters() -> LetterGroup:
    return LetterGroup()
