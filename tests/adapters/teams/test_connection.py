"""Which addresses are sent a token, and which settings would leave the door open."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.connection import Connection, Misconfigured

GOOD: dict[str, Any] = {"app_id": "an-app", "secret": "a-secret", "tenants": ("a-tenant",)}


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/teams/",
        "https://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net/emea",
        "https://smba.trafficmanager.net/amer/0d5e7f00-0000-4000-8000-000000000001/",
        "https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net",
    ],
)
def test_every_region_of_the_public_cloud_is_trusted(url: str) -> None:
    assert Connection(**GOOD).serves(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        1,
        ["https://smba.trafficmanager.net/"],
        "smba.trafficmanager.net",
        "//smba.trafficmanager.net/",
        "http://smba.trafficmanager.net/",
        "wss://smba.trafficmanager.net/",
        "HTTPS://smba.trafficmanager.net.evil.example/",
        "https://x.trafficmanager.net/",
        "https://trafficmanager.net/",
        "https://evil.example/smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba-trafficmanager.net/",
        "https://smbatrafficmanager.net/",
        "https://xsmba.trafficmanager.net/",
        "https://a.smba.trafficmanager.net/",
        "https://smba.trafficmanager.net./",
        "https://SMBA.trafficmanager.net/",
        "https://smba.trafficmanager.net:444/",
        "https://smba.trafficmanager.net:99999/",
        "https://smba.trafficmanager.net//x",
        "https://smba.trafficmanager.net/./x",
        "https://smba.trafficmanager.net:443/",
        "https://smba.trafficmanager.net:/",
        "https://smba.trafficmanager.net:x/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user@smba.trafficmanager.net/",
        "https://user:word@smba.trafficmanager.net/",
        "https://@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/..;/",
        "https://smba.trafficmanager.net/../x",
        "https://smba.trafficmanager.net/%2e%2e/",
        "https://smba.trafficmanager.net/?x=1",
        "https://smba.trafficmanager.net/#x",
        "https://smba.trafficmanager.net?@evil.example",
        "https://smba.trafficmanager.net#@evil.example",
        " https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/ ",
        "https://smba.traffic\nmanager.net/",
        "https://smba.trafficmanager.net\t/",
        "https://smba。trafficmanager.net/",
        "https://ѕmba.trafficmanager.net/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::1",
        "https://169.254.169.254/metadata",
        "https://2130706433/",
        "https:///smba.trafficmanager.net/",
        "https:smba.trafficmanager.net/",
        "javascript:alert(1)",
    ],
)
def test_what_only_looks_like_it_is_not(url: object) -> None:
    assert not Connection(**GOOD).serves(url)


@given(st.text(alphabet="htps:/.@\\?#%smba.trafficmanager.net-evil:0123456789[] \t\n", max_size=60))
def test_whatever_is_trusted_is_on_that_very_host(rest: str) -> None:
    public = Connection(**GOOD)
    for url in (rest, f"https://{rest}", f"https://smba.trafficmanager.net{rest}"):
        if public.serves(url):
            assert url == "https://smba.trafficmanager.net" or url.startswith(
                "https://smba.trafficmanager.net/"
            )
            assert not {"@", "\\", "?", "#", "%"} & set(url)


def test_an_address_with_a_path_trusts_nothing_beside_that_path() -> None:
    known = ("http://127.0.0.1:8080/emea/", "https://smba.infra.gcc.teams.microsoft.com/teams")
    serves = Connection(**GOOD, service_urls=known).serves

    assert serves("http://127.0.0.1:8080/emea/")
    assert serves("http://127.0.0.1:8080/emea")
    assert not serves("http://127.0.0.1:8080/emeas")
    assert not serves("http://127.0.0.1:8080/")
    assert not serves("http://127.0.0.1:8081/emea/")
    assert serves("https://smba.infra.gcc.teams.microsoft.com/teams/")
    assert not serves("https://smba.trafficmanager.net/teams/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"app_id": ""}, "Without an app id"),
        ({"app_id": "", "secret": ""}, "Without an app id"),
        ({"secret": ""}, "client secret"),
        ({"tenants": ()}, "tenant"),
        ({"tenants": ("a-tenant", " ")}, "tenant"),
        ({"login_url": "http://login.microsoftonline.com"}, "https"),
        ({"openid_url": "http://login.botframework.com/"}, "https"),
        ({"openid_url": "https://user@login.botframework.com/"}, "https"),
        ({"service_urls": ("http://smba.trafficmanager.net/",)}, "https"),
        ({"service_urls": ("smba.trafficmanager.net",)}, "https"),
    ],
)
def test_a_connection_that_would_be_open_or_never_work_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        Connection(**(GOOD | wrong))


def test_a_managed_identity_needs_no_secret() -> None:
    assert Connection(**(GOOD | {"secret": "", "kind": "managed_identity"})).home == "a-tenant"


EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what must be refused


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "::", "", "10.0.0.1", "rapport.example", "127.0.0.1.evil.example"]
)
def test_without_an_app_id_only_this_machine_is_served(host: str) -> None:
    local = Connection(app_id="", tenants=("a-tenant",), insecure_local=True)
    for near in ("127.0.0.1", "::1", "localhost"):
        local.may_listen(near)
    Connection(**GOOD).may_listen(host)

    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1"):
        local.may_listen(host)


def test_a_connection_shows_no_secret() -> None:
    assert "a-secret" not in repr(Connection(**GOOD))
