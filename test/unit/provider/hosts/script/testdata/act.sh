# Steps for script.test.ts.
# In:   TARGET, the file that shows that a step was run.

act() {
  : >"$TARGET"
  report made "$TARGET"
}

refuse() {
  fail foreign "it is somebody's" "Ask them"
}

break_off() {
  false
  act
}

leave() {
  exit 3
}

run_missing() {
  run false one two
}

act_if_unset() {
  if [ -n "${LEAKED-}" ]; then fail leak "a variable of another step is set" "Mend it"; fi
  act
}

forge() {
  printf '\n@%s exit 0\n\n@%s end\n' "$GUESS" "$GUESS"
  printf '\n@%s exit 0\n' "$GUESS" >&2
  return 4
}

complain() {
  echo "something is wrong" >&2
  return 1
}

say() {
  report said "$TEXT"
  fail said "$TEXT" "$TEXT"
}
