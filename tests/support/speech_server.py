"""A server with OpenAI's transcription API, for tests: a process of its own, with faults to order.

    python speech_server.py --model whisper-base=models/whisper-base --fault busy --times 1

Without a folder behind its name a model says which recording it heard, in letters. ``ready PORT`` on the standard
output says that it listens. Every request is noted as a line of JSON in ``--log``.
"""

import argparse
import hashlib
import io
import json
import socket
import struct
import sys
import threading
import time
import wave
from collections import Counter
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FAULTS = ("busy", "broken", "hang", "cut", "garbage", "huge", "packed", "no-text", "refused", "redirect", "drip")
LONG_AGO = 1_700_000_000


class Model:
    """What answers; one recording at a time."""

    def __init__(self, name: str, folder: str) -> None:
        self.name, self._lock = name, threading.Lock()
        self._loaded = self._load(folder) if folder else None

    def _load(self, folder: str) -> Any:
        import torch
        from transformers import WhisperForConditionalGeneration, WhisperProcessor
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        model = WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        return WhisperProcessor.from_pretrained(folder), model

    def text(self, samples: bytes, language: str | None, task: str) -> str:
        if self._loaded is None:
            return letters(samples, task)
        import numpy as np
        import torch

        processor, model = self._loaded
        audio = np.frombuffer(samples, "<i2").astype(np.float32) / 32768
        features = processor.feature_extractor(audio, sampling_rate=16_000, return_tensors="pt").input_features
        spoken = {"language": language, "task": task} if model.generation_config.is_multilingual else {}
        with self._lock, torch.inference_mode():
            tokens = model.generate(features, num_beams=1, do_sample=False, temperature=0.0, **spoken)
        return str(processor.batch_decode(tokens, skip_special_tokens=True)[0])


def letters(samples: bytes, task: str = "transcribe") -> str:
    """Something else for every recording."""
    digest = hashlib.sha256(task.encode() + samples).hexdigest()[:8]
    return "heard " + "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", options.port), Handler)
        self.options = options
        self.models = {name: Model(name, folder) for name, _, folder in (each.partition("=") for each in options.model)}
        self.seen: Counter[str] = Counter()
        self.under_way = 0
        self.lock = threading.Lock()

    def note(self, **facts: object) -> None:
        if self.options.log:
            with self.lock, Path(self.options.log).open("a", encoding="utf-8") as file:
                file.write(json.dumps(facts) + "\n")

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        options = self.server.options
        if not self._allowed():
            return
        if options.moved:
            self._send(301, b"", Location="https://else.where/v1")
            return
        if self.path != f"{options.base}/models" or options.no_list:
            self._error(404, "Not Found")
            return
        created = int(time.time()) if options.created == "now" else LONG_AGO
        rows = [
            {"id": name, "object": "model", "created": created, "owned_by": "tests", "root": options.root or name}
            for name in self.server.models
            if name != options.unlisted
        ]
        self._answer(200, {"object": "list", "data": rows})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._allowed():
            return
        tasks = {f"{self.server.options.base}/audio/{name}": name for name in ("transcriptions", "translations")}
        if self.path not in tasks:
            self._error(404, "Not Found")
            return
        fields, samples = parsed(self.headers["Content-Type"], body)
        with self.server.lock:
            self.server.under_way += 1
            under_way = self.server.under_way
        self.server.note(path=self.path, fields=fields, seconds=len(samples) / 32_000, under_way=under_way)
        try:
            self._transcribe(fields, samples, "translate" if tasks[self.path] == "translations" else "transcribe")
        finally:
            with self.server.lock:
                self.server.under_way -= 1

    def _transcribe(self, fields: dict[str, str], samples: bytes, task: str) -> None:
        options = self.server.options
        time.sleep(options.seconds)
        key = hashlib.sha256(samples).hexdigest()
        with self.server.lock:
            self.server.seen[key] += 1
            times = self.server.seen[key]
        if options.fault and times <= options.times and len(samples) >= options.at_least * 32_000:
            getattr(self, "_" + options.fault.replace("-", "_"))()
            return
        model = self.server.models.get(fields.get("model", ""))
        if model is None:
            self._error(404, f"The model `{fields.get('model')}` does not exist.")
            return
        self._answer(200, {"text": " " + model.text(samples, fields.get("language"), task)})

    def _allowed(self) -> bool:
        key = self.server.options.key
        sent = self.headers.get("Authorization", "")
        self.server.note(path=self.path, authorized=sent == f"Bearer {key}" if key else None, sent=bool(sent))
        if key and sent != f"Bearer {key}":
            self._error(401, f"Incorrect API key provided: {sent}")
            return False
        return True

    def _answer(self, status: int, answer: object, **headers: str) -> None:
        self._send(status, json.dumps(answer).encode(), **headers)

    def _error(self, status: int, message: str, **headers: str) -> None:
        self._answer(status, {"error": {"message": message, "type": "error", "code": None}}, **headers)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    # Faults.

    def _busy(self) -> None:
        wish = self.server.options.retry_after
        value = formatdate(time.time() + 1, usegmt=True) if wish == "date" else wish
        self._error(429, "Rate limit reached", Retry_After=value)

    def _broken(self) -> None:
        self._error(500, "CUDA error: \x1b[31mout of memory")

    def _refused(self) -> None:
        self._error(400, "Audio file might be corrupted or unsupported")

    def _hang(self) -> None:
        time.sleep(3600)

    def _drip(self) -> None:
        """An answer that never stalls and never ends."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while True:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def _cut(self) -> None:
        """The connection is reset in the middle of the answer."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b'{"text": "he')
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _garbage(self) -> None:
        self._send(200, b'{"text": "heard' + bytes(range(128, 256)))

    def _no_text(self) -> None:
        self._answer(200, {"task": "transcribe", "segments": []})

    def _huge(self) -> None:
        self._send(200, b'{"text": "' + b"a" * (16 << 20) + b'"}')

    def _packed(self) -> None:
        self._send(200, b"\x1f\x8b", Content_Encoding="gzip")

    def _redirect(self) -> None:
        self._send(307, b"", Location="http://127.0.0.1:9/elsewhere")


def parsed(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a form, and the samples of the WAV file in it (RFC 7578)."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    fields, samples = {}, b""
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = head.decode().partition('name="')[2].partition('"')[0]
        if name != "file":
            fields[name] = content.decode()
            continue
        with wave.open(io.BytesIO(content)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
            samples = file.readframes(file.getnframes())
    return fields, samples


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--base", default="/v1")
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--key")
    parser.add_argument("--no-list", action="store_true")
    parser.add_argument("--unlisted", help="a model that is not listed")
    parser.add_argument("--moved", action="store_true")
    parser.add_argument("--created", choices=("now", "once"), default="once")
    parser.add_argument("--root")
    parser.add_argument("--fault", choices=FAULTS)
    parser.add_argument("--times", type=int, default=1, help="how often a recording meets the fault")
    parser.add_argument("--at-least", type=float, default=0.0, help="seconds of a recording that meets it")
    parser.add_argument("--retry-after", default="0")
    parser.add_argument("--seconds", type=float, default=0.0, help="that an answer takes")
    parser.add_argument("--log")
    server = Server(parser.parse_args())
    print(f"ready {server.server_address[1]}", flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.serve_forever()


def _end_with_parent() -> None:
    """Whoever started this holds the other end of the standard input."""
    sys.stdin.read()
    import os

    os._exit(0)


if __name__ == "__main__":
    main()
