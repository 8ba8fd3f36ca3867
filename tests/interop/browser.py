"""Chromium without a window, driven over its own pipe: nothing but the standard library.

    with Browser() as browser:
        page = browser.open('/tmp/report.html', width=1200, dark=True)
        page.evaluate('document.title')
        page.key('ArrowLeft')
        page.screenshot('/tmp/report.png')
        page.problems           what the console said, and what asked the network

The protocol: JSON documents, a NUL behind each, on file descriptors 3 (to it) and 4 (from it)."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import urllib.parse

import tap

NAMES = ('chromium', 'chromium-browser', 'google-chrome')
SECONDS = 60


def program():
    """The browser's path; skips the test where there is none that runs without a window. Ubuntu has
    it as a snap alone, which sees no files below /tmp and is not installed by tools/bootstrap."""
    for name in NAMES:
        path = shutil.which(name)
        if path and '/snap/' not in os.path.realpath(path) and is_program(path):
            return path
    return tap.skip('needs chromium, which tools/bootstrap installs on Debian')


def is_program(path):
    """Ubuntu's package is a script that only says that there is a snap."""
    with open(path, 'rb') as file:
        return b'snap install' not in file.read(4096)


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='tern-browser-')
        there, ours = os.pipe()
        here, theirs = os.pipe()
        arguments = [program(), '--headless=new', '--remote-debugging-pipe', '--no-sandbox',
                     '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
                     '--disable-extensions', '--disable-background-networking', '--disable-sync',
                     '--disable-component-update', '--hide-scrollbars',
                     '--font-render-hinting=none',
                     f'--user-data-dir={self.folder}', 'about:blank']
        self.process = subprocess.Popen(
            ['/bin/sh', '-c', f'exec "$@" 3<&{there} 4>&{theirs}', 'sh', *arguments],
            pass_fds=(there, theirs), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, 'HOME': self.folder})
        os.close(there)
        os.close(theirs)
        self.to, self.source, self.rest, self.number = ours, here, b'', 0
        self.pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def close(self):
        os.close(self.to)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.source)
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self):
        """The next message."""
        end = time.monotonic() + SECONDS
        while b'\0' not in self.rest:
            ready, _, _ = select.select([self.source], [], [], max(0, end - time.monotonic()))
            block = os.read(self.source, 1 << 20) if ready else b''
            if not block:
                raise AssertionError('the browser does not answer')
            self.rest += block
        message, self.rest = self.rest.split(b'\0', 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': parameters}
        if session:
            message['sessionId'] = session
        data = json.dumps(message).encode() + b'\0'
        while data:
            data = data[os.write(self.to, data):]
        number = self.number
        while True:
            answer = self.take()
            if answer.get('id') == number:
                tap.check('error' not in answer, f'{method}: {answer.get("error")}')
                return answer['result']
            page = self.pages.get(answer.get('sessionId'))
            if page:
                page.events.append(answer)

    def open(self, path, **how):
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        page = self.pages[session] = Page(self, session)
        page.load(path, **how)
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session, self.events = browser, session, []

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def load(self, path, width=1200, height=900, dark=False, still=True, scripts=True):
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')
        self.size(width, height)
        self.call('Emulation.setScriptExecutionDisabled', value=not scripts)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'},
            {'name': 'prefers-reduced-motion', 'value': 'reduce' if still else 'no-preference'}])
        self.address = 'file://' + urllib.parse.quote(os.path.abspath(path))
        self.call('Page.navigate', url=self.address)
        end = time.monotonic() + SECONDS
        while self.evaluate('document.readyState + " " + location.protocol') != 'complete file:':
            tap.check(time.monotonic() < end, f'{path} does not load')
            time.sleep(0.02)
        if scripts:
            self.settle()

    def size(self, width, height):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def settle(self):
        """Two frames: what was to be drawn has been."""
        self.evaluate('new Promise((done) => requestAnimationFrame(() => '
                      'requestAnimationFrame(() => done(1))))')

    def evaluate(self, expression):
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True,
                           awaitPromise=True)
        tap.check('exceptionDetails' not in answer,
                  f'{expression}: {answer.get("exceptionDetails")}')
        return answer['result'].get('value')

    def key(self, name, code=0):
        text = {'text': name} if len(name) == 1 else {}
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=name, windowsVirtualKeyCode=code,
                      **(text if kind == 'keyDown' else {}))
        self.settle()

    def wheel(self, x, y, amount):
        self.call('Input.dispatchMouseEvent', type='mouseWheel', x=x, y=y, deltaX=0, deltaY=amount)
        self.settle()

    def drag(self, x, y, to_x):
        self.call('Input.dispatchMouseEvent', type='mousePressed', x=x, y=y, button='left',
                  buttons=1, clickCount=1)
        for step in range(1, 6):
            self.call('Input.dispatchMouseEvent', type='mouseMoved', x=x + (to_x - x) * step / 5,
                      y=y, button='left', buttons=1)
        self.call('Input.dispatchMouseEvent', type='mouseReleased', x=to_x, y=y, button='left')
        self.settle()

    def move(self, x, y):
        self.call('Input.dispatchMouseEvent', type='mouseMoved', x=x, y=y)
        self.settle()

    def screenshot(self, path, height=None):
        """What is on the screen, or of the page as much as that height."""
        more = {}
        if height:
            width = self.evaluate('innerWidth')
            more = {'captureBeyondViewport': True,
                    'clip': {'x': 0, 'y': 0, 'width': width, 'height': height, 'scale': 1}}
        data = self.call('Page.captureScreenshot', format='png', **more)['data']
        return write(path, data)

    def pdf(self, path):
        return write(path, self.call('Page.printToPDF', printBackground=True,
                                     preferCSSPageSize=True)['data'])

    @property
    def problems(self):
        """What went wrong on the page: words of the console, exceptions, requests but its own."""
        found = []
        for event in self.events:
            what, values = event.get('method'), event.get('params', {})
            if what == 'Runtime.exceptionThrown':
                found.append(values['exceptionDetails'].get('exception', {}).get('description'))
            elif what == 'Runtime.consoleAPICalled':
                found.append('console.' + values['type'])
            elif what == 'Log.entryAdded':
                found.append(values['entry']['text'])
            elif what == 'Network.requestWillBeSent' and values['request']['url'] != self.address:
                found.append('request of ' + values['request']['url'])
        return found


def write(path, data):
    raw = base64.b64decode(data)
    with open(path, 'wb') as file:
        file.write(raw)
    return raw
