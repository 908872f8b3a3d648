"""A headless Chromium, driven by the DevTools protocol over a pipe: no port, no further package.

with Chromium(folder) as page:
    page.open("http://127.0.0.1:8000")
    page.wait("document.title")
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TIMEOUT_S = 30.0
# What DevTools calls the keys that are held, and keys that are no character.
_MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
_CODES = {
    "Enter": 13,
    "Escape": 27,
    "Delete": 46,
    "Backspace": 8,
    "Tab": 9,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
    "PageDown": 34,
    "PageUp": 33,
}
# Kept clear of 3 and 4 first: either number may be the other pipe's.
_LAUNCH = """
import os, sys
into, out = (os.dup(os.dup(os.dup(int(number)))) for number in sys.argv[1:3])
os.dup2(into, 3)
os.dup2(out, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""


def find_browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class Chromium:
    """One tab. `requests` are URLs asked of the network, `complaints` what was logged as errors."""

    def __init__(self, browser: str, profile: Path) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._count = 0
        self._buffer = b""
        # The browser reads commands from its descriptor 3 and writes to its 4.
        self._from_browser, out = os.pipe()
        into, self._to_browser = os.pipe()
        command = [browser, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(  # noqa: S603 - a browser that was found
            [sys.executable, "-c", _LAUNCH, str(into), str(out), *command, "about:blank"],
            pass_fds=(into, out),
            stderr=subprocess.DEVNULL,
        )
        os.close(into)
        os.close(out)
        self._session: str | None = None

    def __enter__(self) -> Chromium:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "DOM", "Accessibility"):
            self.call(f"{domain}.enable")
        return self

    def kill(self) -> None:
        """As when a machine loses its power: the page is told nothing."""
        self._process.kill()
        self._process.wait(timeout=_TIMEOUT_S)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=_TIMEOUT_S)
        os.close(self._to_browser)
        os.close(self._from_browser)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to_browser, json.dumps(message).encode() + b"\0")
        ends_at = time.monotonic() + _TIMEOUT_S
        while (said := self._next(ends_at)).get("id") != self._count:
            self._note(said)
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        # A script that is deferred listens to nothing before that.
        arrived = f"location.href.startsWith({json.dumps(url)})"
        self.wait(f"{arrived} && document.readyState === 'complete'")

    def run(self, expression: str) -> Any:
        """Value of a JavaScript expression; a promise is awaited."""
        said = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def wait(self, expression: str) -> None:
        """Return when it is true; an element that is found is true."""
        ends_at = time.monotonic() + _TIMEOUT_S
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < ends_at, expression
            time.sleep(0.05)

    def choose_file(self, selector: str, file: Path) -> None:
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])

    def hover(self, selector: str) -> None:
        """Put the pointer on the middle of an element."""
        middle = (
            f"(({{left, top, width, height}}) => [left + width / 2, top + height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        x, y = self.run(middle)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def keys(self, *keys: str) -> None:
        """Press keys one after another as a person does: "a", "Enter", "Control+z"."""
        for said in keys:
            *held, key = said.split("+") if len(said) > 1 else [said]
            modifiers = sum(_MODIFIERS[name] for name in held)
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 and not held else "")
            code = _CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)
            about = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            if text:
                about |= {"text": text}
            self.call("Input.dispatchKeyEvent", type="keyDown", **about)
            self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def click(self, selector: str) -> None:
        """The left button on the middle of an element, which is brought into view first."""
        self.drag(at := self.middle(selector), at)

    def middle(self, selector: str) -> tuple[float, float]:
        x, y = self.run(
            f"(element => {{ element.scrollIntoView({{block: 'nearest'}}); "
            "const {left, top, width, height} = element.getBoundingClientRect(); "
            f"return [left + width / 2, top + height / 2] }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        return x, y

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Hold the left button from one point of the window to another."""
        steps = [start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end]
        for kind, (x, y) in zip(
            ("mouseMoved", "mousePressed", "mouseMoved", "mouseMoved", "mouseReleased"),
            (start, start, *steps[1:], end),
            strict=True,
        ):
            held = {} if kind == "mouseMoved" and (x, y) == start else {"button": "left"}
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, clickCount=1, **held)

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def darken(self, *, dark: bool) -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def taken(self) -> bytes:
        """What is seen, as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def screenshot(self, file: Path) -> None:
        file.write_bytes(self.taken())

    def _next(self, ends_at: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from_browser], [], [], ends_at - time.monotonic())
            chunk = os.read(self._from_browser, 65536) if ready else b""
            assert chunk, "the browser says nothing any more"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        said: dict[str, Any] = json.loads(message)
        return said

    def _note(self, said: dict[str, Any]) -> None:
        parameters = said.get("params", {})
        if said.get("method") == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith("data:"):
                self.requests.append(url)
        elif said.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.complaints.append(parameters["entry"]["text"])
        elif said.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(parameters["exceptionDetails"]))
