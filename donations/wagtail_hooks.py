from wagtail import hooks
from wagtail.permissions import register_permission_policy

from donations.viewsets import MoneyGroup
from home.permissions import LookOnly

for viewset in MoneyGroup.items:
    register_permission_policy(viewset.model, LookOnly(viewset.model))


@hooks.register("register_admin_viewset")
def register_money() -> MoneyGroup:
    return MoneyGroup()
