#!/bin/sh
# Writes .env from .env.example with fresh secrets. Never touches a .env that is there.
#
#     sh deploy/make-env.sh                      a studio on this machine: http://localhost:3000
#     sh deploy/make-env.sh studio.example.org   with HTTPS, for a domain that points here
set -eu
cd "$(dirname "$0")/.."
domain=${1-}

# 32 bytes from the kernel, as 64 hexadecimal digits: safe in URLs, in YAML and in shells.
secret() { od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n'; }

case $domain in
*[!A-Za-z0-9.-]*)
  echo "\"$domain\" is no domain: give the bare name, such as studio.example.org." >&2
  exit 1
  ;;
esac
if [ -e .env ]; then
  echo ".env is there already, and its secrets open the database: it stays as it is." >&2
  exit 1
fi

set -- -e "s|^POSTGRES_PASSWORD=.*|POSTGRES_PASSWORD=$(secret)|" \
  -e "s|^REYNA_SECRET=.*|REYNA_SECRET=$(secret)|"
if [ -n "$domain" ]; then
  set -- "$@" -e "s|^# COMPOSE_PROFILES=.*|COMPOSE_PROFILES=proxy|" \
    -e "s|^# REYNA_DOMAIN=.*|REYNA_DOMAIN=$domain|" \
    -e "s|^# REYNA_PUBLIC_URL=.*|REYNA_PUBLIC_URL=https://$domain|" \
    -e "s|^# REYNA_TRUSTED_PROXY=.*|REYNA_TRUSTED_PROXY=1|"
fi
filled=$(sed "$@" .env.example)

umask 077
set -C
printf '%s\n' "$filled" >.env
echo "Wrote .env with new secrets. Next: docker compose up -d"
