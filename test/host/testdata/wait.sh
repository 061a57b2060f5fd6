# Steps for connection.test.ts.
# In:   SECONDS_TO_WAIT.

wait_and_report() {
  sleep "$SECONDS_TO_WAIT"
  report waited "$SECONDS_TO_WAIT"
}
