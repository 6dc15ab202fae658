from home.signals import seed_demo, sweep


def connect() -> None:
    sweep.connect(sweep_money, dispatch_uid="donations.sweep_money")
    seed_demo.connect(seed_give_page, dispatch_uid="donations.seed_give_page")


def sweep_money(sender, **kwargs) -> None:
    from donations.services import look_after_open_gifts, process_due_events

    process_due_events()
    look_after_open_gifts()


def seed_give_page(sender, demo, **kwargs) -> None:
    from donations.demo.seed import seed

    seed(demo)
