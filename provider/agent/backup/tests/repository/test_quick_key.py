import hashlib
import json
import unittest
from base64 import b64decode

from repository.poly1305_aes import seal, tag_of
from repository.quick_key import COST, key_file


class Encryption(unittest.TestCase):
    def test_the_tag_is_the_one_of_the_paper(self) -> None:
        # "The Poly1305-AES message-authentication code", appendix B. Of more than one block restic is the judge, in host/backup-cost.
        nonce, key = bytes.fromhex("fb447350c4e868c52ac3275cf9d4327e"), bytes.fromhex("ec074c835580741701425b623235add6")
        found = tag_of(bytes.fromhex("f3f6"), nonce, key, bytes.fromhex("851fc40c3467ac0be05cc20404f3f700"))
        self.assertEqual(found.hex(), "f4c633c3044fc145f84f335cb81953de")

    def test_the_text_is_encrypted_in_counter_mode(self) -> None:
        # NIST SP 800-38A, F.5.5, the first two blocks.
        text = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
        key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
        nonce = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
        sealed = seal(text, nonce, key, bytes(16), bytes(16))
        self.assertEqual(sealed[:16], nonce)
        self.assertEqual(sealed[16:-16].hex(), "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5")
        self.assertEqual(len(sealed), 16 + len(text) + 16)


class KeyFile(unittest.TestCase):
    def test_has_what_restic_needs_to_open_it_and_no_secret_in_clear(self) -> None:
        # That restic opens a repository by it is tested on hosts: host/backup-cost.
        text = key_file({"mac": {"k": "a2V5", "r": "cg=="}, "encrypt": "c2VjcmV0"}, "password", bytes(64), bytes(16))
        fields = json.loads(text)
        self.assertEqual([fields[each] for each in ("kdf", "N", "r", "p")], ["scrypt", COST, 8, 1])
        self.assertEqual(b64decode(fields["salt"]), bytes(64))
        derived = hashlib.scrypt(b"password", salt=bytes(64), n=COST, r=8, p=1, dklen=64)
        sealed = b64decode(fields["data"])
        self.assertEqual(sealed[-16:], tag_of(sealed[16:-16], sealed[:16], derived[32:48], derived[48:]))
        self.assertNotIn(b"c2VjcmV0", text)
        self.assertNotIn(b"password", text)
