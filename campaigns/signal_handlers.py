from home.signals import seed_demo


def connect() -> None:
    seed_demo.connect(seed_agenda, dispatch_uid="campaigns.seed_agenda")


def seed_agenda(sender, demo, **kwargs) -> None:
    from campaigns.demo.seed import seed

    seed(demo)
