#!/bin/sh
# Installs the Debian packages that the full experience needs, where that is possible without asking;
# elsewhere it says what is missing. Never fails: everything has a fallback that says so aloud.
missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
ldconfig -p 2>/dev/null | grep -q libvoikko || missing="$missing libvoikko1"
[ -d /usr/lib/voikko ] || [ -d /usr/share/voikko ] || [ -d /etc/voikko ] || missing="$missing voikko-fi"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = "0" ]; then
    echo "Installing system packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get install -y -qq $missing || { apt-get update -qq && apt-get install -y -qq $missing; }; } >/dev/null 2>&1 \
        || echo "Could not install$missing: browser tests will be skipped and Finnish falls back to the fast tier."
elif command -v apt-get >/dev/null 2>&1; then
    echo "Missing system packages. For browser tests and the full Finnish pipeline run: sudo apt-get install$missing"
else
    echo "Missing: chromium (browser tests) or libvoikko with its Finnish dictionary (full Finnish pipeline)."
    echo "macOS: brew install chromium libvoikko; conda: conda install -c conda-forge libvoikko."
fi
exit 0
