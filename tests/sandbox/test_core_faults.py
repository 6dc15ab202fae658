"""Faults on demand: the rules, their HTTP API and their page."""

import pytest
import requests

from sandbox.faults import API_KINDS, Faults


def post(box, **fields: object) -> requests.Response:
    return requests.post(f"{box.url}/faults", json=fields, timeout=10)


def test_fault_fires_as_often_as_told_then_is_gone(box):
    answer = post(box, part="stripe", kind="error_500", count=2)
    assert answer.status_code == 201
    statuses = [requests.get(f"{box.url}/stripe/v1/balance", timeout=10).status_code for _ in range(3)]
    assert statuses == [500, 500, 401]
    assert requests.get(f"{box.url}/faults", timeout=10).json() == {"faults": []}


def test_fault_without_count_lasts_until_cleared(box):
    fault = post(box, part="stripe", kind="error_500", count=None).json()
    for _ in range(3):
        assert requests.get(f"{box.url}/stripe/v1/balance", timeout=10).status_code == 500
    assert requests.get(f"{box.url}/faults", timeout=10).json()["faults"][0]["fired"] == 3
    assert requests.delete(f"{box.url}/faults/{fault['id']}", timeout=10).status_code == 204
    assert requests.delete(f"{box.url}/faults/{fault['id']}", timeout=10).status_code == 404
    assert requests.delete(f"{box.url}/faults", timeout=10).status_code == 204
    assert requests.get(f"{box.url}/stripe/v1/balance", timeout=10).status_code == 401


def test_fault_is_limited_to_its_part_and_path(box):
    post(box, part="stripe", kind="error_500", path="/v1/refunds", count=None)
    assert requests.get(f"{box.url}/stripe/v1/balance", timeout=10).status_code == 401
    assert requests.get(f"{box.url}/stripe/v1/refunds", timeout=10).status_code == 500
    assert requests.get(f"{box.url}/stripe/", timeout=10).status_code == 200


def test_same_seed_gives_the_same_misfortune():
    def fate(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("stripe", "error_500", count=None, rate=0.5)
        return [faults.take("stripe", "/", API_KINDS) is not None for _ in range(40)]

    assert fate(3) == fate(3)
    assert fate(3) != fate(4)
    assert 5 < sum(fate(3)) < 35


def test_seed_can_be_set_again(box):
    def fate() -> list[int]:
        post(box, part="stripe", kind="error_500", count=None, rate=0.5, seed=9)
        got = [requests.get(f"{box.url}/stripe/v1/balance", timeout=10).status_code for _ in range(12)]
        requests.delete(f"{box.url}/faults", timeout=10)
        return got

    assert fate() == fate()


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "paypal"},
        {"kind": "earthquake"},
        {"count": 0},
        {"count": "many"},
        {"rate": 2},
        {"rate": -0.5},
        {"seconds": -1},
        {"seconds": 6000},
        {"seconds": "long"},
        {"seed": "x"},
    ],
)
def test_senseless_fault_is_refused(box, wrong):
    answer = post(box, **{"part": "stripe", "kind": "timeout"} | wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert box.faults.active() == []


def test_body_that_is_no_object_is_refused(box):
    assert requests.post(f"{box.url}/faults", json=[1], timeout=10).status_code == 400
    garbage = requests.post(
        f"{box.url}/faults", data="{", headers={"Content-Type": "application/json"}, timeout=10
    )
    assert garbage.status_code == 400


def test_page_adds_and_clears_without_javascript(box):
    html = {"Accept": "text/html"}
    form = {
        "part": "mailgun",
        "kind": "webhook_drop",
        "count": "",
        "rate": "1",
        "seconds": "",
        "path": "opened",
    }
    page = requests.post(f"{box.url}/faults", data=form, headers=html, timeout=10)
    assert "Webhook never sent" in page.text
    assert "∞" in page.text
    (fault,) = box.faults.active()
    assert (fault.count, fault.path) == (None, "opened")
    requests.post(f"{box.url}/faults/{fault.id}/clear", headers=html, timeout=10)
    assert box.faults.active() == []
    box.faults.add("stripe", "timeout")
    requests.post(f"{box.url}/faults/clear", headers=html, timeout=10)
    assert box.faults.active() == []


def test_page_keeps_what_was_typed_when_it_refuses(box):
    form = {"part": "mailgun", "kind": "webhook_delay", "count": "3", "rate": "7", "path": "opened"}
    page = requests.post(f"{box.url}/faults", data=form, headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    for kept in (
        'value="opened"',
        'value="7"',
        '<option value="webhook_delay" selected>',
        "<option selected>mailgun",
    ):
        assert kept in page.text
