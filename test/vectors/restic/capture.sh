#!/bin/bash
# What a release of restic says of each thing that can go wrong, in files that the backup program's tests read.
#
# In:  $1 the restic binary, $2 the versitygw binary, $3 the folder for the texts, such as 0.18; then the cases, all when there are none.
#      PORT and the six after it have to be free. Runs as root: it mounts a small tmpfs.
# Out: a file CASE.txt with the standard error of each case, and what forget and snapshots print as JSON. Takes up to an hour: restic tries long where a store does not answer.
# Paths are relative and the host name is fixed, so that the texts say nothing of the machine.
set -euo pipefail

restic=$(realpath "$1")
gateway=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
texts=$(mkdir -p "$3" && realpath "$3")
port=${PORT:-19000}
export RESTIC_PASSWORD=right RESTIC_REPOSITORY=repo AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret AWS_DEFAULT_REGION=us-east-1

# failing CASE ARGUMENT...: keeps what restic prints, which must fail.
failing() {
  local case=$1 status=0
  shift
  "$restic" --no-cache "$@" </dev/null >/dev/null 2>"$texts/$case.txt" || status=$?
  if [ "$status" = 0 ]; then
    echo "$case: restic $* did not fail" >&2
    rm "$texts/$case.txt"
  fi
  # Where names are looked up is the machine's, and so is this folder.
  sed -i -E "s/ on [0-9.]+:53:/ on 192.0.2.53:53:/; s#$PWD#/srv#g" "$texts/$case.txt" 2>/dev/null || :
}

# in_copy COMMAND...: in a folder of its own with a copy of the good repository.
in_copy() (
  folder=$(mktemp -d -p "$scratch")
  cp -r "$scratch/good" "$folder/repo"
  chmod -R u+w "$folder"
  cd "$folder"
  "$@"
)

# $1: a folder of the repository. The largest file in it.
largest() { find "repo/$1" -type f -size +0 -printf '%s %p\n' | sort -n | tail -1 | cut -d' ' -f2; }

overwrite() { printf 'XXXXXXXXXXXXXXXX' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

absent() { rm -r repo && failing absent snapshots --json --no-lock; }
password() { RESTIC_PASSWORD=wrong failing password snapshots --json --no-lock; }
locked() {
  mkfifo pipe
  "$restic" --no-cache -q backup --stdin <pipe >/dev/null 2>&1 &
  exec 5>pipe
  while [ -z "$(ls repo/locks)" ]; do sleep 0.1; done
  failing locked prune
  exec 5>&-
  wait
}
pack_missing() {
  rm "$(largest data)"
  failing pack-missing-check check --no-lock
  failing pack-missing-dump dump --no-lock latest /a --archive tar
  failing pack-missing-restore restore --no-lock latest --target out
}
pack_changed() {
  overwrite "$(largest data)" 100
  failing pack-changed-check check --no-lock --read-data
  failing pack-changed-restore restore --no-lock latest --target out
  failing pack-changed-dump dump --no-lock latest /a --archive tar
}
pack_short() {
  truncate -s -100 "$(largest data)"
  failing pack-short-check check --no-lock --read-data-subset=1/1
  failing pack-short-structure check --no-lock
}
index_missing() {
  rm repo/index/*
  failing index-missing-dump dump --no-lock latest /a --archive tar
  failing index-missing-check check --no-lock
}
index_changed() {
  overwrite "$(largest index)" 20
  failing index-changed-dump dump --no-lock latest /a --archive tar
  failing index-changed-check check --no-lock
}
snapshot_changed() {
  overwrite "$(largest snapshots)" 20
  failing snapshot-changed-check check --no-lock
  failing snapshot-changed-dump dump --no-lock "$(basename repo/snapshots/*)" /a
}
config_changed() { overwrite repo/config 20 && failing config-changed snapshots --no-lock; }
key_missing() { rm repo/keys/* && failing key-missing snapshots --no-lock; }
snapshot_unknown() { failing snapshot-unknown dump --no-lock 0123456789abcdef /a; }
full() {
  mkdir small
  mount -t tmpfs -o size=5m tmpfs small
  cp -r repo small/repo
  head -c 6M /dev/urandom >fresh
  RESTIC_REPOSITORY=small/repo failing full backup --json fresh
  umount small
}
option_unknown() { failing option-unknown snapshots --no-such-option; }
already_made() { failing already-made init; }

# What a dry run of forget prints, which decides what a policy keeps.
forget_answer() {
  for number in 1 2 3; do
    "$restic" --no-cache -q backup --time "2026-03-0$number 12:00:00" --tag "kind=manifest,number=$number" ../a >/dev/null
  done
  "$restic" --no-cache forget --json --dry-run --no-lock --group-by "" --tag kind=manifest --keep-last 2 --keep-monthly 1 >"$texts/forget.json"
  "$restic" --no-cache forget --json --dry-run --no-lock --group-by "" --tag kind=manifest --keep-last 9 >"$texts/forget-nothing.json"
  "$restic" --no-cache snapshots --json --no-lock --tag kind=manifest >"$texts/snapshots.json"
  sed -i "s#$scratch#/srv#g" "$texts"/*.json
}

# The store's: a gateway that answers, and addresses where none does.
at_store() {
  local url=$1 case=$2
  RESTIC_REPOSITORY="s3:$url" failing "$case" snapshots --json --no-lock
}
store_absent() { at_store "http://127.0.0.1:$port/bucket/nothing" store-absent; }
store_bucket() { at_store "http://127.0.0.1:$port/other/p" store-bucket; }
store_key() { AWS_ACCESS_KEY_ID=unknown at_store "http://127.0.0.1:$port/bucket/p" store-key; }
store_secret() { AWS_SECRET_ACCESS_KEY=other at_store "http://127.0.0.1:$port/bucket/p" store-secret; }
store_denied() { AWS_ACCESS_KEY_ID=guest AWS_SECRET_ACCESS_KEY=guest at_store "http://127.0.0.1:$port/bucket/p" store-denied; }
store_pack_missing() {
  rm "$(largest data)"
  cp -r repo "$scratch/store/bucket/damaged"
  RESTIC_REPOSITORY="s3:http://127.0.0.1:$port/bucket/damaged" failing store-pack-missing-dump dump --no-lock latest /a --archive tar
}
store_closed() { at_store "http://127.0.0.1:1/bucket/p" store-closed; }
store_unknown_host() { at_store "http://store.invalid/bucket/p" store-unknown-host; }
store_certificate() { at_store "https://127.0.0.1:$((port + 1))/bucket/p" store-certificate; }
# A store that fails midway: at the packs, and at the index. Ports of their own, as all of them go on at once.
store_faulty() {
  local mode=$1 at=$2
  faulty() {
    local keys=$1 port=$2
    shift 2
    mkdir -p bucket && cp -r repo bucket/p
    python3 "$here/faulty-store.py" "$mode" "$keys" "$port" bucket &
    local server=$!
    sleep 2
    RESTIC_REPOSITORY="s3:http://127.0.0.1:$port/bucket/p" failing "$@"
    kill "$server"
  }
  faulty /data/ "$at" "store-$mode-check" check --no-lock --read-data
  faulty /data/ "$at" "store-$mode-restore" restore --no-lock latest --target out
  faulty /index/ "$at" "store-$mode-dump" dump --no-lock latest /a --archive tar
}
store_slow_down() { store_faulty slow-down $((port + 2)); }
store_internal() { store_faulty internal $((port + 3)); }
store_reset() { store_faulty reset $((port + 4)); }
store_cut() { store_faulty cut $((port + 5)); }
store_silent() {
  python3 "$here/faulty-store.py" silent - $((port + 6)) . &
  local server=$!
  sleep 2
  at_store "https://127.0.0.1:$((port + 6))/bucket/p" store-silent
  kill "$server"
}
store_plain() { at_store "https://127.0.0.1:$port/bucket/p" store-plain; }

main() {
  scratch=$(mktemp -d)
  hostname host1
  cd "$scratch"
  mkdir store "store/bucket" a
  head -c 3M /dev/urandom >a/one
  echo two >a/two
  "$restic" --no-cache -q init
  "$restic" --no-cache -q backup a >/dev/null
  mv repo good
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  printf '{"accessAccounts":{"guest":{"access":"guest","secret":"guest","role":"user"}}}' >users.json
  ROOT_ACCESS_KEY_ID=key ROOT_SECRET_ACCESS_KEY=secret
  export ROOT_ACCESS_KEY_ID ROOT_SECRET_ACCESS_KEY
  "$gateway" --quiet -p "127.0.0.1:$port" --iam-dir "$scratch" posix "$scratch/store" >gateway.log 2>&1 &
  "$gateway" --quiet -p "127.0.0.1:$((port + 1))" --cert "$scratch/cert.pem" --key "$scratch/key.pem" posix "$scratch/store" >gateway-tls.log 2>&1 &
  mapfile -t gateways < <(jobs -p)
  sleep 1
  cases=(absent password locked pack_missing pack_changed pack_short index_missing index_changed snapshot_changed config_changed key_missing
    snapshot_unknown full option_unknown already_made forget_answer store_absent store_bucket store_key store_secret store_denied store_pack_missing
    store_closed store_unknown_host store_certificate store_plain store_slow_down store_internal store_reset store_cut store_silent)
  if [ $# -gt 0 ]; then cases=("$@"); fi
  running=()
  for each in "${cases[@]}"; do
    in_copy "$each" &
    running+=($!)
  done
  wait "${running[@]}"
  kill "${gateways[@]}"
  rm -r "$scratch"
}

if [ -n "${CAPTURING-}" ]; then main "${@:4}"; else CAPTURING=1 exec unshare --uts --mount "$0" "$@"; fi
