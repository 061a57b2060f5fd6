import unittest

from repository.s3_objects import S3Objects, parse_listing, sign
from runtime.failure import Failure
from runtime.request import RepositoryAccess


class Signature(unittest.TestCase):
    def test_it_is_that_of_the_example_in_amazons_documentation(self) -> None:
        # "GET Bucket (List Objects)" in the S3 API reference, "Signature Calculations for the Authorization Header".
        access = RepositoryAccess(
            "s3:https://examplebucket.s3.amazonaws.com/b", "", "us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        )
        headers = sign(access, "examplebucket.s3.amazonaws.com", "GET", "/", "max-keys=2&prefix=J", b"", 1369353600)
        self.assertEqual(headers["x-amz-date"], "20130524T000000Z")
        self.assertEqual(headers["x-amz-content-sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        self.assertEqual(
            headers["authorization"],
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            " SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
            " Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        )


class Listing(unittest.TestCase):
    TEXT = (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix>prod/volumes/</Prefix>'
        "<CommonPrefixes><Prefix>prod/volumes/b/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>prod/volumes/a/</Prefix></CommonPrefixes>%s"
        "</ListBucketResult>"
    )

    def test_folders_are_named_below_the_path(self) -> None:
        self.assertEqual(parse_listing((self.TEXT % "").encode(), "prod/volumes/"), (["b", "a"], ""))

    def test_there_is_a_token_when_there_is_more(self) -> None:
        text = self.TEXT % "<NextContinuationToken>1/a=</NextContinuationToken>"
        self.assertEqual(parse_listing(text.encode(), "prod/volumes/")[1], "1/a=")


class Address(unittest.TestCase):
    def test_what_is_no_bucket_is_refused(self) -> None:
        for url in ("/srv/repository", "s3:https://s3.example.com", "s3:https://s3.example.com/", "s3:s3.example.com/bucket"):
            with self.subTest(url), self.assertRaises(Failure) as caught:
                S3Objects(RepositoryAccess(url, ""))
            self.assertEqual(caught.exception.code, "request")
