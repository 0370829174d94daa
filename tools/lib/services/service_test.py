"""Tests of service.py with a small HTTP server in the part of Kafka, and of the command line."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path

from services import __main__ as cli
from services.service import Service, ServiceError, http_answers


class Web(Service):
    name = "web"
    start_timeout_s = 20
    program = "http.server"

    def command(self):
        port = str(self.ports()[0])
        return [sys.executable, "-m", self.program, "--bind", "127.0.0.1", port, "-d", self.marker()]

    def answers(self):
        return http_answers(self.ports()[0])

    def environment(self):
        return {"WEB": str(self.ports()[0])}


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.web = Web(folder.name)
        self.addCleanup(self.web.down)
        errors = contextlib.redirect_stderr(io.StringIO())
        errors.__enter__()
        self.addCleanup(errors.__exit__, None, None, None)

    def test_up_stop_up_down(self):
        self.assertIsNone(self.web.pid())
        self.web.stop()  # before the first start: nothing
        self.web.up()
        pid, port = self.web.pid(), self.web.ports()
        self.web.up()
        self.assertEqual(pid, self.web.pid())
        self.web.stop()
        self.web.stop()
        self.assertIsNone(self.web.pid())
        self.web.up()
        self.assertEqual(port, self.web.ports())
        self.web.stop(kill=True)
        self.web.down()
        self.web.down()
        self.assertFalse(self.web.folder.exists())

    def test_a_server_that_ends_at_once_is_an_error_with_its_log(self):
        self.web.program = "no_such_module"
        with self.assertRaisesRegex(ServiceError, "(?s)web ended with status 1.*no_such_module"):
            self.web.up()

    def test_a_server_that_does_not_answer_is_an_error(self):
        self.web.start_timeout_s = 0.2
        self.web.answers = lambda: False
        with self.assertRaisesRegex(ServiceError, "does not answer on port"):
            self.web.up()

    def test_another_process_with_its_number_is_not_it(self):
        self.web.folder.mkdir()
        (self.web.folder / "pid").write_text(str(os.getpid()))
        self.assertIsNone(self.web.pid())
        self.web.stop()


class CommandLineTest(unittest.TestCase):
    def test_refuses_what_it_does_not_know(self):
        for arguments in (["fly"], ["up", "redis"], ["up", "--set", "x"], ["env", "--set", "a=b"]):
            with self.subTest(arguments=arguments), self.assertRaises(SystemExit):
                with contextlib.redirect_stderr(io.StringIO()):
                    cli.parse(arguments)

    def test_no_service_named_is_kafka_to_start_and_all_that_exist_otherwise(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "s3").mkdir()
            names = [[s.name for s in cli.chosen(cli.parse([c]), root)] for c in ("up", "down")]
            self.assertEqual([["kafka"], ["s3"]], names)

    def test_settings_are_kept_until_they_are_emptied(self):
        with tempfile.TemporaryDirectory() as folder:
            kafka = cli.Kafka(folder)
            kafka.set_config({"a": "1", "b": "x=y"})
            kafka.set_config({"a": "", "c": "3"})
            text = (kafka.folder / "overrides.properties").read_text()
            self.assertEqual("b=x=y\nc=3\n", text)


if __name__ == "__main__":
    unittest.main()
