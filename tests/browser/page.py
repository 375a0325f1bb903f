"""The local page as somebody uses it: what one sees, what one does."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect


def _wrong(said: ConsoleMessage) -> bool:
    """Chromium reports each answer 422 as an error; for a form that wants correcting it is the normal one."""
    return said.type == "error" and "status of 422" not in said.text


@dataclass(frozen=True, slots=True)
class LocalPage:
    """One open browser page; ``problems`` gathers whatever the browser complained about."""

    page: Page
    address: str
    problems: list[str]

    @classmethod
    def at(cls, page: Page, address: str) -> "LocalPage":
        found = cls(page, address, [])
        page.on("console", lambda said: found.problems.append(said.text) if _wrong(said) else None)
        page.on("pageerror", lambda error: found.problems.append(str(error)))
        return found

    def open(self, person: str = "", *, walk: bool = False) -> "LocalPage":
        """Go to the page, as somebody; the first walk is left unless asked for."""
        if not walk:
            self.page.add_init_script(
                "localStorage.getItem('rapport.walk') ?? localStorage.setItem('rapport.walk', 'left')"
            )
        self.page.goto(f"{self.address}/#{person}")
        expect(self.page.locator("#you h2")).to_be_visible()
        return self

    def be(self, name: str) -> None:
        """Become somebody, by the list of people."""
        if self.narrow:
            self.tab("People")
        self.page.get_by_role("navigation", name="People you can be").get_by_role(
            "button", name=name
        ).first.click()
        expect(self.page.locator("#you h2")).to_contain_text(name)

    def look(self, name: str) -> "LocalPage":
        """Have the messages drawn as a platform would draw them."""
        self.page.get_by_role("radio", name=name, exact=True).check()
        expect(self.page.locator(f'body[data-look="{name.lower()}"]')).to_be_visible()
        return self

    def tab(self, name: str) -> None:
        """Go to a part of the page where it is one column."""
        self.page.get_by_role("navigation", name="Parts of the page").get_by_role("button", name=name).click()

    @property
    def narrow(self) -> bool:
        return self.page.locator("#tabs").is_visible()

    @property
    def cards(self) -> Locator:
        """Everything that stands in the conversation, oldest first."""
        return self.page.locator(".msg")

    @property
    def newest(self) -> Locator:
        return self.cards.last

    @property
    def form(self) -> Locator:
        """The form that was opened last."""
        return self.page.locator(".msg.form").last

    def card(self, title: str) -> Locator:
        return self.cards.filter(has=self.page.get_by_role("heading", name=title, exact=True)).last

    def tap(self, option: str, card: Locator | None = None) -> None:
        """Press a button, by its words or the beginning of them."""
        (card or self.page.locator("#thread")).get_by_role("button", name=option).last.click()

    def pick(self, question: str, option: str) -> None:
        """Choose one option of a question of the open form."""
        self.form.get_by_role("group", name=question).get_by_role("radio", name=option).check()

    def write(self, question: str, text: str) -> None:
        self.form.get_by_role("textbox", name=question).fill(text)

    def say(self, text: str) -> None:
        """Type a line and send it."""
        line = self.page.locator("#line")
        line.fill(text)
        line.press("Escape")
        line.press("Enter")
        expect(line).to_have_value("")

    def curtain(self) -> Locator:
        """Look behind the curtain, wherever it is on a page of this width."""
        behind = self.page.get_by_role("region", name="Behind the curtain")
        if self.narrow:
            self.tab("Curtain")
        elif not behind.is_visible():
            self.page.get_by_role("button", name="Behind the curtain").click()
        return behind

    def move(self, label: str, timeout_s: float = 60) -> None:
        """Move the clock by one of its moves and wait until everything has settled."""
        self.curtain().get_by_role("button", name=label, exact=True).click()
        expect(self.page.locator("body.moving")).to_have_count(0, timeout=timeout_s * 1000)
        expect(self.page.locator("#doing")).to_be_empty()

    def shoot(self, file: Path) -> None:
        """Keep a picture, to be looked at."""
        self.page.screenshot(path=file)
