#!/usr/bin/env python3
"""Opens a report in headless Chromium and uses its map as a person would: points, draws, filters, searches, zooms.

usage: report-in-browser.py PAGE [--shots FOLDER] [--width 1400] [--height 1000]

Prints what it saw as JSON; whoever calls it judges. Standard library alone: it speaks the DevTools protocol over a pipe.
Exit status 69 where there is no Chromium. --shots also leaves screenshots (two widths, light and dark) and a PDF.
"""
import argparse
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE_S = 60


class Browser:
    """A Chromium of its own, with one page."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="report-browser-")
        commands, self.commands = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in os.pipe())
        self.answers, answers = (fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in os.pipe())

        def pipes():
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={self.profile}",
             "--no-first-run", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=True,
            pass_fds=(3, 4), preexec_fn=pipes)
        os.close(commands)
        os.close(answers)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def receive(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.answers, 1 << 20) if ready else b""
            if not chunk:
                raise TimeoutError("Chromium does not answer")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        write_all(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def run(self, script):
        """The value of a script; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", script))
        return result["result"].get("value")

    def wait(self, script):
        """Until the script gives something true, which is returned."""
        deadline = time.monotonic() + PATIENCE_S
        while not (value := self.run(script)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"never: {script}")
            time.sleep(0.02)
        return value

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector):
        x, y = self.run(f"""(() => {{ const element = document.querySelector({json.dumps(selector)});
          element.scrollIntoView({{block: "center", behavior: "instant"}});
          const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    def show(self, width, height, scheme="light"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, page):
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.wait("document.readyState === 'complete'")

    def faults(self):
        """What went wrong in the page, and what it asked of a network."""
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
            elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                found.append(parameters["entry"]["text"])
            elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
                found.append(str(parameters["args"]))
            elif event.get("method") == "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                if not address.startswith(("file:", "data:", "blob:", "about:")):
                    found.append(f"asked for {address}")
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


# The sample that is drawn nearest to a place of the canvas, found without what the page finds it by.
NEAREST = """(x, y) => { let best = [-1, Infinity];
  for (let index = 0; index < sampleMap.count; index++) {
    const [left, top] = sampleMap.place(index), distance = Math.hypot(left - x, top - y);
    if (distance < best[1]) best = [index, distance]; }
  return best; }"""
CARD = """(() => { const card = document.querySelector(".sample-card:not([hidden])"); if (!card) return null;
  const face = card.querySelector("canvas.face"); let mean = null;
  if (face) { const {data} = face.getContext("2d").getImageData(0, 0, face.width, face.height); mean = [0, 1, 2].map(
    channel => { let sum = 0; for (let at = channel; at < data.length; at += 4) sum += data[at]; return sum / data.length * 4; }); }
  return {key: card.querySelector("code").textContent, face: mean,
    facts: Object.fromEntries([...card.querySelectorAll("dl div")].map(row => [...row.children].map(cell => cell.textContent)))}; })()"""
COUNT = "Number(document.querySelector('.status').textContent.split(/ of | samples/)[0].replace(/\\D/g, ''))"


def canvas_box(browser):
    return browser.run("""(() => { const canvas = document.querySelector("canvas.points");
      canvas.scrollIntoView({block: "center", behavior: "instant"});
      const box = canvas.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })()""")


def use_map(browser, downloads):
    """Everything that a person does with the map, and what came of it."""
    seen = {"firstDrawingMilliseconds": browser.wait("(performance.getEntriesByName('map-drawn')[0] || {}).startTime")}
    seen["count"] = browser.run("sampleMap.count")
    seen["shown"] = browser.run(COUNT)
    seen["pointPixels"] = browser.run("""(() => { const canvas = document.querySelector("canvas.points");
      const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height); let count = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] !== data[0] || data[at + 1] !== data[1] || data[at + 2] !== data[2]) count++;
      return count; })()""")
    seen["colours"] = browser.run("""(() => { const canvas = document.querySelector("canvas.points");
      const values = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer), counts = new Map();
      for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
      return [...counts.values()].filter(count => count > 20).length; })()""")

    left, top, width, height = canvas_box(browser)
    seen["hovers"] = []
    count = seen["count"]
    for sample in sorted({0, 1, count // 7, count // 3, count // 2, count * 4 // 5, count - 1}):
        x, y = browser.run(f"sampleMap.place({sample})")
        browser.mouse("mouseMoved", left + 2, top + 2)
        browser.mouse("mouseMoved", left + x, top + y)
        nearest, _ = browser.run(f"({NEAREST})({round(left + x) - left}, {round(top + y) - top})")
        card = browser.wait(CARD)
        time.sleep(0.1)
        card = browser.run(CARD)
        expected = browser.run(f"sampleMap.key({nearest})")
        place, shown = browser.run(f"""(() => {{ let found = -1;
          for (let index = 0; index < sampleMap.count; index++) if (sampleMap.key(index) === {json.dumps(card["key"])}) found = index;
          return [sampleMap.place({nearest}), sampleMap.place(found)]; }})()""")
        seen["hovers"].append({**card, "sample": sample, "expected": expected,
                               "apart": max(abs(place[0] - shown[0]), abs(place[1] - shown[1]))})

    browser.run("document.querySelector('.side .values input').click()")
    seen["shownWithoutFirstValue"] = browser.run(COUNT)
    seen["firstValueCount"] = browser.run("Number(document.querySelector('.side .values output').textContent.replace(/\\D/g, ''))")
    browser.run("document.querySelector('.side .values input').click()")
    key = browser.run("sampleMap.key(Math.floor(sampleMap.count / 2))")
    browser.run(f"""(() => {{ const search = document.querySelector("input[type=search]"); search.value = {json.dumps(key)};
      search.dispatchEvent(new Event("input")); }})()""")
    seen["shownBySearch"] = browser.run(COUNT)
    name = key.split("/")[-4] if key.count("/") >= 4 else key
    name = "".join(part if place == 0 else chr(int(part[:2], 16)) + part[2:] for place, part in enumerate(name.split("=")))
    browser.run(f"""(() => {{ const search = document.querySelector("input[type=search]"); search.value = {json.dumps(name.upper())};
      search.dispatchEvent(new Event("input")); }})()""")
    seen["shownByFileName"] = browser.run(COUNT)
    browser.run("[...document.querySelectorAll('.tools button')].find(button => button.textContent === 'Show all').click()")
    seen["shownAgain"] = browser.run(COUNT)

    browser.run("[...document.querySelectorAll('.tools button')].find(button => button.textContent === 'Lasso').click()")
    left, top, width, height = canvas_box(browser)
    corners = [(4, 4), (width * 0.6, 4), (width * 0.6, height - 4), (4, height - 4), (4, 8)]
    seen["lassoExpected"] = browser.run(f"""(() => {{ let count = 0;
      for (let index = 0; index < sampleMap.count; index++) {{ const [x, y] = sampleMap.place(index);
        if (x > 4 && x < {width * 0.6} && y > 4 && y < {height - 4}) count++; }} return count; }})()""")
    browser.mouse("mouseMoved", left + 4, top + 4)
    browser.mouse("mousePressed", left + 4, top + 4, button="left", clickCount=1)
    for x, y in corners:
        browser.mouse("mouseMoved", left + x, top + y, button="left", buttons=1)
    browser.mouse("mouseReleased", left + 4, top + 8, button="left", clickCount=1)
    seen["lassoTitle"] = browser.run("document.querySelector('.chosen-head b').textContent")
    seen["lassoCount"] = browser.run("Number(document.querySelector('.chosen-head b').textContent.replace(/\\D/g, ''))")
    seen["lassoRows"] = browser.run("document.querySelectorAll('.chosen-row').length")
    seen["lassoFirstKey"] = browser.run("document.querySelector('.chosen-row code').textContent")
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
    browser.run("[...document.querySelectorAll('.chosen button')].find(button => button.textContent === 'Download CSV').click()")
    file, deadline = downloads / "samples.csv", time.monotonic() + PATIENCE_S
    while not file.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    seen["downloadedLines"] = file.read_text().count("\n") if file.is_file() else 0
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.run("[...document.querySelectorAll('.chosen button')].find(button => button.textContent === 'Copy keys').click()")
    browser.wait("[...document.querySelectorAll('.chosen button')].some(button => button.textContent === 'Copied')")
    seen["copiedLines"] = browser.run("(async () => { try { return (await navigator.clipboard.readText()).trim().split('\\n').length; } catch (error) { return String(error); } })()")
    browser.run("[...document.querySelectorAll('.tools button')].find(button => button.textContent === 'Lasso').click()")

    before = browser.run("sampleMap.place(0)[0] - sampleMap.place(sampleMap.count - 1)[0]")
    for _ in range(4):
        browser.mouse("mouseWheel", left + width / 2, top + height / 2, deltaX=0, deltaY=-240)
    browser.wait("performance.now() > 0")
    time.sleep(0.3)
    after = browser.run("sampleMap.place(0)[0] - sampleMap.place(sampleMap.count - 1)[0]")
    seen["zoomedBy"] = after / before if before else None
    seen["drawingMilliseconds"] = browser.run("""(async () => { const canvas = document.querySelector("canvas.points"), times = [];
      const frame = () => new Promise(done => requestAnimationFrame(done));
      for (let turn = 0; turn < 12; turn++) { const start = performance.now();
        canvas.dispatchEvent(new KeyboardEvent("keydown", {key: turn % 2 ? "ArrowLeft" : "ArrowRight"}));
        await frame(); await new Promise(done => setTimeout(done)); times.push(performance.now() - start); }
      return times.sort((a, b) => a - b)[6]; })()""")
    browser.run("document.querySelector('canvas.points').dispatchEvent(new KeyboardEvent('keydown', {key: '0'}))")
    browser.run("document.querySelector('canvas.points').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")

    seen["attributes"] = browser.run("""(() => { const select = [...document.querySelectorAll(".choice")]
      .find(item => item.textContent.startsWith("Colour")).querySelector("select"), names = [];
      for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event("change"));
        names.push(document.querySelector(".side h3").textContent); }
      const strip = document.querySelector(".strip") !== null; select.value = "0"; select.dispatchEvent(new Event("change"));
      return {names, strip}; })()""")
    seen["planes"] = browser.run("""(() => { const choice = [...document.querySelectorAll(".choice")].find(item => item.textContent.startsWith("Map"));
      if (!choice) return 1; const select = choice.querySelector("select"); let moved = 0;
      for (const option of [...select.options].reverse()) { const before = sampleMap.place(0)[0];
        select.value = option.value; select.dispatchEvent(new Event("change")); if (sampleMap.place(0)[0] !== before) moved++; }
      return moved; })()""")
    return seen


def take_shots(browser, page, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for width in (1400, 420):
        for scheme in ("light", "dark"):
            browser.show(width, 1000, scheme)
            browser.open(page)
            time.sleep(1)
            size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
            shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip={
                "x": 0, "y": 0, "width": width, "height": min(size["height"], 12000), "scale": 1})
            (folder / f"{width}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
            (folder / f"{width}-{scheme}.txt").write_text(f"{size['width']} {size['height']}\n")
    browser.show(1400, 1000)
    browser.open(page)
    time.sleep(1)
    paper = browser.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)
    (folder / "print.pdf").write_bytes(base64.b64decode(paper["data"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--shots", type=Path, help="folder for screenshots and a PDF")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=1000)
    arguments = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("report-in-browser: no chromium on the path; install Debian's package chromium", file=sys.stderr)
        sys.exit(69)
    browser = Browser(program)
    try:
        browser.show(arguments.width, arguments.height)
        browser.open(arguments.page)
        seen = {"pageWidth": browser.run("document.documentElement.scrollWidth"), "hasMap": browser.run(
            "document.querySelector('.explorer') !== null")}
        if seen["hasMap"]:
            with tempfile.TemporaryDirectory() as downloads:
                seen.update(use_map(browser, Path(downloads)))
        seen["faults"] = browser.faults()
        if arguments.shots:
            take_shots(browser, arguments.page, arguments.shots)
        print(json.dumps(seen, indent=1))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
