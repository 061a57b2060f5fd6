# Starts the backup program with mounts of its own: the view that it mounts is seen by nobody else, and goes with it however it ends.
# backup/__main__.py says what goes in and comes out.
main() {
  folder=$(dirname "$(readlink -f "$0")")
  exec unshare --mount --propagation private -- python3 -E -s "$folder/backup" "$@"
}

main "$@"
