"""Loopback names lead to the dashboard; a one-time link signs in; a stranger sees nothing."""

from playwright.sync_api import Browser, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation
from tests.e2e.journey import sign_in


def test_loopback_names_lead_to_the_dashboard(installation: Installation) -> None:
    for name in ("localhost", "127.0.0.1"):
        answer = ask(installation, f"{name}:{installation.port}", "/x?y=1")
        assert answer.status in {302, 307, 308}
        assert answer.headers["location"] == f"{installation.dashboard}/x?y=1"


def test_a_stranger_is_led_to_the_sign_in_page(
    installation: Installation, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://localhost:{installation.port}/")
    expect(page.get_by_text("podium login-link")).to_be_visible()
    assert page.url.startswith(installation.dashboard)
    context.close()


def test_a_link_signs_in_once(installation: Installation, browser: Browser) -> None:
    link = installation.login_link()
    first = browser.new_context()
    page = first.new_page()
    page.goto(link)
    expect(page.get_by_label("Repository URL")).to_be_visible()
    first.close()
    second = browser.new_context()
    page = second.new_page()
    page.goto(link)
    expect(page.get_by_text("used")).to_be_visible()
    second.close()


def test_sign_out_ends_the_session(installation: Installation, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, installation)
    cookies = context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("podium login-link")).to_be_visible()
    context.add_cookies(cookies)
    page.goto(installation.dashboard)
    expect(page.get_by_text("podium login-link")).to_be_visible()
    context.close()
