"""A browser or its driver is not in the image.

What happened
-------------
Tests drive a browser (Playwright, Selenium), and the image has no browser, no driver, or lacks the libraries
that a browser needs.

What to do
----------
Playwright: run `playwright install --with-deps chromium` before the tests, with the same version as the
package, or use its image. Selenium: install `chromium` and `chromium-driver`, or run the browser as a service
(`selenium/standalone-chrome`).

References
----------
- Playwright, continuous integration: https://playwright.dev/python/docs/ci
- Selenium, drivers: https://www.selenium.dev/documentation/webdriver/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SCRIPT_OR_TEST, Sign

PLAYWRIGHT = "Run `playwright install --with-deps` before the tests, or use Playwright's image."

CAUSE = Cause(
    id="missing-browser",
    signs=(
        Sign(
            literal="Executable doesn't exist at",
            pattern=r"Executable doesn't exist at (?P<path>\S+)",
            message="Playwright finds no browser at `{path}`. " + PLAYWRIGHT,
            kind="command",
            subject="{path}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="missing dependencies to run browsers",
            message="The image lacks libraries that the browser needs. " + PLAYWRIGHT,
            kind="command",
            subject="browser",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="playwright install",
            pattern=r"(?:npx )?playwright install",
            message="Playwright's browsers are not installed. " + PLAYWRIGHT,
            kind="command",
            subject="playwright browser",
            where=SCRIPT_OR_TEST,
            unless=r"^\$",
        ),
        Sign(
            literal=("chrome: not found", "chrome-stable: not found", "chromium: not found", "browser: not found"),
            pattern=r"\b(?P<name>google-chrome(?:-stable)?|chrome|chromium(?:-browser)?): not found",
            message=(
                "The image has no `{name}`. Install a browser and its driver, or run the browser as a service."
            ),
            kind="command",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="executable needs to be in PATH",
            pattern=r"'(?P<name>\w+)' executable needs to be in PATH",
            message=(
                "Selenium does not find `{name}`. Install it with its browser, or run the browser as a service."
            ),
            kind="command",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=(
                "cannot find Chrome binary",
                "no chrome binary at",
                "Unable to locate or obtain driver",
                "unable to obtain driver for",
                "Unable to obtain driver",
            ),
            pattern=(
                r"(?i)(?P<why>cannot find Chrome binary|no chrome binary at|unable to (?:locate or )?obtain "
                r"driver)"
            ),
            message=(
                "Selenium finds no browser or driver ({why}). Install `chromium` and `chromium-driver`, or run "
                "the browser as a service."
            ),
            kind="command",
            subject="chrome chromedriver browser",
            where=SCRIPT_OR_TEST,
        ),
    ),
    outranks=("test-failure", "missing-system-package", "file-missing"),
)
