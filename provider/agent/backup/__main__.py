"""pulumi-lvm-backup COMMAND: backups of a logical volume's blocks into a restic repository, and back.

In:   one JSON document on stdin. Secrets are nowhere else: not among the arguments, not in a file.
      repository  {url, password, region?, accessKeyId?, secretAccessKey?, caCertificate?}; url as restic takes it: "s3:https://HOST/BUCKET/PATH"
      target      name of the backup target, for state of this host; "default" when left out
      limits      {deadlineSeconds?, uploadKiBps?, downloadKiBps?, waitSeconds?}; waitSeconds: for another run on the same volume, for which
                  run, prune and drill wait as long as it takes
      backup      volume {id}, identity {name, stack, host}, quiesced?, timeZone? ("UTC"), sampleSegments? (4),
                  snapshotPercent? (20), poolFullPercent? (95), startOver? (false: what was lost is a failure)
      list        volume? {id}
      volumes     the repository's url is the folder of all repositories, and its password is not used
      restore     recoveryPoint (an id, "latest", "latest-verified" or {atOrBefore}), device, expectLvUuid, poolFullPercent? (95);
                  the device carries the tag pulumi-lvm.pending=restore
      repair      that of backup: forgets what is damaged, and backs all of the volume up
      verify      recoveryPoint? ("latest"), readData? (true, false or a share such as "5%")
      forget      recoveryPoint (an id), prune?
      retention   volume {id}, retention {last?, hourly?, daily?, weekly?, monthly?, yearly?, withinSeconds?}, preview?
      prune       the document of a schedule
      drill       the document of a schedule, recoveryPoint? ("latest"), poolFullPercent? (95)
      rekey       newPassword
      cleanup     volume {id}; needs no repository
      run         the schedule document (docs/backup-program.md): a backup with its hooks, retention, verification and heartbeat
      settle      the schedule document: reports runs that died
      status      needs nothing
      guard       volume {id}; needs no repository
      inspect     the document of a schedule: notes whether the verified recovery point is still there
Out:  JSON lines on stdout: {"progress": {phase, bytesDone, bytesTotal}}, and last {"outcome": {…}} or {"failure": {code, summary, detail, next}}.
Exit: 0 after an outcome, 1 after a failure.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from runtime.failure import Failure, failure_of
from runtime.interruption import watch
from runtime.progress import Progress, emit
from runtime.request import Request, invalid, read_request

Command = Callable[[Request, Progress], dict[str, Any]]


def _command(name: str) -> Command:
    """Loads just what the command needs: start-up counts on a small host."""
    if name == "backup":
        from commands.backup import back_up as command
    elif name == "list":
        from commands.list_points import list_points as command
    elif name == "volumes":
        from commands.list_volumes import list_volumes as command
    elif name == "restore":
        from commands.restore import restore as command
    elif name == "verify":
        from commands.verify import verify as command
    elif name == "forget":
        from commands.forget import forget as command
    elif name == "rekey":
        from commands.rekey import rekey as command
    elif name == "retention":
        from commands.retention import retain as command
    elif name == "prune":
        from commands.scheduled import scheduled_prune as command
    elif name == "drill":
        from commands.scheduled import scheduled_drill as command
    elif name == "cleanup":
        from commands.cleanup import clean_up as command
    elif name == "run":
        from commands.scheduled import scheduled_backup as command
    elif name == "settle":
        from commands.report_interrupted import report_interrupted_runs as command
    elif name == "status":
        from commands.show_status import show_status as command
    elif name == "guard":
        from commands.deletion_guard import guard_deletion as command
    elif name == "repair":
        from commands.repair import repair as command
    elif name == "inspect":
        from commands.deletion_guard import inspect as command
    else:
        raise invalid("the command", f'is "{name}", which the list at the head of __main__.py does not have')
    return command


def main(arguments: list[str]) -> int:
    os.umask(0o077)
    request: Request | None = None
    try:
        command = _command(arguments[0] if arguments else "")
        try:
            document: object = json.load(sys.stdin)
        except ValueError:
            raise invalid("the document", "is not JSON") from None
        request = read_request(document)
        watch(request.limits.deadline_seconds)
        outcome = command(request, Progress())
    except Exception as error:
        redact: Callable[[str], str] = (lambda text: text) if request is None else request.redact
        failure = failure_of(error).mapped(redact)
        if failure.code == "bug":
            print(redact("".join(traceback.format_exception(error))), file=sys.stderr)
        if arguments[0:1] in (["run"], ["prune"], ["drill"], ["settle"]) and not (isinstance(error, Failure) and error.is_reported):
            # No caller reads the output of a unit, and nothing else tells of this.
            print(failure, file=sys.stderr)
        emit({"failure": failure.as_json()})
        return 1
    emit({"outcome": outcome})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
