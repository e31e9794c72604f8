#!/bin/sh
# A Chromium for tests/browser: one that is installed, else Debian's package where apt-get may install it.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
  echo "installing chromium (Debian's package) for tests/browser" >&2
  if $as_root apt-get update -qq >/dev/null &&
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; then exit 0; fi
fi
echo "no chromium: tests/browser will be skipped, or fail in CI; install one, or set CHROMIUM to its path" >&2
