from home.signals import seed_demo, sweep


def connect() -> None:
    sweep.connect(sweep_deliveries, dispatch_uid="advocacy.sweep_deliveries")
    seed_demo.connect(seed_letters, dispatch_uid="advocacy.seed_letters")


def sweep_deliveries(sender, **kwargs) -> None:
    from advocacy.models import Delivery
    from home.outbox import drain, settle

    settle(Delivery)
    drain(Delivery)


def seed_letters(sender, demo, **kwargs) -> None:
    from advocacy.demo.seed import seed

    seed(demo)
