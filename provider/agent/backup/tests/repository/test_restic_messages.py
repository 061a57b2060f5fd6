import unittest

from repository.restic_messages import failure_of_restic, find_lost_pack
from tests.vectors import VECTORS, read_text

URL = "s3:https://s3.example.com/bucket/volumes/v"
RELEASES = ("0.14", "0.16", "0.18")

# Each case of test/vectors/restic/capture.sh, and the code that a caller branches on.
CODES = {
    "absent": "absent",
    "already-made": "exists",
    "config-changed": "damaged",
    "full": "full",
    "index-changed-check": "damaged",
    "index-changed-dump": "damaged",
    "index-missing-check": "damaged",
    "index-missing-dump": "damaged",
    "key-missing": "password",
    "locked": "locked",
    "option-unknown": "restic",
    "pack-changed-check": "damaged",
    "pack-changed-dump": "damaged",
    "pack-changed-restore": "damaged",
    "pack-missing-check": "damaged",
    "pack-missing-dump": "damaged",
    "pack-missing-restore": "damaged",
    "pack-short-check": "damaged",
    "pack-short-structure": "damaged",
    "password": "password",
    "snapshot-changed-check": "damaged",
    "snapshot-changed-dump": "damaged",
    # A mark that was set meanwhile gives a manifest another id: whoever asked looks again.
    "snapshot-unknown": "restic",
    "store-absent": "absent",
    # restic asks by HEAD, whose answer has no body: the store does not say which of the two is missing.
    "store-bucket": "absent",
    "store-certificate": "tls",
    "store-closed": "unreachable",
    "store-denied": "credentials",
    "store-key": "credentials",
    "store-pack-missing-dump": "damaged",
    "store-plain": "restic",
    "store-secret": "credentials",
    "store-unknown-host": "unreachable",
}

# What a store that fails midway makes restic say (faulty-store.py): not one of them is damage.
FAULTS = ("slow-down", "internal", "reset", "cut")
CODES.update({f"store-{mode}-{command}": "unreachable" for mode in FAULTS for command in ("check", "dump", "restore")})
CODES["store-silent"] = "unreachable"
# It asks for each piece of a repository for a quarter of an hour, one after the other.
NOT_CAPTURED = {"0.18": {f"store-{mode}-check" for mode in FAULTS}}


def cases_of(release: str) -> set[str]:
    return CODES.keys() - NOT_CAPTURED.get(release, set())


def code_of(text: str, exit_code: int = 1) -> str:
    return failure_of_restic(("check",), URL, exit_code, text).code


class Messages(unittest.TestCase):
    def test_every_release_is_understood(self) -> None:
        for release in RELEASES:
            for case in cases_of(release):
                with self.subTest(f"{release}: {case}"):
                    self.assertEqual(code_of(read_text(f"restic/{release}/{case}.txt")), CODES[case])

    def test_every_text_that_was_captured_is_asked_about(self) -> None:
        for release in RELEASES:
            self.assertEqual({each.stem for each in (VECTORS / "restic" / release).glob("*.txt")}, cases_of(release))

    def test_a_store_that_refuses_is_told_from_a_repository_that_is_not_there(self) -> None:
        # restic asks "Is there a repository at the following location?" after each of them.
        question = "\nIs there a repository at the following location?\ns3:https://s3.example.com/bucket"
        for error, code in (
            ("Stat: The specified key does not exist.", "absent"),
            ("Stat: The specified bucket does not exist", "bucket"),
            ("Stat: The request signature we calculated does not match the signature you provided.", "credentials"),
            ("Stat: The Access Key Id you provided does not exist in our records.", "credentials"),
            ("Stat: 500 Internal Server Error", "unreachable"),
            ("Stat: 503 Service Unavailable", "unreachable"),
            ("Stat: Get ...: EOF", "unreachable"),
        ):
            with self.subTest(error):
                self.assertEqual(code_of(f"Fatal: unable to open config file: {error}{question}"), code)

    def test_a_network_that_fails_while_restic_reads_is_no_damage(self) -> None:
        # restic and the libraries below it: cmd/restic, minio-go, net/http, x/net/http2.
        for error in (
            'Get "https://s3.example.com/bucket/p/index/0a": http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""',
            'Get "https://s3.example.com/bucket/p/index/0a": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
            'Get "https://s3.example.com/bucket/p/index/0a": net/http: TLS handshake timeout',
            "read tcp 10.0.0.2:41000->10.0.0.1:443: read: connection reset by peer",
            "write tcp 10.0.0.2:41000->10.0.0.1:443: write: broken pipe",
            "stream error: stream ID 7; INTERNAL_ERROR; received from peer",
            "client.PutObject: 502 Bad Gateway",
            "504 Gateway Timeout",
            "SlowDown: Resource requested is unreadable, please reduce your request rate",
            "unexpected EOF",
        ):
            for sentence in ("error loading index 0a1b: {}\nFatal: LoadIndex returned errors", "Fatal: unable to load a tree from the repository: {}",
                             "error: failed to load snapshot f2738c84: {}\nFatal: repository contains errors", "ignoring error for /a/one: {}\nFatal: There were 1 errors"):  # fmt: skip
                with self.subTest(sentence.format(error)):
                    self.assertEqual(code_of(sentence.format(error)), "unreachable")

    def test_that_there_were_errors_says_nothing_about_the_data(self) -> None:
        for text in ("Fatal: repository contains errors", "Fatal: There were 3 errors", "Fatal: unable to load index 0a1b: something new"):
            self.assertEqual(code_of(text), "restic")

    def test_damage_that_was_read_counts_beside_a_network_that_failed_and_came_back(self) -> None:
        retried = "Load(<data/0a1b>, 1, 0) returned error, retrying after 1s: read tcp 10.0.0.1:443: connection reset by peer\n"
        self.assertEqual(code_of(f"{retried}Fatal: cannot dump file: ciphertext verification failed"), "damaged")

    def test_what_a_later_try_brought_whole_is_not_damaged(self) -> None:
        retried = "Load(<index/0a1b>, 0, 0) returned error, retrying after 1s: LoadRaw(<index/0a1b>): invalid data returned\n"
        self.assertEqual(code_of(f"{retried}Fatal: unable to open config file: dial tcp: connection refused"), "unreachable")

    def test_a_file_that_ends_early_is_damaged_where_there_is_no_network(self) -> None:
        self.assertEqual(failure_of_restic(("dump",), "/srv/repository", 1, "Fatal: ReadFull(<data/0a1b>): unexpected EOF").code, "damaged")

    def test_exit_codes_of_0_17_and_newer_need_no_words(self) -> None:
        self.assertEqual([code_of("Fatal: other words", code) for code in (10, 11, 12)], ["absent", "locked", "password"])

    def test_the_digits_of_an_id_are_no_answer_of_a_store(self) -> None:
        self.assertEqual(code_of("Fatal: cannot dump file: decrypting blob <data/a723351f> from 90a57503 failed: ciphertext verification failed"), "damaged")


class FailureOfRestic(unittest.TestCase):
    def test_it_says_what_was_done_to_which_repository(self) -> None:
        failure = failure_of_restic(("prune", "--max-unused", "5%"), URL, 1, "unable to create lock")
        self.assertEqual(failure.summary, f"Cannot prune {URL}")
        self.assertEqual(failure.detail, '"restic prune" ended with exit code 1: unable to create lock')

    def test_the_words_of_restic_are_shown_and_not_the_json_around_them(self) -> None:
        for release in RELEASES:
            failure = failure_of_restic(("snapshots",), URL, 1, read_text(f"restic/{release}/password.txt"))
            self.assertTrue(failure.detail.endswith(": Fatal: wrong password or no key found"), failure.detail)

    def test_the_address_of_a_repository_is_no_part_of_what_is_said(self) -> None:
        url = "s3:https://store.example.org/certificate/errors"
        message = f"Fatal: unable to open config file: Stat: The specified key does not exist. Is there a repository at the following location? {url}"
        self.assertEqual(failure_of_restic(("snapshots",), url, 1, message).code, "absent")

    def test_of_a_long_message_both_ends_are_shown(self) -> None:
        failure = failure_of_restic(("check",), URL, 1, f"first {'x' * 5000} last")
        self.assertIn("first", failure.detail)
        self.assertTrue(failure.detail.endswith("last"))
        self.assertLess(len(failure.detail), 1700)


class LostPack(unittest.TestCase):
    def test_it_is_known_at_the_third_try_and_not_before(self) -> None:
        for release, id in (("0.14", "4f57281c38"), ("0.16", "7651b5df5d")):
            tries = [line for line in read_text(f"restic/{release}/pack-missing-restore.txt").splitlines() if "retrying" in line]
            with self.subTest(release):
                self.assertIsNone(find_lost_pack("\n".join(tries[:2]), URL))
                self.assertIn(f"does not have pack {id}", find_lost_pack("\n".join(tries[:3]), URL) or "")

    def test_a_store_says_it_in_its_own_words(self) -> None:
        text = read_text("restic/0.14/store-pack-missing-dump.txt")
        self.assertIsNotNone(find_lost_pack(text, URL))

    def test_a_store_that_does_not_answer_is_no_lost_pack(self) -> None:
        line = "Load(<data/990a938de7>, 45, 0) returned error, retrying after 552ms: dial tcp 127.0.0.1:1: connect: connection refused\n"
        self.assertIsNone(find_lost_pack(line * 10, URL))

    def test_a_pack_that_ends_early_is_lost_when_no_network_can_be_at_fault(self) -> None:
        # By 0.14, of two packs that were swapped.
        line = "Load(<data/a2747b9e1e>, 16778560, 0) returned error, retrying after 1.08s: ReadFull: unexpected EOF\n"
        size = "pack a2747b9e1ecb311173e0d6bb2df20e2c104b5faf5f8f2b0b937558a62778bcdf: unexpected file size: got 4194919, expected 16778560\n"
        self.assertIsNone(find_lost_pack(line * 10, URL))
        self.assertIsNone(find_lost_pack(f"{size}{line * 2}", URL))
        self.assertIn("pack a2747b9e1e", find_lost_pack(f"{size}{line * 3}", URL) or "")
        self.assertIn("pack a2747b9e1e", find_lost_pack(line * 3, "/srv/backups") or "")
