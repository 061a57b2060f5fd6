import unittest

from scheduling.hook import as_json, environment_of, hook_from, hook_of
from tests.samples import PASSWORD, SECRET_KEY, VOLUME_ID, request_of


class Hooks(unittest.TestCase):
    def test_a_hook_without_a_timeout_has_a_minute(self) -> None:
        hook = hook_of(request_of(hooks={"before": {"command": "freeze"}}), "before")
        assert hook is not None
        self.assertEqual((hook.name, hook.command, hook.timeout_seconds), ("before", "freeze", 60))

    def test_there_is_none_where_none_is_asked_for(self) -> None:
        self.assertIsNone(hook_of(request_of(), "before"))
        self.assertIsNone(hook_of(request_of(hooks={"after": {"command": "thaw"}}), "before"))

    def test_each_call_has_a_mark_of_its_own(self) -> None:
        request = request_of(hooks={"before": {"command": "freeze"}})
        first, second = (hook_of(request, "before") for _ in range(2))
        assert first is not None and second is not None
        self.assertNotEqual(first.mark, second.mark)

    def test_one_that_was_written_down_comes_back(self) -> None:
        hook = hook_of(request_of(hooks={"after": {"command": "thaw 'a'", "timeoutSeconds": 5}}), "after")
        assert hook is not None
        self.assertEqual(hook_from(as_json(hook)), hook)

    def test_it_is_environment_what_it_is_about_and_no_secret(self) -> None:
        environment = environment_of(request_of())
        self.assertEqual(environment["PULUMI_LVM_VOLUME"], VOLUME_ID)
        self.assertEqual((environment["PULUMI_LVM_VOLUME_NAME"], environment["PULUMI_LVM_TARGET"], environment["PULUMI_LVM_POLICY"]), ("fast/data", "offsite", "nightly"))
        self.assertFalse({PASSWORD, SECRET_KEY} & set(environment.values()))
