#!/bin/sh
# Runs a command with CXRESEARCH_TEST_POSTGRES set to a throwaway PostgreSQL cluster, then removes it:
#   sh scripts/test_postgres.sh .venv/bin/python -m pytest tests/test_study
# Installs Debian's postgresql where it is missing and that is possible. The cluster listens only on
# a unix socket in a folder of its own.
set -eu

find_binaries() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        $(command -v pg_config >/dev/null 2>&1 && pg_config --bindir || true); do
        if [ -x "$folder/initdb" ]; then echo "$folder"; return; fi
    done
}

binaries=$(find_binaries)
if [ -z "$binaries" ] && [ "$(id -u)" = "0" ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get install -y -qq postgresql || { apt-get update -qq && apt-get install -y -qq postgresql; }; } >/dev/null
    binaries=$(find_binaries)
fi
if [ -z "$binaries" ]; then
    echo "PostgreSQL is not installed. Debian: sudo apt-get install postgresql" >&2
    exit 1
fi

folder=$(mktemp -d /tmp/cxpg.XXXXXX)
as=""
if [ "$(id -u)" = "0" ]; then
    # PostgreSQL refuses to run as root
    chown postgres "$folder"
    as="runuser -u postgres --"
fi
# other users' commands connect as cxresearch, so the folder of the socket is open to them
chmod 755 "$folder"
cd "$folder"

stop() {
    status=$?
    trap - EXIT INT TERM
    $as "$binaries/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT INT TERM

$as "$binaries/initdb" -D "$folder/data" -U cxresearch --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 \
    || { cat "$folder/initdb.log" >&2; exit 1; }
$as "$binaries/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c full_page_writes=off" \
    start >/dev/null || { cat "$folder/data/server.log" >&2; exit 1; }
$as "$binaries/createdb" -h "$folder" -U cxresearch cxresearch

export CXRESEARCH_TEST_POSTGRES="postgresql+psycopg://cxresearch@/cxresearch?host=$folder"
cd "$OLDPWD"
"$@"
